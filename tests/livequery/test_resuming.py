"""Coming back after a break without having missed anything."""

import pytest

from tests.livequery.conftest import PUBLISHED
from tests.support.live_client import live_client
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


async def test_who_does_not_ask_for_positions_sees_none(parse: LocalApp) -> None:
    async with live_client(parse) as client:
        await client.connect()
        answer = await client.subscribe("Game")
        await parse.create("Game", {"n": 1})
        (frame,) = await client.told()

    assert set(answer) == {"op", "clientId", "requestId"}
    assert "position" not in frame


async def test_what_was_missed_is_told_in_its_order_and_then_what_comes(
    stored: LocalApp,
) -> None:
    async with live_client(stored) as client:
        await client.connect()
        answer = await client.subscribe("Game", {"n": {"$gt": 0}}, since="")
        assert answer["resumed"] is True
        game = await stored.create("Game", {"n": 1})
        (frame,) = await client.told()
        position = frame["position"]
    path = f"/classes/Game/{game}"
    await stored.ok("PUT", path, {"n": 2})
    await stored.create("ChatRoom", {"n": 5})
    await stored.ok("PUT", path, {"n": -1})
    await stored.create("Game", {"n": 7})
    async with live_client(stored) as client:
        await client.connect()
        answer = await client.subscribe("Game", {"n": {"$gt": 0}}, since=position)
        await stored.ok("DELETE", path)
        await stored.create("Game", {"n": 8})
        told = await client.told()

    assert answer["resumed"] is True
    assert [(frame["op"], frame["object"]["n"]) for frame in told] == [
        ("update", 2),
        ("leave", -1),
        ("create", 7),
        ("create", 8),
    ]
    positions = [frame["position"] for frame in told]
    assert positions == sorted(set(positions), key=lambda text: (len(text), text))


async def test_at_the_replay_counts_what_one_may_see_now(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    role = await parse.grant_role("staff", ann)
    async with live_client(parse) as client:
        await client.connect(ann)
        position = (await client.subscribe("Game", since=""))["position"]
    await parse.create("Game", {"n": 1, "ACL": {"role:staff": {"read": True}}}, master=True)
    await parse.create("Game", {"n": 2, "ACL": {ann.id: {"read": True}}}, master=True)
    member = [{"__type": "Pointer", "className": "_User", "objectId": ann.id}]
    remove = {"users": {"__op": "RemoveRelation", "objects": member}}
    await parse.ok("PUT", f"/roles/{role}", remove, master=True)
    async with live_client(parse) as client:
        await client.connect(ann)
        await client.subscribe("Game", since=position)

        assert [frame["object"]["n"] for frame in await client.told()] == [2]


async def test_who_was_away_for_too_long_is_told_so() -> None:
    async with local_app(liveQuery=PUBLISHED, liveQueryServerOptions={"resumeEvents": 2}) as parse:
        async with live_client(parse) as client:
            await client.connect()
            old = (await client.subscribe("Game", since=""))["position"]
        for number in range(3):
            await parse.create("Game", {"n": number})
        async with live_client(parse) as client:
            await client.connect()
            answer = await client.subscribe("Game", since=old)
            assert answer["resumed"] is False
            assert await client.told() == []
            now = answer["position"]
            await parse.create("Game", {"n": 9})
            await client.told()
            again = await client.subscribe("Game", request_id=2, since=now)
            assert again["resumed"] is True
            assert [frame["object"]["n"] for frame in await client.told()] == [9]


@pytest.mark.parametrize("since", ["x", "00000000-1", "-5"])
async def test_a_position_of_another_server_is_none(parse: LocalApp, since: str) -> None:
    async with live_client(parse) as client:
        await client.connect()

        assert (await client.subscribe("Game", since=since))["resumed"] is False
