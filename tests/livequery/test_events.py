"""Which frames come of which changes."""

from typing import Any

import pytest

from tests.support.live_client import live_client, subscriber
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


def shown(frame: dict[str, Any]) -> tuple[object, ...]:
    """The event, the object's `n`, and the `n` of the one before (`-`: none)."""
    original = frame.get("original")
    return (
        frame["op"],
        frame["object"].get("n"),
        "-" if original is None else original.get("n"),
    )


async def test_an_object_comes_changes_goes_comes_again_and_is_gone(stored: LocalApp) -> None:
    async with subscriber(stored, "Game", {"n": {"$gt": 10}}) as client:
        game = await stored.create("Game", {"n": 1})
        path = f"/classes/Game/{game}"
        await stored.ok("PUT", path, {"n": 20})
        await stored.ok("PUT", path, {"n": {"__op": "Increment", "amount": 1}})
        await stored.ok("PUT", path, {"n": 2})
        await stored.ok("PUT", path, {"n": 3})
        await stored.create("Game", {"n": 30})
        await stored.ok("PUT", path, {"n": 40})
        await stored.ok("DELETE", path)

        told = await client.told()

    assert [shown(frame) for frame in told] == [
        ("enter", 20, 1),
        ("update", 21, 20),
        ("leave", 2, 21),
        ("create", 30, "-"),
        ("enter", 40, 3),
        ("delete", 40, "-"),
    ]


async def test_a_frame_has_what_every_sdk_needs(stored: LocalApp) -> None:
    async with live_client(stored) as client:
        connected = await client.connect(installationId="i-1")
        await client.subscribe("Game", request_id=7)
        date = {"__type": "Date", "iso": "2026-01-02T03:04:05.678Z"}
        written = await stored.ok(
            "POST", "/classes/Game", {"n": 1, "at": date, "ACL": {"*": {"read": True}}}
        )
        (frame,) = await client.told()

    assert frame == {
        "op": "create",
        "clientId": connected["clientId"],
        "installationId": "i-1",
        "requestId": 7,
        "object": {
            "__type": "Object",
            "className": "Game",
            "objectId": written["objectId"],
            "createdAt": written["createdAt"],
            "updatedAt": written["createdAt"],
            "n": 1,
            "at": date,
            "ACL": {"*": {"read": True}},
        },
    }


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ({"a": None}, [{"a": None}, {}]),
        ({"a": {"$lt": 5}}, [{"a": 4}]),
        ({"a": {"$ne": 1}}, [{"a": 2}, {}]),
        ({"m.x": 1}, [{"m": {"x": 1}}]),
        ({"a": {"$in": [1, None]}}, [{"a": 1}, {}]),
        ({"l": 2}, [{"l": [1, 2]}]),
        (
            {"p": {"$eq": {"__type": "Pointer", "className": "Team", "objectId": "t"}}},
            [{"p": {"__type": "Pointer", "className": "Team", "objectId": "t"}}],
        ),
        (
            {"d": {"$gt": {"__type": "Date", "iso": "2026-01-01T00:00:00.000Z"}}},
            [{"d": {"__type": "Date", "iso": "2026-01-02T00:00:00.000Z"}}],
        ),
        (
            {
                "g": {
                    "$nearSphere": {"__type": "GeoPoint", "latitude": 1, "longitude": 1},
                    "$maxDistanceInKilometers": 10,
                }
            },
            [{"g": {"__type": "GeoPoint", "latitude": 1, "longitude": 1.01}}],
        ),
    ],
    ids=lambda value: None,
)
async def test_an_event_comes_exactly_where_a_query_finds_the_object(
    stored: LocalApp, where: dict[str, object], values: list[dict[str, object]]
) -> None:
    others: list[dict[str, object]] = [
        {"a": 9, "m": {"x": 1, "y": 2}, "l": [3]},
        {"a": "4", "m": [], "l": "2"},
        {"a": 1, "p": {"__type": "Pointer", "className": "Team", "objectId": "u"}},
        {
            "a": 7,
            "d": {"__type": "Date", "iso": "2025-01-02T00:00:00.000Z"},
            "g": {"__type": "GeoPoint", "latitude": 1, "longitude": 3},
        },
    ]
    # The class has all its fields before anybody subscribes, and again after.
    for body in values:
        await stored.create("Game", body, master=True)
    async with subscriber(stored, "Game", where) as client:
        for body in (*values, *(each for each in others if compatible(each, values))):
            await stored.create("Game", body, master=True)
        told = {frame["object"]["objectId"] for frame in await client.told()}
        found = {row["objectId"] for row in await stored.find("Game", where, master=True)}
        early = {
            row["objectId"]
            for row in (await stored.ok("GET", "/classes/Game", master=True))["results"][
                : len(values)
            ]
        }

    assert told == found - early
    assert len(told) >= len(values)


def compatible(body: dict[str, object], values: list[dict[str, object]]) -> bool:
    """A class takes one type for each field."""
    types = {
        name: type(value) for each in values for name, value in each.items() if value is not None
    }
    return (
        all(type(value) is types.get(name, type(value)) for name, value in body.items())
        and not isinstance(body.get("l"), str)
        and not isinstance(body.get("m"), list)
        and not isinstance(body.get("a"), str)
    )


async def test_a_field_that_comes_later_is_judged_by_its_type(stored: LocalApp) -> None:
    pointer = {"__type": "Pointer", "className": "Team", "objectId": "t"}
    async with subscriber(stored, "Game", {"teams": pointer}) as client:
        await stored.create("Game", {"teams": [pointer]})

        assert [frame["op"] for frame in await client.told()] == ["create"]


async def test_every_subscription_gets_its_own_frame_of_what_it_wants(parse: LocalApp) -> None:
    async with live_client(parse) as client:
        await client.connect()
        await client.subscribe("Game", {"n": 1}, request_id=1)
        await client.subscribe("Game", {"n": 1}, request_id=2, keys=["m"])
        await client.subscribe("Game", {"n": 1}, request_id=3, fields=["n"])
        await client.subscribe("Game", {"n": 2}, request_id=4)
        await client.subscribe("ChatRoom", request_id=5)
        await parse.create("Game", {"n": 1, "m": 2})
        told = {frame["requestId"]: frame["object"] for frame in await client.told()}

    common = {"__type", "className", "objectId", "createdAt", "updatedAt"}
    assert {key: set(seen) - common for key, seen in told.items()} == {
        1: {"n", "m"},
        2: {"m"},
        3: {"n"},
    }


async def test_keys_cut_the_original_too(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 1, "m": 2})
    async with subscriber(parse, "Game", keys=["m"]) as client:
        await parse.ok("PUT", f"/classes/Game/{game}", {"n": 5})
        (frame,) = await client.told()

    assert "n" not in frame["object"]
    assert "n" not in frame["original"]
    assert frame["object"]["m"] == frame["original"]["m"] == 2


async def test_watched_fields_decide_on_updates_and_creations(parse: LocalApp) -> None:
    async with subscriber(parse, "Game", {"n": {"$lt": 10}}, watch=["m"]) as client:
        game = await parse.create("Game", {"n": 1})
        await parse.create("Game", {"n": 2, "m": 1})
        path = f"/classes/Game/{game}"
        await parse.ok("PUT", path, {"n": 3})
        await parse.ok("PUT", path, {"m": 1})
        await parse.ok("PUT", path, {"n": 11})
        await parse.ok("PUT", path, {"n": 4})
        await parse.ok("DELETE", path)

        told = await client.told()

    assert [frame["op"] for frame in told] == ["create", "update", "leave", "enter", "delete"]


async def test_a_save_that_changes_nothing_is_an_update(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 1})
    async with subscriber(parse, "Game") as client:
        await parse.ok("PUT", f"/classes/Game/{game}", {"n": 1})

        assert [frame["op"] for frame in await client.told()] == ["update"]


async def test_a_batch_tells_of_each_of_its_writes(stored: LocalApp) -> None:
    path = "/parse/classes/Game"
    old = [await stored.create("Game", {"n": number}) for number in range(3)]
    batches = [
        [{"method": "POST", "path": path, "body": {"n": 100 + number}} for number in range(3)],
        [{"method": "PUT", "path": f"{path}/{each}", "body": {"n": 200}} for each in old],
        [{"method": "DELETE", "path": f"{path}/{each}"} for each in old],
    ]
    async with subscriber(stored, "Game") as client:
        told = []
        for requests in batches:
            answers = await stored.ok("POST", "/batch", {"requests": requests})
            assert all("success" in answer for answer in answers)
            told.append(await client.told())

    kinds = [[frame["op"] for frame in frames] for frames in told]
    assert kinds == [["create"] * 3, ["update"] * 3, ["delete"] * 3]
    assert {frame["original"]["n"] for frame in told[1]} == {0, 1, 2}
    assert {frame["object"]["n"] for frame in told[2]} == {200}


async def test_a_transaction_tells_when_it_is_kept_and_nothing_when_it_is_not(
    parse: LocalApp,
) -> None:
    path = "/parse/classes/Game"
    good = {"method": "POST", "path": path, "body": {"n": 1}}
    bad = {"method": "PUT", "path": f"{path}/nothing", "body": {"n": 1}}
    async with subscriber(parse, "Game") as client:
        refused = await parse.send("POST", "/batch", {"requests": [good, bad], "transaction": True})
        assert not refused.is_success
        assert await client.told() == []
        await parse.ok("POST", "/batch", {"requests": [good, good], "transaction": True})

        assert [frame["op"] for frame in await client.told()] == ["create", "create"]


async def test_only_published_classes_tell(parse: LocalApp) -> None:
    async with live_client(parse) as client:
        await client.connect()
        for number, name in enumerate(("Game", "Games", "AChat", "ChatRoom", "Other")):
            assert (await client.subscribe(name, request_id=number))["op"] == "subscribed"
        for name in ("Game", "Games", "AChat", "ChatRoom", "Other"):
            await parse.create(name, {"n": 1})
        told = await client.told()

    assert [frame["object"]["className"] for frame in told] == ["Game", "ChatRoom"]


async def test_without_published_classes_there_is_no_live_query() -> None:
    async with local_app() as parse:
        assert parse.app.parts.live is None


async def test_ten_increments_at_once_are_one_chain_of_events(stored: LocalApp) -> None:
    import asyncio

    game = await stored.create("Game", {"n": 0})
    one = {"n": {"__op": "Increment", "amount": 1}}
    async with subscriber(stored, "Game") as client:
        await asyncio.gather(*(stored.ok("PUT", f"/classes/Game/{game}", one) for _ in range(10)))
        told = await client.told()

    assert sorted((frame["original"]["n"], frame["object"]["n"]) for frame in told) == [
        (number, number + 1) for number in range(10)
    ]
