"""Webhooks: kept in the store, called over HTTP, answered by somebody else."""

from typing import Any

import pytest

from parsepy.cloud import TriggerRequest
from parsepy.cloud.hooks import CLASS_NAME
from tests.support.answering_server import AnsweringServer, answering_server
from tests.support.deaf_server import DeafServer
from tests.support.local_app import MASTER_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio


async def _add_function(app: LocalApp, url: str, name: str = "f") -> None:
    await app.ok("POST", "/hooks/functions", {"functionName": name, "url": url}, master=True)


async def _add_trigger(app: LocalApp, kind: str, url: str, class_name: str = "Game") -> None:
    body = {"className": class_name, "triggerName": kind, "url": url}
    await app.ok("POST", "/hooks/triggers", body, master=True)


async def test_a_function_behind_a_webhook(stored: LocalApp, hook: AnsweringServer) -> None:
    await _add_function(stored, hook.url)
    ann = await stored.sign_up(username="ann")
    hook.answer = {"success": {"a": [1]}}

    answer = await stored.ok("POST", "/functions/f", {"n": 1}, user=ann)

    assert answer == {"result": {"a": [1]}}
    headers, sent = hook.asked[0]
    assert headers["content-type"] == "application/json"
    assert "x-parse-webhook-key" not in headers
    assert (sent["functionName"], sent["params"], sent["master"]) == ("f", {"n": 1}, False)
    assert (sent["user"]["objectId"], sent["user"]["sessionToken"]) == (ann.id, ann.token)


async def test_the_webhook_key_is_sent_and_no_key_of_this_server(hook: AnsweringServer) -> None:
    async with local_app(webhookKey="hook-key") as app:
        await _add_function(app, hook.url)
        await app.ok("POST", "/functions/f", {}, master=True)

    headers, sent = hook.asked[0]
    assert headers["x-parse-webhook-key"] == "hook-key"
    assert sent["master"] is True
    assert MASTER_KEY not in str(hook.asked)


ANSWERS: list[tuple[int, Any, int, Any]] = [
    (200, {"success": 1}, 200, {"result": 1}),
    (200, {"success": None}, 200, {"result": None}),
    (200, {}, 200, {}),
    (200, [1], 200, {}),
    (200, b"no json", 200, {}),
    (302, {"success": 1}, 200, {"result": 1}),
    (200, {"error": "no"}, 400, {"code": 141, "error": "no"}),
    (200, {"error": {"code": 5, "message": "no"}}, 400, {"code": 141, "error": "no"}),
    (
        200,
        {"error": {"code": 5, "error": "no"}},
        400,
        {"code": 141, "error": {"code": 5, "error": "no"}},
    ),
    (
        500,
        {"success": 1},
        400,
        {"code": 141, "error": "The webhook answered with status 500."},
    ),
]


@pytest.mark.parametrize(("status", "given", "expected_status", "expected"), ANSWERS)
async def test_what_an_answer_means(
    parse: LocalApp,
    hook: AnsweringServer,
    status: int,
    given: Any,
    expected_status: int,
    expected: Any,
) -> None:
    await _add_function(parse, hook.url)
    hook.status, hook.answer = status, given

    answer = await parse.send("POST", "/functions/f", {})

    assert (answer.status_code, answer.json()) == (expected_status, expected)


async def test_a_redirect_leads_nowhere(parse: LocalApp, hook: AnsweringServer) -> None:
    with answering_server({"success": "elsewhere"}) as elsewhere:
        await _add_function(parse, hook.url)
        hook.status, hook.headers = 307, {"Location": elsewhere.url}

        assert await parse.ok("POST", "/functions/f", {}) == {}
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "ftp://localhost/", "no address", "http://"]
)
async def test_who_cannot_be_reached_fails_the_call(parse: LocalApp, url: str) -> None:
    await _add_function(parse, url)

    answer = await parse.send("POST", "/functions/f", {})

    assert (answer.status_code, answer.json()["code"]) == (400, 141)
    assert answer.json()["error"]


async def test_an_answer_that_is_too_deep_or_denied_changes_nothing(
    parse: LocalApp, hook: AnsweringServer
) -> None:
    await _add_trigger(parse, "beforeSave", hook.url)
    hook.answer = {"success": {"a": {"_bsontype": "Code"}}}
    denied = await parse.send("POST", "/classes/Game", {"a": 1})
    hook.answer = b'{"success":{"a":' + b"[" * 200 + b"]" * 200 + b"}}"
    await parse.ok("POST", "/classes/Game", {"a": 2})

    assert denied.json()["code"] == 105
    assert [row["a"] for row in await parse.find("Game", {})] == [2]


async def test_before_save_gives_the_whole_object(stored: LocalApp, hook: AnsweringServer) -> None:
    object_id = await stored.create("Game", {"a": 1, "b": 1})
    await _add_trigger(stored, "beforeSave", hook.url)
    hook.answer = {
        "success": {"className": "Game", "objectId": object_id, "createdAt": "x", "a": 5, "c": 1}
    }

    updated = await stored.ok("PUT", f"/classes/Game/{object_id}", {"b": 2})
    row = await stored.ok("GET", f"/classes/Game/{object_id}")

    assert (updated["a"], updated["c"]) == (5, 1)
    assert (row["a"], row["b"], row["c"]) == (5, 1, 1)
    sent = hook.last
    assert (sent["triggerName"], sent["object"]["b"], sent["original"]["b"]) == ("beforeSave", 2, 1)
    assert sent["object"]["className"] == "Game"


@pytest.mark.parametrize("answer", [{}, {"success": True}, b""])
async def test_an_answer_without_an_object_changes_nothing(
    parse: LocalApp, hook: AnsweringServer, answer: Any
) -> None:
    await _add_trigger(parse, "beforeSave", hook.url)
    hook.answer = answer

    await parse.ok("POST", "/classes/Game", {"a": 1})

    assert [row["a"] for row in await parse.find("Game", {})] == [1]


async def test_after_save_may_answer_itself(parse: LocalApp, hook: AnsweringServer) -> None:
    await _add_trigger(parse, "afterSave", hook.url)
    hook.answer = {"success": {"custom": 1}}

    assert await parse.ok("POST", "/classes/Game", {"a": 1}) == {"custom": 1}


async def test_find_triggers_are_told_and_may_refuse(
    parse: LocalApp, hook: AnsweringServer
) -> None:
    await parse.create("Game", {"a": 1})
    await _add_trigger(parse, "beforeFind", hook.url)
    await _add_trigger(parse, "afterFind", hook.url)

    assert len(await parse.find("Game", {"a": 1})) == 1
    before, after = (sent for _, sent in hook.asked)
    assert (before["query"]["where"], before["count"], before["isGet"]) == ({"a": 1}, False, False)
    assert after["objects"][0]["a"] == 1

    hook.answer = {"error": "closed"}
    refused = await parse.send("GET", "/classes/Game")
    assert refused.json() == {"code": 141, "error": "closed"}


async def test_code_in_this_process_wins_over_a_webhook(
    parse: LocalApp, hook: AnsweringServer, caplog: pytest.LogCaptureFixture
) -> None:
    await _add_function(parse, hook.url)
    await _add_trigger(parse, "beforeSave", hook.url)
    hook.answer = {"success": "hook"}
    assert await parse.ok("POST", "/functions/f", {}) == {"result": "hook"}

    parse.app.registry.add_function("f", lambda _: "here")

    @parse.app.registry.before_save("Game")
    def before(request: TriggerRequest) -> None:
        request.object.set("by", "here")

    assert await parse.ok("POST", "/functions/f", {}) == {"result": "here"}
    assert (await parse.ok("POST", "/classes/Game", {}))["by"] == "here"
    assert len(hook.asked) == 1
    assert "A webhook is not called" in caplog.text


async def test_a_removed_webhook_is_not_called_any_more(
    stored: LocalApp, hook: AnsweringServer
) -> None:
    await _add_function(stored, hook.url)
    await stored.ok("PUT", "/hooks/functions/f", {"__op": "Delete"}, master=True)

    assert (await stored.send("POST", "/functions/f", {})).json()["code"] == 141
    assert hook.asked == []


async def test_a_new_address_counts_at_once(stored: LocalApp, hook: AnsweringServer) -> None:
    await _add_function(stored, "http://127.0.0.1:1/")
    hook.answer = {"success": 1}
    await stored.ok("PUT", "/hooks/functions/f", {"url": hook.url}, master=True)

    assert await stored.ok("POST", "/functions/f", {}) == {"result": 1}


async def test_webhooks_are_known_after_a_start(hook: AnsweringServer, tmp_path: Any) -> None:
    hook.answer = {"success": 1}
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    async with local_app(databaseURI=uri) as first:
        await _add_function(first, hook.url)
        # The second is another process on the same store, as far as these two can tell.
        async with local_app(databaseURI=uri) as second:
            assert await second.ok("POST", "/functions/f", {}) == {"result": 1}
            await second.ok("PUT", "/hooks/functions/f", {"__op": "Delete"}, master=True)
            assert (await first.send("POST", "/functions/f", {})).json()["code"] == 141


async def test_a_store_that_fails_takes_no_known_webhook_away(
    parse: LocalApp,
    hook: AnsweringServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _add_function(parse, hook.url)
    hook.answer = {"success": 1}
    assert await parse.ok("POST", "/functions/f", {}) == {"result": 1}
    monkeypatch.setattr("parsepy.cloud.hooks.MAX_AGE", 0.0)
    hooks = parse.app.parts.cloud.hooks
    await parse.ok("PUT", "/hooks/functions/f", {"url": hook.url}, master=True)
    await hooks.load()
    assert not hooks.are_known

    await parse.storage.storage.close()

    assert await parse.ok("POST", "/functions/f", {}) == {"result": 1}
    assert "could not read the webhooks again" in caplog.text


async def test_rows_that_say_nothing_are_left_alone(parse: LocalApp) -> None:
    services = parse.app.parts.services.objects
    schema = await services.schemas.get(CLASS_NAME)
    await services.storage.insert(schema, {"objectId": "a", "functionName": "f"})
    await services.storage.insert(schema, {"objectId": "b", "url": "http://localhost"})

    assert await parse.ok("GET", "/hooks/functions", master=True) == []
    assert await parse.ok("GET", "/hooks/triggers", master=True) == []


async def test_a_pair_that_cannot_be_is_an_internal_error(parse: LocalApp) -> None:
    body = {"className": "_Session", "triggerName": "beforeSave", "url": "http://localhost"}

    answer = await parse.send("POST", "/hooks/triggers", body, master=True)

    assert (answer.status_code, answer.json()["code"]) == (500, 1)
    assert await parse.ok("GET", "/hooks/triggers", master=True) == []


async def test_names_that_are_no_texts_are_refused(parse: LocalApp) -> None:
    for body in (
        {"functionName": {"$ne": None}, "url": "http://localhost"},
        {"functionName": "f", "url": {"a": 1}},
        {"functionName": "a.b", "url": "http://localhost"},
        {"className": ["Game"], "triggerName": "afterSave", "url": "http://localhost"},
        {"className": "Game", "triggerName": {"a": 1}, "url": "http://localhost"},
    ):
        answer = await parse.send("POST", "/hooks/functions", body, master=True)
        assert answer.json() == {"code": 143, "error": "invalid hook declaration"}


async def test_somebody_who_never_answers_holds_nobody_else(parse: LocalApp) -> None:
    import asyncio

    with DeafServer() as deaf:
        await _add_function(parse, f"http://127.0.0.1:{deaf.port}/")
        waiting = asyncio.create_task(parse.send("POST", "/functions/f", {}))
        await asyncio.to_thread(deaf.wait_for_caller)

        await parse.create("Game", {"a": 1})
        assert not waiting.done()
    answer = await waiting
    assert answer.json()["code"] == 141


# -- how far a call goes


async def test_no_redirect_is_followed_unless_the_option_says_so(hook: AnsweringServer) -> None:
    with answering_server({"success": "there"}) as target:
        hook.status, hook.headers = 307, {"Location": target.url}
        async with local_app() as parse:
            await _add_function(parse, hook.url)
            assert await parse.ok("POST", "/functions/f", {"a": 1}) == {}
        assert target.asked == []
        async with local_app(webhooks={"maxRedirects": 1}, webhookKey="key") as parse:
            await _add_function(parse, hook.url)
            answer = await parse.ok("POST", "/functions/f", {"a": 1})

        assert answer == {"result": "there"}
        headers, sent = target.asked[0]
        assert sent["params"] == {"a": 1}
        # The key is for who was configured.
        assert hook.asked[-1][0]["x-parse-webhook-key"] == "key"
        assert "x-parse-webhook-key" not in headers


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("", None),
        ("/again", "redirects too often"),
        ("ftp://localhost/", "redirects to no address"),
        ("http://[", "redirects to no address"),
        ("http://x:99999999/", "redirects to no address"),
        ("http://127.0.0.1:1/", "did not answer"),
    ],
)
async def test_redirects_that_lead_nowhere(
    hook: AnsweringServer, location: str, told: str | None
) -> None:
    hook.status, hook.headers, hook.answer = 302, {"Location": location}, {"success": 1}
    async with local_app(webhooks={"maxRedirects": 3}) as parse:
        await _add_function(parse, hook.url)
        answer = await parse.send("POST", "/functions/f", {})

    if told is None:
        assert answer.json() == {"result": 1}
    else:
        assert (answer.status_code, answer.json()["code"]) == (400, 141)
        assert told in answer.json()["error"]


async def test_private_addresses_are_not_called_where_the_option_forbids_it(
    hook: AnsweringServer,
) -> None:
    async with local_app(webhooks={"allowPrivateAddresses": False}) as parse:
        for host in ("127.0.0.1", "localhost"):
            await parse.app.parts.cloud.hooks.forget()
            url = hook.url.replace("127.0.0.1", host)
            name = f"f{host.replace('.', '')}"
            body = {"functionName": name, "url": url}
            await parse.ok("POST", "/hooks/functions", body, master=True)
            answer = await parse.send("POST", f"/functions/{name}", {})
            assert (answer.status_code, answer.json()["code"]) == (400, 141)
            assert "is no public address" in answer.json()["error"]

    assert hook.asked == []


async def test_a_webhook_that_takes_too_long_or_says_too_much_fails_the_call(
    hook: AnsweringServer,
) -> None:
    async with local_app(webhooks={"timeout": 100, "maxAnswerSize": 1000}) as parse:
        with DeafServer() as deaf:
            await _add_function(parse, f"http://127.0.0.1:{deaf.port}/")
            late = await parse.send("POST", "/functions/f", {})
        await parse.ok("PUT", "/hooks/functions/f", {"url": hook.url}, master=True)
        hook.answer = {"success": "x" * 2000}
        long = await parse.send("POST", "/functions/f", {})

    assert (late.json()["code"], long.json()["code"]) == (141, 141)
    assert "longer than 1000 bytes" in long.json()["error"]
