"""Validators: their order, their messages, and what they change."""

from collections.abc import Mapping
from typing import Any

import pytest

from parsepy.cloud import Field, FunctionRequest, TriggerRequest, Validator
from parsepy.cloud.validators import InvalidValidator, validator_from
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

LOGIN = "Validation failed. Please login to continue."


def refuse(value: object) -> bool:
    return value == "good"


def complain(_value: object) -> bool:
    raise ValueError("complaint")


def complain_silently(_value: object) -> bool:
    raise ValueError


REFUSALS: list[tuple[Validator, Mapping[str, Any], str]] = [
    (Validator(require_user=True), {}, LOGIN),
    (Validator(require_any_user_roles=["a"]), {}, LOGIN),
    (Validator(require_all_user_roles=["a"]), {}, LOGIN),
    (
        Validator(require_master=True),
        {},
        "Validation failed. Master key is required to complete this request.",
    ),
    (Validator(fields=["a"]), {}, "Validation failed. Please specify data for a."),
    (Validator(fields=["a"]), {"a": None}, "Validation failed. Please specify data for a."),
    (Validator(fields={"x": "a"}), {"x": 1}, "Validation failed. Please specify data for a."),
    (
        Validator(fields={"a": Field(required=True)}),
        {},
        "Validation failed. Please specify data for a.",
    ),
    (
        Validator(fields={"a": Field(type=str)}),
        {"a": 1},
        "Validation failed. Invalid type for a. Expected: string",
    ),
    (
        Validator(fields={"a": Field(type="Number")}),
        {"a": None},
        "Validation failed. Invalid type for a. Expected: number",
    ),
    (
        Validator(fields={"a": Field(type=list)}),
        {"a": {}},
        "Validation failed. Invalid type for a. Expected: array",
    ),
    (
        Validator(fields={"a": Field(options=["x", "y"])}),
        {"a": "z"},
        "Validation failed. Invalid option for a. Expected: x, y",
    ),
    (
        Validator(fields={"a": Field(options=1)}),
        {"a": True},
        "Validation failed. Invalid option for a. Expected: 1",
    ),
    (Validator(fields={"a": Field(options=1, error="mine")}), {"a": 2}, "mine"),
    (
        Validator(fields={"a": Field(options=refuse)}),
        {"a": 1},
        "Validation failed. Invalid value for a.",
    ),
    (Validator(fields={"a": Field(options=refuse, error="mine")}), {"a": 1}, "mine"),
    (Validator(fields={"a": Field(options=complain)}), {"a": 1}, "complaint"),
    (
        Validator(fields={"a": Field(options=complain_silently)}),
        {"a": 1},
        "Validation failed. Invalid value for a.",
    ),
    (Validator(require_user_keys=["a"]), {}, "Please login to make this request."),
    (
        Validator(require_user_keys={"a": Field(options=1)}),
        {},
        "Please login to make this request.",
    ),
]


@pytest.mark.parametrize(("validator", "params", "message"), REFUSALS)
async def test_a_call_is_refused(
    parse: LocalApp, validator: Validator, params: Mapping[str, Any], message: str
) -> None:
    called = list[object]()
    parse.app.registry.add_function("f", called.append, validator)

    answer = await parse.send("POST", "/functions/f", params)
    with_master = await parse.send("POST", "/functions/f", params, master=True)

    assert (answer.status_code, answer.json()) == (400, {"code": 142, "error": message})
    assert len(called) == 1
    assert with_master.is_success


ACCEPTED: list[tuple[Validator, Mapping[str, Any]]] = [
    (Validator(), {}),
    (Validator(fields=["a"]), {"a": 0}),
    (Validator(fields={"a": Field(type=int)}), {"a": 1.5}),
    (Validator(fields={"a": Field(type=bool)}), {"a": False}),
    (Validator(fields={"a": Field(type=dict)}), {"a": {}}),
    (Validator(fields={"a": Field(type=str)}), {}),
    (Validator(fields={"a": Field(options=["x", 1])}), {"a": 1}),
    (Validator(fields={"a": Field(options=refuse)}), {"a": "good"}),
    (Validator(fields={"a": Field(required=True, default=1, type=int)}), {}),
]


@pytest.mark.parametrize(("validator", "params"), ACCEPTED)
async def test_a_call_is_accepted(
    parse: LocalApp, validator: Validator, params: Mapping[str, Any]
) -> None:
    parse.app.registry.add_function("f", lambda _: 1, validator)

    assert await parse.ok("POST", "/functions/f", params) == {"result": 1}


async def test_the_master_key_may_be_judged_too(parse: LocalApp) -> None:
    validator = Validator(fields=["a"], validate_master_key=True)
    parse.app.registry.add_function("f", lambda _: 1, validator)

    assert (await parse.send("POST", "/functions/f", {}, master=True)).json()["code"] == 142


async def test_defaults_are_in_the_parameters(parse: LocalApp) -> None:
    def params(request: FunctionRequest) -> object:
        return request.params

    parse.app.registry.add_function("f", params, Validator(fields={"a": Field(default=[1])}))

    assert await parse.ok("POST", "/functions/f", {"b": 1}) == {"result": {"a": [1], "b": 1}}


async def test_roles(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    await parse.grant_role("readers", ann, bob)
    await parse.grant_role("writers", ann)

    async def names() -> list[str]:
        return ["readers", "writers"]

    parse.app.registry.add_function("any", lambda _: 1, Validator(require_any_user_roles=names))
    parse.app.registry.add_function("all", lambda _: 1, Validator(require_all_user_roles=names))
    parse.app.registry.add_function("no", lambda _: 1, Validator(require_any_user_roles=["x"]))

    assert (await parse.ok("POST", "/functions/any", {}, user=bob)) == {"result": 1}
    assert (await parse.ok("POST", "/functions/all", {}, user=ann)) == {"result": 1}
    some = await parse.send("POST", "/functions/all", {}, user=bob)
    none = await parse.send("POST", "/functions/no", {}, user=bob)
    assert some.json()["error"] == "Validation failed. User does not match all the required roles."
    assert none.json()["error"] == "Validation failed. User does not match the required roles."


async def test_keys_of_the_user(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(nick="a"), await parse.sign_up(nick="b", age=1)
    listed = Validator(require_user_keys=["nick", "age"])
    options = Validator(require_user_keys={"nick": Field(options=["b"], error="no b")})
    parse.app.registry.add_function("listed", lambda _: 1, listed)
    parse.app.registry.add_function("options", lambda _: 1, options)

    for name, error in (
        ("listed", "Validation failed. Please set data for age on your account."),
        ("options", "no b"),
    ):
        assert (await parse.ok("POST", f"/functions/{name}", {}, user=bob)) == {"result": 1}
        answer = await parse.send("POST", f"/functions/{name}", {}, user=ann)
        assert answer.json() == {"code": 142, "error": error}


async def test_a_function_decides_by_raising(parse: LocalApp) -> None:
    async def decide(request: FunctionRequest) -> object:
        match request.params.get("how"):
            case "text":
                raise ValueError("text")
            case "nothing":
                raise ValueError
            case "code":
                raise ParseError(500, "mine")
            case "failed":
                raise ParseError(141, "mine too")
        return False

    parse.app.registry.add_function("f", lambda _: 1, Validator(function=decide))

    assert await parse.ok("POST", "/functions/f", {}) == {"result": 1}
    for how, code, error in (
        ("text", 142, "text"),
        ("nothing", 142, "Validation failed."),
        ("code", 500, "mine"),
        ("failed", 141, "mine too"),
    ):
        answer = await parse.send("POST", "/functions/f", {"how": how})
        assert answer.json() == {"code": code, "error": error}


# -- triggers


async def test_the_object_of_a_trigger_is_judged_and_changed(parse: LocalApp) -> None:
    fields = {
        "a": Field(required=True, type=int),
        "d": Field(default="x"),
        "c": Field(constant=True, default=1),
    }
    parse.app.registry.add_trigger("beforeSave", "Game", lambda _: None, Validator(fields=fields))

    refused = await parse.send("POST", "/classes/Game", {})
    created = await parse.ok("POST", "/classes/Game", {"a": 1, "c": 5})
    path = f"/classes/Game/{created['objectId']}"
    await parse.ok("PUT", path, {"c": 9, "a": 2})
    row = await parse.ok("GET", path)

    assert refused.json()["error"] == "Validation failed. Please specify data for a."
    assert (created["d"], created["c"]) == ("x", 1)
    assert (row["a"], row["c"], row["d"]) == (2, 1, "x")


async def test_who_signs_up_is_the_user(parse: LocalApp) -> None:
    validator = Validator(require_user=True, require_user_keys=["nick"])
    parse.app.registry.add_trigger("beforeSave", "_User", lambda _: None, validator)
    body = {"username": "ann", "password": "x"}

    refused = await parse.send("POST", "/users", body)

    assert refused.json()["error"] == "Validation failed. Please set data for nick on your account."
    await parse.ok("POST", "/users", {**body, "nick": "a"})


async def test_a_trigger_may_be_left_out_with_the_master_key(parse: LocalApp) -> None:
    def change(request: TriggerRequest) -> None:
        request.object.set("changed", True)

    validator = Validator(skip_with_master_key=True)
    parse.app.registry.add_trigger("beforeSave", "Game", change, validator)

    by_client = await parse.ok("POST", "/classes/Game", {})
    by_master = await parse.ok("POST", "/classes/Game", {}, master=True)

    assert (by_client.get("changed"), by_master.get("changed")) == (True, None)


# -- parse-server's form

KNOWN = {
    "requireUser": True,
    "requireAnyUserRoles": ["a"],
    "requireUserKeys": {"k": {"options": [1], "error": "no"}},
    "fields": {"a": {"type": "String", "required": True}, "b": "c"},
    "skipWithMasterKey": True,
    "rateLimit": {"requestCount": 1},
}


def test_a_validator_in_parse_servers_form() -> None:
    assert validator_from(KNOWN) == Validator(
        require_user=True,
        require_any_user_roles=["a"],
        require_user_keys={"k": Field(options=[1], error="no")},
        fields={"a": Field(type="String", required=True), "b": "c"},
        skip_with_master_key=True,
        rate_limit={"requestCount": 1},
    )


WRONG = [
    ({"nope": 1}, "nope is not a supported parameter for Cloud Function validations."),
    ({"fields": {"a": {"nope": 1}}}, "nope is not a supported parameter"),
    (
        {"requireUser": "yes"},
        "Invalid type for Cloud Function validation key requireUser."
        " Expected boolean, actual string",
    ),
    ({"requireAnyUserRoles": 1}, "Expected array|function, actual number"),
    ({"fields": {"a": {"error": 1}}}, "Expected string, actual number"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_a_validator_that_cannot_be(given: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InvalidValidator) as raised:
        validator_from(given)
    assert message in str(raised.value)
