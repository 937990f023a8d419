"""`/batch` with `transaction`: all of it or nothing, for the store and for what is remembered."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from parsepy.errors import ParseError, TransactionLost
from parsepy.objects.context import RequestContext
from parsepy.objects.write import create_many
from parsepy.objects.write_state import Written
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

FAILURE: dict[str, object] = {
    "method": "PUT",
    "path": "/parse/classes/Game/nothing",
    "body": {"n": 1},
}


@pytest.fixture(params=["sqlite-memory", "sqlite-file", "mongodb"])
async def parse(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "sqlite-file":
        uri = f"sqlite:///{request.getfixturevalue('tmp_path')}/app.sqlite"
    elif request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri, allowCustomObjectId=True) as running:
        yield running


def _request(method: str, path: str, body: object = None) -> dict[str, object]:
    request: dict[str, object] = {"method": method, "path": f"/parse{path}"}
    return request if body is None else {**request, "body": body}


async def _send(
    parse: LocalApp, *requests: object, user: User | None = None, master: bool = False
) -> httpx.Response:
    body = {"requests": requests, "transaction": True}
    return await parse.send("POST", "/batch", body, user=user, master=master)


async def _kept(parse: LocalApp, *requests: object, **caller: Any) -> list[dict[str, Any]]:
    answer = await _send(parse, *requests, **caller)
    assert answer.is_success, answer.text
    successes: list[dict[str, Any]] = [each["success"] for each in answer.json()]
    return successes


async def _taken_back(parse: LocalApp, *requests: object, **caller: Any) -> None:
    answer = await _send(parse, *requests, FAILURE, **caller)
    assert (answer.status_code, answer.json()) == (
        404,
        {"code": 101, "error": "Object not found."},
    )


def _members(*users: User) -> dict[str, object]:
    pointers = [{"__type": "Pointer", "className": "_User", "objectId": user.id} for user in users]
    return {"__op": "AddRelation", "objects": pointers}


async def _numbers(parse: LocalApp, **caller: Any) -> list[object]:
    return sorted(row["n"] for row in await parse.find("Game", {}, **caller))


async def test_requests_run_in_their_order_and_see_one_another(parse: LocalApp) -> None:
    await parse.create("Game", {"n": 0})

    successes = await _kept(
        parse,
        _request("POST", "/classes/Game", {"objectId": "new", "n": 1}),
        _request("PUT", "/classes/Game/new", {"n": {"__op": "Increment", "amount": 4}}),
        _request("GET", "/classes/Game/new"),
        _request("GET", "/classes/Game", {"count": 1, "limit": 0}),
        _request("DELETE", "/classes/Game/new"),
        _request("GET", "/classes/Game", {"count": 1, "limit": 0}),
    )

    assert successes[1]["n"] == successes[2]["n"] == 5
    assert [successes[place]["count"] for place in (3, 5)] == [2, 1]
    assert await _numbers(parse) == [0]


async def test_new_objects_that_follow_one_another_are_one_write(parse: LocalApp) -> None:
    await parse.create("Game", {"n": 0})
    await parse.create("Team", {"n": 0})
    parse.storage.taken_calls()

    successes = await _kept(
        parse,
        *(_request("POST", "/classes/Game", {"n": n}) for n in range(1, 4)),
        *(_request("POST", "/classes/Team", {"n": n}) for n in range(2)),
        _request("POST", "/classes/Game", {"n": 4}),
    )

    calls = [call for call in parse.storage.taken_calls() if call.startswith("insert")]
    assert calls == ["insert_many"] * 3
    assert len({success["objectId"] for success in successes}) == 6
    assert await _numbers(parse) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_one_bad_object_among_many_takes_all_back(parse: LocalApp, place: int) -> None:
    await parse.create("Game", {"objectId": "old", "n": 0})
    bodies: list[dict[str, object]] = [{"n": 1}, {"n": 2}]
    bodies.insert(place, {"objectId": "old", "n": 3})

    answer = await _send(parse, *(_request("POST", "/classes/Game", body) for body in bodies))

    assert (answer.status_code, answer.json()["code"]) == (400, 137)
    assert await _numbers(parse) == [0]


async def test_a_class_and_fields_of_a_failed_batch_are_not_left_behind(parse: LocalApp) -> None:
    await parse.create("Game", {"n": 0})

    await _taken_back(
        parse,
        _request("POST", "/classes/Fresh", {"a": "x"}),
        _request("POST", "/classes/Game", {"added": "x"}),
    )

    names = {each["className"] for each in (await _schemas(parse))["results"]}
    game = await parse.ok("GET", "/schemas/Game", master=True)
    assert "Fresh" not in names
    assert "added" not in game["fields"]
    # Nor is it remembered that they would be there, as another type now shows.
    await parse.create("Game", {"added": 1})
    await parse.create("Fresh", {"a": 1})


async def _schemas(parse: LocalApp) -> dict[str, Any]:
    listed: dict[str, Any] = await parse.ok("GET", "/schemas", master=True)
    return listed


async def test_a_class_and_fields_of_a_kept_batch_are_known_at_once(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 0})
    pointer = {"__type": "Pointer", "className": "Game", "objectId": game}
    area = {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1]]}

    await _kept(
        parse,
        _request("POST", "/classes/Fresh", {"game": pointer}),
        _request("POST", "/classes/Fresh", {"area": area}),
        _request("POST", "/classes/Game", {"n": 1, "added": "x"}),
    )
    parse.storage.taken_calls()

    assert len(await parse.find("Fresh", {"game": pointer})) == 1
    assert len(await parse.find("Game", {"added": "x"})) == 1
    assert "load_classes" not in parse.storage.taken_calls()
    await parse.create("Fresh", {"area": area})


async def test_a_role_counts_when_it_is_kept_and_not_before(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    await parse.create("Game", {"n": 7, "ACL": {"role:r": {"read": True}}}, master=True)
    assert await _numbers(parse, user=ann) == []
    role = _request("POST", "/roles", {"name": "r", "ACL": {}, "users": _members(ann)})

    await _taken_back(parse, role, master=True)
    assert await _numbers(parse, user=ann) == []

    await _kept(parse, role, master=True)
    assert await _numbers(parse, user=ann) == [7]


async def test_what_a_role_gave_is_not_remembered_from_the_middle(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    await parse.create("Game", {"n": 7, "ACL": {"role:r": {"read": True}}}, master=True)
    role = await parse.grant_role("r")
    await parse.ok("PUT", f"/roles/{role}", {"ACL": {ann.id: {"write": True}}}, master=True)

    # The first find of the caller, so his roles are looked up inside.
    await _taken_back(
        parse,
        _request("PUT", f"/roles/{role}", {"users": _members(ann)}),
        _request("GET", "/classes/Game"),
        user=ann,
    )

    assert await _numbers(parse, user=ann) == []


async def test_sessions_of_a_failed_batch_are_worth_nothing(parse: LocalApp) -> None:
    ann = await parse.sign_up(username="ann", password="secret")
    identity = {"authData": {"anonymous": {"id": "one"}}}

    await _taken_back(parse, _request("POST", "/users", identity))
    await _taken_back(parse, _request("POST", "/logout"), user=ann)
    await _taken_back(parse, _request("PUT", f"/users/{ann.id}", {"nick": "A"}), user=ann)

    assert "nick" not in await parse.ok("GET", "/users/me", user=ann)
    assert (await parse.ok("GET", "/sessions", user=ann))["results"]
    [user] = (await parse.ok("GET", "/users", master=True))["results"]
    assert user["objectId"] == ann.id


async def test_what_a_batch_changed_of_its_user_is_seen_by_the_next_request(
    parse: LocalApp,
) -> None:
    ann = await parse.sign_up()
    assert "nick" not in await parse.ok("GET", "/users/me", user=ann)

    await _kept(
        parse,
        _request("PUT", f"/users/{ann.id}", {"nick": "A"}),
        _request("GET", "/users/me"),
        user=ann,
    )
    assert (await parse.ok("GET", "/users/me", user=ann))["nick"] == "A"

    await _kept(parse, _request("POST", "/logout"), user=ann)
    assert (await parse.send("GET", "/users/me", user=ann)).json()["code"] == 209


async def test_each_request_is_judged_by_its_permissions(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    rights = {ann.id: {"read": True, "write": True}}
    game = await parse.create("Game", {"n": 0, "ACL": rights}, user=ann)
    requests = [
        _request("POST", "/classes/Game", {"n": 1}),
        _request("PUT", f"/classes/Game/{game}", {"n": 2}),
    ]

    refused = [await _send(parse, *requests, user=bob), await _send(parse, *requests)]

    assert [answer.json()["code"] for answer in refused] == [101, 101]
    assert await _numbers(parse, master=True) == [0]
    await _kept(parse, *requests, user=ann)
    assert await _numbers(parse, master=True) == [1, 2]


async def test_a_purge_is_taken_back(parse: LocalApp) -> None:
    await parse.create("Game", {"n": 0})

    await _taken_back(parse, _request("DELETE", "/purge/Game"), master=True)

    assert await _numbers(parse) == [0]


@pytest.mark.parametrize(
    "change",
    [
        _request("DELETE", "/schemas/Empty"),
        _request("PUT", "/schemas/Game", {"fields": {"n": {"__op": "Delete"}}}),
        _request("PUT", "/schemas/Game", {"classLevelPermissions": {"find": {}}}),
        _request("PUT", "/schemas/Game", {"indexes": {"by_n": {"n": 1}}}),
    ],
    ids=["class", "field", "permissions", "index"],
)
async def test_what_a_store_could_not_take_back_is_refused(
    parse: LocalApp, change: dict[str, object]
) -> None:
    await parse.create("Game", {"n": 0})
    await parse.ok("POST", "/schemas/Empty", {}, master=True)
    before = await _schemas(parse)

    answer = await _send(parse, _request("POST", "/classes/Game", {"n": 1}), change, master=True)

    assert (answer.status_code, answer.json()["code"]) == (400, 108)
    assert await _schemas(parse) == before
    assert await _numbers(parse) == [0]


async def test_batches_that_meet_lose_nothing(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 0})
    increment = {"n": {"__op": "Increment", "amount": 1}}

    await asyncio.gather(
        *(
            _kept(
                parse,
                _request("PUT", f"/classes/Game/{game}", increment),
                _request("POST", "/classes/Log", {"n": number}),
                _request("PUT", f"/classes/Game/{game}", increment),
            )
            for number in range(5)
        )
    )

    assert await _numbers(parse) == [10]
    assert len(await parse.find("Log", {})) == 5


async def test_a_lost_attempt_leaves_the_bodies_to_the_next_one(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parse.create("Game", {"n": 0, "list": []})
    attempts = 0

    async def losing_once(
        ctx: RequestContext, class_name: str, bodies: Sequence[JSONObject]
    ) -> list[Written | ParseError]:
        nonlocal attempts
        attempts += 1
        written = await create_many(ctx, class_name, bodies)
        if attempts == 1:
            for body in bodies:
                body["list"] = body["n"] = None
            raise TransactionLost
        return written

    monkeypatch.setattr("parsepy.objects.write.create_many", losing_once)
    await _kept(parse, _request("POST", "/classes/Game", {"n": 1, "list": [1]}))

    rows = await parse.find("Game", {})
    assert attempts == 2
    assert [(row["n"], row["list"]) for row in rows] == [(0, []), (1, [1])]


async def test_a_client_that_goes_away_leaves_nothing(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 0})
    held = parse.storage.hold_next("update")

    sending = asyncio.create_task(
        _send(
            parse,
            _request("POST", "/classes/Game", {"n": 1}),
            _request("PUT", f"/classes/Game/{game}", {"n": 2}),
        )
    )
    await held.reached.wait()
    sending.cancel()
    await asyncio.wait([sending])

    assert await _numbers(parse) == [0]
    await parse.create("Game", {"n": 3})
    assert await _numbers(parse) == [0, 3]


async def test_an_unexpected_error_takes_all_back(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parse.create("Game", {"n": 0})

    async def broken(*_arguments: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("parsepy.objects.delete.delete", broken)
    answer = await _send(
        parse,
        _request("POST", "/classes/Game", {"n": 1}),
        _request("DELETE", "/classes/Game/any"),
    )

    assert (answer.status_code, answer.json()["code"]) == (500, 1)
    assert "a bug" not in answer.text
    assert await _numbers(parse) == [0]


async def test_without_a_transaction_the_store_is_asked_as_before(parse: LocalApp) -> None:
    await parse.create("Game", {"n": 0})
    parse.storage.taken_calls()

    body = {"requests": [_request("POST", "/classes/Game", {"n": 1})], "transaction": False}
    await parse.ok("POST", "/batch", body)

    assert parse.storage.taken_calls() == ["insert_many"]
