"""Reports, flags, and what follows from them."""

import pytest

from cloud.models import MODERATORS, GameScore
from parsepy.testing import AppUnderTest, MemoryAdapter, MovableClock, Refused, UserClient

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ann(parse_app: AppUnderTest) -> UserClient:
    """A player."""
    return await parse_app.sign_up("ann")


@pytest.fixture
async def bob(parse_app: AppUnderTest) -> UserClient:
    """A moderator."""
    bob = await parse_app.sign_up("bob", email="bob@example.com")
    await parse_app.create_role(MODERATORS, bob)
    return bob


async def scored(player: UserClient, score: int) -> str:
    created = await player.create(GameScore, {"score": score, "level": "one"})
    return str(created["objectId"])


async def test_the_leaderboard_has_the_best_of_a_level(ann: UserClient, bob: UserClient) -> None:
    await scored(ann, 10)
    await scored(bob, 20)
    await ann.create(GameScore, {"score": 99, "level": "two"})

    assert await ann.run("leaderboard", {"level": "one"}) == [
        {"player": "bob", "score": 20},
        {"player": "ann", "score": 10},
    ]
    assert await ann.run("leaderboard", {"level": "one", "limit": 1}) == [
        {"player": "bob", "score": 20}
    ]


@pytest.mark.parametrize("params", [{}, {"level": 1}, {"level": "one", "limit": "many"}])
async def test_its_parameters_are_judged(ann: UserClient, params: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        await ann.run("leaderboard", params)

    assert refused.value.code == 142


async def test_what_a_moderator_flags_is_gone(ann: UserClient, bob: UserClient) -> None:
    await scored(ann, 10)
    wrong = await scored(ann, 999)

    await bob.run("flag", {"score_id": wrong})

    assert await ann.run("leaderboard", {"level": "one"}) == [{"player": "ann", "score": 10}]
    assert [row["score"] for row in await ann.find(GameScore)] == [10]
    assert (await ann.me())["bestScore"] == 10


async def test_others_flag_nothing(ann: UserClient, bob: UserClient) -> None:
    score = await scored(bob, 10)

    with pytest.raises(Refused, match="required roles") as refused:
        await ann.run("flag", {"score_id": score})
    assert refused.value.code == 142


async def test_a_report_reaches_the_moderators(
    ann: UserClient, bob: UserClient, parse_mails: MemoryAdapter
) -> None:
    score = await scored(bob, 777)

    await ann.run("report", {"score_id": score, "reason": "too good"})

    assert [mail.to for mail in parse_mails.messages] == ["bob@example.com"]
    assert parse_mails.last.subject == "Score 777 was reported"
    assert "too good" in parse_mails.last.text


async def test_two_reports_an_hour_are_enough(
    ann: UserClient, bob: UserClient, parse_clock: MovableClock
) -> None:
    score = await scored(bob, 777)
    params = {"score_id": score, "reason": "too good"}
    for _ in range(2):
        await ann.run("report", params)
    with pytest.raises(Refused) as refused:
        await ann.run("report", params)
    assert refused.value.status == 429

    parse_clock.move(hours=1)
    await ann.run("report", params)


async def test_who_cheats_three_times_is_kept_out(
    ann: UserClient, bob: UserClient, parse_app: AppUnderTest
) -> None:
    for score in (1, 2, 3):
        await bob.run("flag", {"score_id": await scored(ann, score)})

    with pytest.raises(Refused, match="closed"):
        await parse_app.log_in("ann")
    await parse_app.log_in("bob")


async def test_the_job_removes_flagged_scores_after_ninety_days(
    ann: UserClient, bob: UserClient, parse_app: AppUnderTest, parse_clock: MovableClock
) -> None:
    kept, flagged = await scored(ann, 10), await scored(ann, 999)
    await bob.run("flag", {"score_id": flagged})

    async def tidied() -> tuple[object, list[str]]:
        job_id = await parse_app.master.start_job("tidy")
        await parse_app.jobs_done()
        job = await parse_app.master.get("_JobStatus", job_id)
        left = await parse_app.master.find(GameScore, order="createdAt")
        return job["message"], [row["objectId"] for row in left]

    assert await tidied() == ("removed 0", [kept, flagged])
    parse_clock.move(days=91)
    assert await tidied() == ("removed 1", [kept])
