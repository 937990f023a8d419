"""Scores: who may write them, and what becomes of them."""

import pytest

from cloud.models import GameScore
from parsepy.cloud import Query
from parsepy.testing import AppUnderTest, Refused, RestClient

pytestmark = pytest.mark.anyio


async def test_a_score_belongs_to_who_sends_it(
    parse_app: AppUnderTest, parse_client: RestClient
) -> None:
    ann = await parse_app.sign_up("ann")
    created = await ann.create(GameScore, {"score": 10, "level": "one"})

    seen = await parse_client.get(GameScore, created["objectId"])
    assert seen["player"]["objectId"] == ann.id
    assert seen["isFlagged"] is False
    with pytest.raises(Refused) as refused:
        await parse_client.delete(GameScore, created["objectId"])
    assert refused.value.code == 101


async def test_nobody_in_particular_sends_none(parse_client: RestClient) -> None:
    with pytest.raises(Refused) as refused:
        await parse_client.create(GameScore, {"score": 10, "level": "one"})

    assert refused.value.code == 101


@pytest.mark.parametrize("score", [-1, 1_000_001])
async def test_impossible_scores_are_refused(parse_app: AppUnderTest, score: int) -> None:
    ann = await parse_app.sign_up("ann")

    with pytest.raises(Refused, match="between 0 and 1000000") as refused:
        await ann.create(GameScore, {"score": score, "level": "one"})
    assert refused.value.code == 142
    assert await parse_app.master.count(GameScore) == 0


async def test_a_player_s_best_is_kept(parse_app: AppUnderTest) -> None:
    ann = await parse_app.sign_up("ann")
    for score in (10, 30, 20):
        await ann.create(GameScore, {"score": score, "level": "one"})

    assert (await ann.me())["bestScore"] == 30


async def test_cloud_code_sees_them_as_its_own_class(parse_app: AppUnderTest) -> None:
    ann = await parse_app.sign_up("ann")
    await ann.create(GameScore, {"score": 10, "level": "one"})

    async with parse_app.cloud_code():
        best = await Query(GameScore).include("player").first(use_master_key=True)

    assert isinstance(best, GameScore)
    assert (best.score, best.player.username) == (10, "ann")
