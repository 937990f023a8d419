"""Cloud functions over HTTP."""

import pytest

from parsepy.cloud import FunctionRequest, Object, Validator
from parsepy.errors import ParseError
from parsepy.types import MISSING
from tests.support.local_app import MAINTENANCE_KEY, READ_ONLY_KEY, LocalApp

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
