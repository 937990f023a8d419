"""Several objects at once, and all or nothing."""

from typing import Any

import pytest

from parsepy import cloud
from parsepy.cloud import Object, Query, SomeFailed, destroy_all, fetch_all, save_all
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def test_many_are_saved_fetched_and_destroyed(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        games = await save_all([Object("Game", ops={"n": number}) for number in range(5)])
        known = [Object.without_data(str(game.object_id), "Game") for game in games]

        await fetch_all(known)
        assert [game["n"] for game in known] == [0, 1, 2, 3, 4]
        await fetch_all([games[0]], if_needed=True)

        await destroy_all(games)
        assert await Query("Game").count() == 0
        with pytest.raises(ParseError) as gone:
            await fetch_all(known)
        assert gone.value.code == 101
        with pytest.raises(ValueError, match="same class"):
            await fetch_all([Object.without_data("a", "A"), Object.without_data("b", "B")])


async def test_what_fails_is_told_and_the_others_are_done(stored: LocalApp) -> None:
    @stored.app.registry.before_save("Game")
    def refuse(request: Any) -> None:
        if request.object["n"] % 2:
            raise ValueError("odd")

    with stored.app.cloud_code():
        games = [Object("Game", ops={"n": number}) for number in range(4)]
        with pytest.raises(SomeFailed) as failed:
            await save_all(games)

        assert [(one["n"], error.message) for one, error in failed.value.failures] == [
            (1, "odd"),
            (3, "odd"),
        ]
        assert await Query("Game").count() == 2
        with pytest.raises(ParseError, match="odd"):
            await save_all([Object("Game", ops={"n": n}) for n in (4, 5)], in_transaction=True)
        assert await Query("Game").count() == 2


async def test_a_transaction_holds_nested_saves_and_triggers(stored: LocalApp) -> None:
    @stored.app.registry.after_save("Order")
    async def book(request: Any) -> None:
        entry = Object("Entry", ops={"order": request.object["n"]})
        await entry.save(use_master_key=True)

    with stored.app.cloud_code():
        await save_all([Object("Order", ops={"n": 0}), Object("Stock", ops={"left": 1})])

        with pytest.raises(ValueError, match="sold out"):
            await _order_and_fail()
        assert [await Query(name).count() for name in ("Order", "Entry", "Stock")] == [1, 1, 1]

        async with cloud.transaction():
            await Object("Order").save({"n": 2})
            found = await Query("Order").equal_to("n", 2).first()
            assert found is not None
        assert [await Query(name).count() for name in ("Order", "Entry", "Stock")] == [2, 2, 1]


async def _order_and_fail() -> None:
    async with cloud.transaction():
        await Object("Order").save({"n": 1})
        async with cloud.transaction():
            await Object("Stock").save({"left": 0})
        raise ValueError("sold out")
