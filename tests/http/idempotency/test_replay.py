"""With `replay`, a repeated request is answered as it was answered the first time."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from parsepy.http.idempotency import requests
from parsepy.protocol import dates
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio
PATHS = ["classes/.*", "users", "installations"]


@pytest.fixture(params=["sqlite", "mongodb"])
async def parse(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(
        databaseURI=uri, idempotencyOptions={"paths": PATHS, "replay": True}
    ) as app:
        yield app


async def _send(
    app: LocalApp,
    request_id: str,
    path: str,
    body: Any,
    *,
    method: str = "POST",
    user: User | None = None,
    master: bool = False,
    **headers: str,
) -> httpx.Response:
    return await app.send(
        method, path, body, user=user, master=master, X_Parse_Request_Id=request_id, **headers
    )


def _told(answer: httpx.Response) -> tuple[int, Any, str | None]:
    return answer.status_code, answer.json(), answer.headers.get("Location")


async def test_a_repeated_create_gets_the_first_answer(parse: LocalApp) -> None:
    first = await _send(parse, "a", "/classes/Game", {"n": 1})
    again = [await _send(parse, "a", "/classes/Game", {"n": 1}) for _ in range(3)]

    assert first.status_code == 201
    assert [_told(answer) for answer in again] == [_told(first)] * 3
    assert len(await parse.find("Game", {})) == 1


async def test_a_repeated_update_is_done_once(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 1})
    body = {"n": {"__op": "Increment", "amount": 1}}

    answers = [
        await _send(parse, "a", f"/classes/Game/{game}", body, method=method)
        for method, body in [("PUT", body), ("PUT", body), ("POST", {**body, "_method": "PUT"})]
    ]

    assert [_told(answer) for answer in answers] == [_told(answers[0])] * 3
    assert answers[0].json()["n"] == 2
    assert (await parse.find("Game", {}))[0]["n"] == 2


async def test_a_repeated_sign_up_gets_the_same_session(parse: LocalApp) -> None:
    body = {"authData": {"anonymous": {"id": "ann"}}}
    first = await _send(parse, "a", "/users", body)
    again = await _send(parse, "a", "/users", body)

    assert _told(again) == _told(first)
    assert again.json()["sessionToken"].startswith("r:")
    assert len(await parse.find("_Session", {}, master=True)) == 1


OTHERS: list[dict[str, Any]] = [
    {"body": {"n": 2}},
    {"path": "/classes/Other"},
    {"master": True},
    {"X_Parse_Installation_Id": "another"},
    {"X_Parse_Session_Token": "own"},
]


@pytest.mark.parametrize("other", OTHERS, ids=[next(iter(other)) for other in OTHERS])
async def test_nobody_gets_the_answer_to_another_s_request(
    parse: LocalApp, other: dict[str, Any]
) -> None:
    stranger = await parse.sign_up()
    if "X_Parse_Session_Token" in other:
        other = {"X_Parse_Session_Token": stranger.token}
    await _send(parse, "a", "/classes/Game", {"n": 1})

    answer = await _send(parse, "a", **{"path": "/classes/Game", "body": {"n": 1}, **other})

    assert (answer.status_code, answer.json()) == (400, {"code": 159, "error": "Duplicate request"})


async def test_a_session_s_answer_is_not_another_session_s(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    first = await _send(parse, "a", "/classes/Game", {"n": 1}, user=ann)

    stolen = await _send(parse, "a", "/classes/Game", {"n": 1}, user=bob)
    own = await _send(parse, "a", "/classes/Game", {"n": 1}, user=ann)

    assert stolen.json() == {"code": 159, "error": "Duplicate request"}
    assert _told(own) == _told(first)


async def test_the_store_holds_nothing_that_a_reader_could_use(parse: LocalApp) -> None:
    body = {"username": "ann", "password": "correct horse", "secret": "battery"}
    token = (await _send(parse, "a", "/users", body)).json()["sessionToken"]

    rows = json.dumps(await parse.find("_Idempotency", {}, master=True))

    assert '"reqId": "a"' in rows
    for text in (token, token.removeprefix("r:"), "correct horse", "battery", "ann"):
        assert text not in rows


# -- failures


FAILING = {
    "refused by the schema": ("/classes/Game", {"n": "text"}),
    "refused by permission": ("/classes/_Session", {}),
    "a bad operation": ("/classes/Game", {"n": {"__op": "Nonsense"}}),
}


@pytest.mark.parametrize("failure", FAILING)
async def test_a_request_that_failed_may_be_tried_again(parse: LocalApp, failure: str) -> None:
    await parse.create("Game", {"n": 1})
    path, body = FAILING[failure]
    answers = [await _send(parse, "a", path, body) for _ in range(2)]

    assert answers[0].status_code == 400
    assert _told(answers[1]) == _told(answers[0])
    assert answers[0].json()["code"] != 159
    assert (await _send(parse, "a", "/classes/Game", {"n": 2})).status_code == 201


async def test_an_unexpected_error_may_be_tried_again(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as broken:
        broken.setattr("parsepy.objects.write.create", fail)
        assert (await _send(parse, "a", "/classes/Game", {"n": 1})).status_code == 500

    assert (await _send(parse, "a", "/classes/Game", {"n": 1})).status_code == 201


async def test_an_answer_that_is_too_large_is_not_kept(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests, "MAX_ANSWER", 10)
    await _send(parse, "a", "/classes/Game", {"n": 1})

    again = await _send(parse, "a", "/classes/Game", {"n": 1})

    assert again.json()["code"] == 159
    assert "its answer is not kept" in again.json()["error"]
    assert len(await parse.find("Game", {})) == 1


# -- at the same time


async def test_a_repeated_request_waits_for_the_first(parse: LocalApp) -> None:
    held = parse.storage.hold_every("insert")
    first = asyncio.create_task(_send(parse, "a", "/classes/Game", {"n": 1}))
    await held.reached.wait()
    again = [asyncio.create_task(_send(parse, "a", "/classes/Game", {"n": 1})) for _ in range(3)]
    held.release()

    answers = [_told(answer) for answer in await asyncio.gather(first, *again)]

    assert answers == [answers[0]] * 4
    assert len(await parse.find("Game", {})) == 1


async def test_many_at_once_are_done_once(parse: LocalApp) -> None:
    answers = await asyncio.gather(
        *(_send(parse, "a", "/classes/Game", {"n": 1}) for _ in range(20))
    )

    assert len({json.dumps(_told(answer)) for answer in answers}) == 1
    assert len(await parse.find("Game", {})) == 1


async def test_one_that_waited_for_a_failure_tries_itself(parse: LocalApp) -> None:
    answers = await asyncio.gather(
        *(_send(parse, "a", "/classes/Game", {"n": {"__op": "No"}}) for _ in range(5))
    )

    assert {answer.json()["code"] for answer in answers}.isdisjoint({159})


async def test_what_another_process_still_does_is_refused_as_that(parse: LocalApp) -> None:
    await _send(parse, "a", "/classes/Game", {"n": 1})
    (row,) = await parse.find("_Idempotency", {}, master=True)
    unset = {"answer": {"__op": "Delete"}}
    await parse.ok("PUT", f"/classes/_Idempotency/{row['objectId']}", unset, master=True)

    answer = await _send(parse, "a", "/classes/Game", {"n": 1})

    assert answer.json() == {
        "code": 159,
        "error": "Duplicate request: the first one is still under way",
    }


async def test_waiting_has_an_end(parse: LocalApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PATIENCE", 0.01)
    held = parse.storage.hold_every("insert")
    first = asyncio.create_task(_send(parse, "a", "/classes/Game", {"n": 1}))
    await held.reached.wait()

    again = await _send(parse, "a", "/classes/Game", {"n": 1})
    held.release()

    assert again.json()["error"] == "Duplicate request: the first one is still under way"
    assert (await first).status_code == 201


# -- time


@pytest.mark.parametrize("replay", [True, False])
async def test_an_id_is_free_again_when_its_time_is_over(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch, replay: bool
) -> None:
    uri = parse.app.parts.services.options.database_uri
    options = {"paths": PATHS, "replay": replay, "ttl": 60}
    async with local_app(databaseURI=uri, idempotencyOptions=options) as app:
        first = await _send(app, "a", "/classes/Game", {"n": 1})
        later = dates.now_ms() + 61_000
        monkeypatch.setattr(dates, "now_ms", lambda: later)
        second = await _send(app, "a", "/classes/Game", {"n": 1})

        assert second.status_code == 201
        assert second.json()["objectId"] != first.json()["objectId"]


async def test_two_servers_answer_one_request_once(mongodb_database_uri: str) -> None:
    options: dict[str, Any] = {
        "databaseURI": mongodb_database_uri,
        "idempotencyOptions": {"paths": PATHS, "replay": True},
    }
    async with local_app(**options) as one, local_app(**options) as two:
        first = await _send(one, "a", "/classes/Game", {"n": 1})
        again = await _send(two, "a", "/classes/Game", {"n": 1})
        race = await asyncio.gather(
            *(_send(app, "b", "/classes/Game", {"n": 2}) for app in (one, two) * 5)
        )

        assert _told(again) == _told(first)
        done = [answer for answer in race if answer.status_code == 201]
        assert len({answer.json()["objectId"] for answer in done}) == 1
        refused = [answer.json()["code"] for answer in race if answer.status_code != 201]
        assert set(refused) <= {159}
        assert len(await one.find("Game", {"n": 2})) == 1
