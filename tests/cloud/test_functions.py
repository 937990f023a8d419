"""Cloud functions over HTTP."""

import asyncio
import logging
import sys
from datetime import UTC, datetime

import pytest

from parsepy.cloud import (
    ACL,
    FunctionRequest,
    GeoPoint,
    Object,
    Response,
    TriggerRequest,
    Validator,
    wait,
)
from parsepy.errors import ParseError
from parsepy.types import MISSING
from tests.support.local_app import MAINTENANCE_KEY, READ_ONLY_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio

DATE = {"__type": "Date", "iso": "2020-01-02T03:04:05.006Z"}


async def test_parameters_come_back_as_they_went(parse: LocalApp) -> None:
    @parse.app.registry.function("echo")
    def echo(request: FunctionRequest) -> object:
        return request.params

    body = {
        "date": DATE,
        "pointer": {"__type": "Pointer", "className": "Game", "objectId": "x"},
        "place": {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
        "nested": {"list": [1, {"date": DATE}, None]},
    }
    answer = await parse.send("POST", "/functions/echo?q=1&t=x", body)

    assert (answer.status_code, answer.json()) == (200, {"result": {**body, "q": "1", "t": "x"}})


async def test_the_request_tells_who_asks(parse: LocalApp) -> None:
    seen: list[FunctionRequest] = []

    @parse.app.registry.function("who")
    async def who(request: FunctionRequest) -> None:
        seen.append(request)

    ann = await parse.sign_up(username="ann", nick="a")
    await parse.ok("POST", "/functions/who", {}, user=ann, X_Parse_Installation_Id="i1")
    await parse.ok("POST", "/functions/who", {}, master=True)
    await parse.ok("POST", "/functions/who", {}, X_Parse_Master_Key=READ_ONLY_KEY)
    await parse.ok("POST", "/functions/who", {}, X_Parse_Maintenance_Key=MAINTENANCE_KEY)

    asked, master, reader, maintenance = seen
    assert asked.user is not None
    assert (asked.user.object_id, asked.user.get("nick")) == (ann.id, "a")
    assert asked.user.get("sessionToken") == ann.token
    assert (asked.master, asked.installation_id, asked.ip) == (False, "i1", "127.0.0.1")
    assert asked.headers["x-parse-application-id"] == "app"
    assert asked.function_name == "who"
    assert (master.master, master.is_read_only, master.user) == (True, False, None)
    assert (reader.master, reader.is_read_only) == (True, True)
    assert not maintenance.master


async def test_nothing_is_an_empty_answer_and_none_is_null(parse: LocalApp) -> None:
    parse.app.registry.add_function("nothing", lambda _: MISSING)
    parse.app.registry.add_function("null", lambda _: None)

    assert await parse.ok("POST", "/functions/nothing", {}) == {}
    assert await parse.ok("POST", "/functions/null", {}) == {"result": None}


async def test_objects_are_whole_in_an_answer(parse: LocalApp) -> None:
    game = Object("Game", "x", {"objectId": "x", "n": 1})
    parse.app.registry.add_function("games", lambda _: [game])

    assert await parse.ok("POST", "/functions/games", {}) == {
        "result": [{"__type": "Object", "className": "Game", "objectId": "x", "n": 1}]
    }


async def test_what_cannot_be_answered_is_an_error_and_no_crash(parse: LocalApp) -> None:
    parse.app.registry.add_function("unsaved", lambda _: Object("Game"))
    parse.app.registry.add_function("set", lambda _: object())

    for name, text in (("unsaved", "unsaved Game"), ("set", "object is no value")):
        answer = await parse.send("POST", f"/functions/{name}", {})
        assert (answer.status_code, answer.json()["code"]) == (400, 141)
        assert text in answer.json()["error"]


async def test_errors_reach_the_client(parse: LocalApp) -> None:
    def fail(request: FunctionRequest) -> None:
        code = request.params.get("code")
        raise ParseError(code, "mine") if isinstance(code, int) else ValueError()

    parse.app.registry.add_function("fail", fail)

    for body, status, error in (
        ({"code": 999}, 400, {"code": 999, "error": "mine"}),
        ({"code": 101}, 404, {"code": 101, "error": "mine"}),
        ({}, 400, {"code": 141, "error": "Script failed."}),
    ):
        answer = await parse.send("POST", "/functions/fail", body)
        assert (answer.status_code, answer.json()) == (status, error)


async def test_a_function_in_a_batch(parse: LocalApp) -> None:
    parse.app.registry.add_function("one", lambda _: 1)
    paths = ("/parse/functions/one", "/parse/functions/two")
    requests = [{"method": "POST", "path": path, "body": {}} for path in paths]

    assert await parse.ok("POST", "/batch", {"requests": requests}) == [
        {"success": {"result": 1}},
        {"error": {"code": 141, "error": 'Invalid function: "two"'}},
    ]


async def test_a_rate_limit_of_a_validator_holds_and_goes_with_the_function(
    parse: LocalApp,
) -> None:
    rule = {"requestTimeWindow": 60_000, "requestCount": 1, "includeInternalRequests": True}
    limited = Validator(rate_limit={**rule, "errorResponseMessage": "slowly"})
    parse.app.registry.add_function("one", lambda _: 1, limited)

    first = await parse.send("POST", "/functions/one", {})
    second = await parse.send("POST", "/functions/one", {})
    # Another function changes nothing about what was counted.
    parse.app.registry.add_function("two", lambda _: 2)
    third = await parse.send("POST", "/functions/one", {})
    other = await parse.send("POST", "/functions/two", {})

    assert [answer.status_code for answer in (first, second, third, other)] == [200, 429, 429, 200]
    assert second.json() == {"code": 100, "error": "slowly"}
    parse.app.registry.clear()
    assert (await parse.send("POST", "/functions/one", {})).json()["code"] == 141


async def test_values_that_are_hard_to_answer(parse: LocalApp) -> None:
    deep: list[object] = []
    endless: dict[str, object] = {}
    endless["me"] = endless
    for _ in range(5000):
        deep = [deep]

    class Odd:
        def to_json(self) -> object:
            raise RuntimeError("odd")

    for value, text in (
        (deep, "too deeply nested"),
        (endless, "contains itself"),
        ([Object("Game")], "unsaved Game"),
        (10**400, "too large"),
        (Odd(), "odd"),
        ({1, 2}.__iter__(), "no value"),
    ):
        parse.app.registry.clear()
        parse.app.registry.add_function("odd", lambda _, value=value: value)
        answer = await parse.send("POST", "/functions/odd", {})
        assert (answer.status_code, answer.json()["code"]) == (400, 141), text
        assert text in answer.json()["error"]


async def test_values_of_all_kinds(parse: LocalApp) -> None:
    moment = datetime(2020, 1, 2, 3, 4, 5, 6000, UTC)
    acl = ACL()
    acl.public_read = True
    value = {"d": moment, "p": GeoPoint(1, 2), "b": b"x", "a": acl, "t": (1.0, None, float("nan"))}
    parse.app.registry.add_function("all", lambda _: value)

    assert await parse.ok("POST", "/functions/all", {}) == {
        "result": {
            "d": DATE,
            "p": {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
            "b": {"__type": "Bytes", "base64": "eA=="},
            "a": {"*": {"read": True}},
            "t": [1, None, None],
        }
    }


async def test_a_status_and_headers_of_its_own(parse: LocalApp) -> None:
    @parse.app.registry.function("queue")
    async def queue(_request: FunctionRequest) -> Response:
        return Response({"place": 3}, status=202, headers={"X-Queue": "slow"})

    answer = await parse.send("POST", "/functions/queue", {})
    path = {"method": "POST", "path": "/parse/functions/queue", "body": {}}
    batch = await parse.ok("POST", "/batch", {"requests": [path]})

    assert (answer.status_code, answer.json()) == (202, {"result": {"place": 3}})
    assert answer.headers["X-Queue"] == "slow"
    assert batch == [{"success": {"result": {"place": 3}}}]


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {}),
        (204, {}),
        (True, {}),
        (200, {"X-A": "a\r\nX-B: b"}),
        (200, {"X A": "a"}),
        (200, {"Content-Length": "1"}),
        (200, {"X-A": "\u20ac"}),
        (200, {"X-A": 1}),
    ],
)
async def test_a_response_that_cannot_be(
    parse: LocalApp, status: int, headers: dict[str, str]
) -> None:
    parse.app.registry.add_function("f", lambda _: Response(1, status=status, headers=headers))

    answer = await parse.send("POST", "/functions/f", {})

    assert (answer.status_code, answer.json()["code"]) == (400, 141)


async def test_the_log_tells_what_ran_without_secrets(
    parse: LocalApp, caplog: pytest.LogCaptureFixture
) -> None:
    @parse.app.registry.function("f")
    def told(request: FunctionRequest) -> object:
        request.log.info("from within")
        if request.params.get("fail"):
            raise ParseError(999, "mine")
        return {"password": "secret", "long": "x" * 2000}

    caplog.set_level(logging.INFO, "parsepy")
    body = {"password": "secret", "user": {"sessionToken": "r:secret"}, "n": 1}
    await parse.ok("POST", "/functions/f", body)
    await parse.send("POST", "/functions/f", {"fail": True})

    ran, failed = (vars(r) for r in caplog.records if r.name == "parsepy.cloud.call_log")
    within = next(vars(r) for r in caplog.records if r.name == "parsepy.cloud.code")
    assert "secret" not in caplog.text + str([vars(r).get("meta") for r in caplog.records])
    assert '"password":"********"' in ran["message"]
    assert '"n":1' in ran["message"]
    assert "... (truncated)" in ran["message"]
    assert (ran["levelname"], failed["levelname"]) == ("INFO", "ERROR")
    assert "Failed running cloud function f for user None" in failed["message"]
    assert ran["meta"]["params"] == {
        **body,
        "password": "********",
        "user": {"sessionToken": "********"},
    }
    assert failed["meta"]["error"] == {"message": "mine", "code": 999}
    # One request is told by one id.
    assert within["request_id"] == ran["request_id"] != failed["request_id"]


async def test_levels_of_the_log_are_options(caplog: pytest.LogCaptureFixture) -> None:
    levels = {"cloudFunctionSuccess": "silent", "triggerBeforeSuccess": "error"}
    caplog.set_level(logging.DEBUG, "parsepy")
    async with local_app(logLevels=levels) as parse:
        parse.app.registry.add_function("f", lambda _: 1)
        parse.app.registry.add_trigger("beforeSave", "Game", lambda _: None)
        await parse.ok("POST", "/functions/f", {})
        await parse.create("Game", {"n": 1})

    (record,) = [r for r in caplog.records if r.name == "parsepy.cloud.call_log"]
    assert record.levelname == "ERROR"
    assert "beforeSave triggered for Game for user None" in record.getMessage()


async def test_a_call_takes_no_longer_than_the_option_says() -> None:
    async with local_app(cloudCode={"timeout": 50, "threads": 1}) as parse:

        @parse.app.registry.function("forever")
        async def forever(_request: FunctionRequest) -> None:
            await asyncio.Event().wait()

        answer = await parse.send("POST", "/functions/forever", {})

    assert answer.json() == {"code": 124, "error": "The cloud code took too long."}


async def test_nothing_that_a_function_does_ends_the_server(parse: LocalApp) -> None:
    def leave(_request: FunctionRequest) -> None:
        sys.exit(1)

    async def leave_while_awaited(_request: FunctionRequest) -> None:
        raise KeyboardInterrupt

    async def from_the_loop() -> None:
        sys.exit("from the loop")

    def leave_from_the_loop(_request: FunctionRequest) -> None:
        wait(from_the_loop())

    handlers = (leave, leave_while_awaited, leave_from_the_loop)
    for number, handler in enumerate(handlers):
        parse.app.registry.add_function(f"f{number}", handler)
    parse.app.registry.add_function("fine", lambda _: "fine")

    for number in range(len(handlers)):
        answer = await parse.send("POST", f"/functions/f{number}", {})
        assert answer.json()["code"] == 141
        assert await parse.ok("POST", "/functions/fine", {}) == {"result": "fine"}


async def test_plain_functions_that_wait_for_plain_triggers_never_wait_for_each_other() -> None:
    async with local_app(cloudCode={"threads": 1, "timeout": 20_000}) as parse:

        @parse.app.registry.before_save("Game")
        def mark(request: TriggerRequest) -> None:
            request.object.set("marked", True)

        @parse.app.registry.function("save")
        def save(_request: FunctionRequest) -> object:
            return wait(Object("Game").save()).get("marked")

        calls = [parse.ok("POST", "/functions/save", {}) for _ in range(5)]

        assert await asyncio.gather(*calls) == [{"result": True}] * 5
