"""`/batch`: one answer for each request, in order, and new objects of a class in one go."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from anyio.lowlevel import checkpoint

from parsepy.storage.updates import CONCURRENCY
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio


def _request(method: str, path: str, body: object = None) -> dict[str, object]:
    request: dict[str, object] = {"method": method, "path": f"/parse{path}"}
    return request if body is None else {**request, "body": body}


async def _batch(
    parse: LocalApp,
    *requests: dict[str, object],
    user: User | None = None,
    master: bool = False,
) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = await parse.ok(
        "POST", "/batch", {"requests": list(requests)}, user=user, master=master
    )
    return answers


async def test_creates_are_one_bulk_write_for_each_class(parse: LocalApp) -> None:
    for class_name in ("Game", "Team"):
        await parse.create(class_name, {"n": 0})
    parse.storage.taken_calls()

    answers = await _batch(
        parse,
        *(_request("POST", f"/classes/{('Game', 'Team')[n % 2]}", {"n": n}) for n in range(40)),
    )

    assert parse.storage.taken_calls() == ["insert_many", "insert_many"]
    games = {row["objectId"]: row["n"] for row in await parse.find("Game", {"n": {"$gt": 0}})}
    assert [games[answer["success"]["objectId"]] for answer in answers[2::2]] == [*range(2, 40, 2)]


async def test_classes_with_rules_of_their_own_are_written_one_by_one(parse: LocalApp) -> None:
    roles = [
        _request("POST", "/classes/_Role", {"name": f"r{n}", "ACL": {"*": {"read": True}}})
        for n in range(3)
    ]
    parse.storage.taken_calls()

    answers = await _batch(parse, *roles, _request("POST", "/roles", {"name": "r", "ACL": {}}))

    assert all("success" in answer for answer in answers)
    calls = Counter(parse.storage.taken_calls())
    assert (calls["insert"], calls["insert_many"]) == (4, 0)


async def test_a_batch_for_a_new_class_makes_it_once(parse: LocalApp) -> None:
    parse.storage.taken_calls()

    await _batch(parse, *(_request("POST", "/classes/Fresh", {"n": n, "a": "x"}) for n in range(9)))

    calls = Counter(parse.storage.taken_calls())
    assert (calls["create_class"], calls["add_fields"], calls["insert_many"]) == (1, 1, 1)


async def test_the_bad_ones_fail_and_the_others_are_stored(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 0, "text": "x"})

    answers = await _batch(
        parse,
        _request("POST", "/classes/Game", {"n": "no number"}),
        _request("POST", "/classes/Game", {"n": 1}),
        _request("GET", f"/classes/Game/{game}"),
        _request("POST", "/classes/Game", {"1a": 1}),
        _request("POST", "/classes/Game", {"n": 2, "new": True}),
        _request("GET", "/classes/Game/nothing"),
        _request("PUT", f"/classes/Game/{game}", {"n": {"__op": "Increment", "amount": 5}}),
        _request("POST", "/classes/Game"),
    )

    codes = [answer["error"]["code"] if "error" in answer else 0 for answer in answers]
    assert codes == [111, 0, 0, 105, 0, 101, 0, 0]
    assert answers[2]["success"]["objectId"] == game
    assert answers[6]["success"]["n"] == 5
    assert sorted(str(row.get("n")) for row in await parse.find("Game", {})) == [
        "1",
        "2",
        "5",
        "None",
    ]


async def test_every_request_of_a_batch_is_judged_by_its_permissions(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    game = await parse.create("Game", {"ACL": {ann.id: {"read": True, "write": True}}}, user=ann)
    clp = {"create": {ann.id: True}, "find": {"*": True}}
    await parse.ok("POST", "/schemas/Closed", {"classLevelPermissions": clp}, master=True)
    requests = [
        _request("GET", f"/classes/Game/{game}"),
        _request("PUT", f"/classes/Game/{game}", {"ACL": {ann.id: {"read": True, "write": True}}}),
        _request("POST", "/classes/Closed", {}),
        _request("POST", "/classes/_Audience", {}),
        _request("GET", "/schemas"),
    ]

    outcomes = {
        "ann": await _batch(parse, *requests, user=ann),
        "bob": await _batch(parse, *requests, user=bob),
        "nobody": await _batch(parse, *requests),
        "master": await _batch(parse, *requests, master=True),
    }

    allowed = {who: ["success" in each for each in answers] for who, answers in outcomes.items()}
    assert allowed["ann"] == [True, True, True, False, False]
    assert allowed["bob"] == allowed["nobody"] == [False] * 5
    assert allowed["master"] == [True] * 5


@pytest.mark.parametrize(
    "bad",
    [
        None,
        "text",
        [],
        {},
        {"method": "POST"},
        {"method": "POST", "path": 3},
        {"path": "/parse/classes/Game"},
        {"method": None, "path": "/parse/classes/Game"},
        {"method": "PATCH", "path": "/parse/classes/Game"},
        {"method": "POST", "path": "/parse/nowhere"},
        {"method": "POST", "path": "/classes/Game"},
        {"method": "POST", "path": "/parse/batch", "body": {"requests": []}},
        {"method": "POST", "path": "/parse//batch"},
        {"method": "POST", "path": "/parse/BATCH"},
        {"method": "POST", "path": "/parse/%62atch"},
        {"method": "POST", "path": "/parse/batch/"},
        {"method": "POST", "path": "/parse/classes/Game", "body": []},
        {"method": "POST", "path": "/parse/classes/Game", "body": "x"},
    ],
)
async def test_one_request_that_leads_nowhere_stops_the_whole(parse: LocalApp, bad: object) -> None:
    good = _request("POST", "/classes/Game", {"n": 1})

    answer = await parse.send("POST", "/batch", {"requests": [good, bad, good]})

    assert answer.json()["code"] == 107
    assert await parse.find("Game", {}) == []


@pytest.mark.parametrize("requests", [None, {}, "x", 3])
async def test_a_batch_is_a_list(parse: LocalApp, requests: object) -> None:
    answer = await parse.send("POST", "/batch", {"requests": requests})

    assert answer.json() == {"code": 107, "error": "requests must be an array"}


async def test_nothing_to_do_is_done(parse: LocalApp) -> None:
    assert await _batch(parse) == []


@pytest.mark.parametrize(("master", "refused"), [(False, True), (True, False)])
async def test_a_limit_of_requests_binds_all_but_the_master_key(
    master: bool, refused: bool
) -> None:
    async with local_app(requestComplexity={"batchRequestLimit": 2}) as parse:
        requests = [_request("POST", "/classes/Game", {"n": n}) for n in range(3)]
        within = await parse.send("POST", "/batch", {"requests": requests[:2]}, master=master)
        beyond = await parse.send("POST", "/batch", {"requests": requests}, master=master)

    assert within.is_success
    assert (beyond.status_code == 400) is refused


async def test_requests_do_not_all_run_at_once(parse: LocalApp) -> None:
    """One client must not take the store from all others."""
    game = await parse.create("Game", {"n": 0})
    parse.storage.taken_calls()
    held = parse.storage.hold_every("get")
    requests = [_request("GET", f"/classes/Game/{game}") for _ in range(CONCURRENCY * 3)]

    batch = asyncio.create_task(_batch(parse, *requests))
    await held.reached.wait()
    for _ in range(CONCURRENCY * 10):
        await checkpoint()
    under_way = parse.storage.taken_calls()
    held.release()

    assert under_way == ["get"] * CONCURRENCY
    assert [answer["success"]["n"] for answer in await batch] == [0] * len(requests)


async def test_many_requests_are_answered_in_their_order(parse: LocalApp) -> None:
    games = [await parse.create("Game", {"n": number}) for number in range(30)]
    order = [*reversed(games), *games]

    answers = await _batch(parse, *(_request("GET", f"/classes/Game/{game}") for game in order))

    assert [answer["success"]["objectId"] for answer in answers] == order


async def test_sign_ups_in_a_batch_have_sessions_of_their_own(parse: LocalApp) -> None:
    answers = await _batch(
        parse,
        *(
            _request("POST", "/users", {"authData": {"anonymous": {"id": f"id {number}"}}})
            for number in range(3)
        ),
    )

    users = [
        User(answer["success"]["objectId"], answer["success"]["sessionToken"]) for answer in answers
    ]
    found = [(await parse.ok("GET", "/users/me", user=user))["objectId"] for user in users]
    assert found == [user.id for user in users]
    assert len(set(found)) == 3
