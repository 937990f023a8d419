"""`authData`: what proves an identity, and what is refused before anything is made."""

import pytest

from parsepy.types import JSONObject, JSONValue
from tests.support.local_app import LocalApp, User, local_app
from tests.users.auth_data.providers import Badge

pytestmark = pytest.mark.anyio

UNSUPPORTED, BAD_ID, NO_NAME, WRONG_TYPE = 252, 162, 200, 111
ANONYMOUS: JSONObject = {"id": "one"}


@pytest.mark.parametrize(
    ("auth_data", "code"),
    [
        (None, NO_NAME),
        ("text", NO_NAME),
        (3, NO_NAME),
        ({"__op": "Delete"}, NO_NAME),
        ([], NO_NAME),
        ({}, NO_NAME),
        ({"anonymous": None}, NO_NAME),
        ({"anonymous": {}}, NO_NAME),
        ({"anonymous": "one"}, NO_NAME),
        ({"anonymous": {"id": ""}}, BAD_ID),
        ({"anonymous": {"id": None}}, BAD_ID),
        ({"anonymous": {"id": 1}}, BAD_ID),
        ({"anonymous": {"id": {"$ne": ""}}}, BAD_ID),
        ({"anonymous": {"id": ["one"]}}, BAD_ID),
        ({"anonymous": {"other": "one"}}, BAD_ID),
        ({"anonymous": {"__op": "Delete"}}, BAD_ID),
        ({"anonymous": {"__op": "Delete", "id": "one"}}, BAD_ID),
        ({"unknown": {"__op": "Delete"}}, BAD_ID),
        ({"anonymous": {"__type": "Pointer", "className": "_User", "objectId": "x"}}, BAD_ID),
        ({"unknown": {"id": "x"}}, UNSUPPORTED),
        ({"anonymous": ANONYMOUS, "unknown": {"id": "x"}}, UNSUPPORTED),
        ({"anonymous.id": {"id": "x"}}, UNSUPPORTED),
        ({"$where": {"id": "x"}}, UNSUPPORTED),
        ({"": {"id": "x"}}, UNSUPPORTED),
    ],
)
async def test_what_proves_nothing_signs_nobody_up(
    parse: LocalApp, auth_data: JSONValue, code: int
) -> None:
    answer = await parse.send("POST", "/users", {"authData": auth_data})

    assert answer.json()["code"] == code
    assert await parse.find("_User", {}, master=True) == []


@pytest.mark.parametrize(
    ("auth_data", "code"),
    [
        (None, UNSUPPORTED),
        (False, UNSUPPORTED),
        (0, UNSUPPORTED),
        ("", UNSUPPORTED),
        ("text", UNSUPPORTED),
        ([1], UNSUPPORTED),
        ({"__op": "Delete"}, UNSUPPORTED),
        ([], WRONG_TYPE),
        (3, WRONG_TYPE),
        (True, WRONG_TYPE),
    ],
)
async def test_what_is_no_authentication_data_is_refused_beside_a_password_too(
    parse: LocalApp, auth_data: JSONValue, code: int
) -> None:
    body = {"username": "ann", "password": "secret", "authData": auth_data}

    answer = await parse.send("POST", "/users", body)

    assert answer.json()["code"] == code
    assert await parse.find("_User", {}, master=True) == []


@pytest.mark.parametrize(
    "auth_data",
    [{"unknown": {"id": "x"}}, {"anonymous": ANONYMOUS, "unknown": {"id": "x"}}],
)
async def test_a_known_identity_does_not_carry_an_unproven_one(
    parse: LocalApp, auth_data: JSONObject
) -> None:
    """Each provider of a request is verified, or one could log in with another's identity."""
    user = await parse.ok("POST", "/users", {"authData": {"anonymous": ANONYMOUS}})

    logged_in = await parse.send("POST", "/users", {"authData": auth_data})
    linked = await parse.send(
        "PUT", f"/users/{user['objectId']}", {"authData": auth_data}, master=True
    )

    assert [answer.json()["code"] for answer in (logged_in, linked)] == [UNSUPPORTED] * 2
    found = await parse.find("_User", {}, master=True)
    assert [each["authData"] for each in found] == [{"anonymous": ANONYMOUS}]


async def test_an_identity_logs_in_and_keeps_the_user_as_he_is(parse: LocalApp) -> None:
    body = {"authData": {"anonymous": ANONYMOUS}}
    first = await parse.ok("POST", "/users", {**body, "score": 1})

    again = await parse.ok("POST", "/users", {**body, "score": 2, "username": "other"})

    assert again["objectId"] == first["objectId"]
    assert again["score"] == 1
    assert again["username"] == first["username"]
    assert len(await parse.find("_User", {}, master=True)) == 1


async def test_the_identity_of_another_is_not_taken_over(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    taken = {"authData": {"anonymous": {"id": "taken"}}}
    await parse.ok("PUT", f"/users/{ann.id}", taken, user=ann)

    linked = await parse.send("PUT", f"/users/{bob.id}", taken, user=bob)
    signed_up = await parse.send("POST", "/users", taken, user=bob)

    assert [answer.json()["code"] for answer in (linked, signed_up)] == [208, 208]


async def test_a_closed_account_is_not_entered_by_its_identity(parse: LocalApp) -> None:
    body = {"authData": {"anonymous": ANONYMOUS}}
    user = await parse.ok("POST", "/users", body)
    await parse.ok("PUT", f"/users/{user['objectId']}", {"ACL": {}}, master=True)

    answer = await parse.send("POST", "/users", body)

    assert answer.json()["code"] == 208
    assert len(await parse.find("_User", {}, master=True)) == 1


@pytest.mark.parametrize(
    "options", [{"enableAnonymousUsers": False}, {"auth": {"anonymous": {"enabled": False}}}]
)
async def test_a_provider_that_is_switched_off_proves_nothing(options: dict[str, object]) -> None:
    async with local_app(**options) as parse:  # type: ignore[arg-type]
        answer = await parse.send("POST", "/users", {"authData": {"anonymous": ANONYMOUS}})

    assert answer.json()["code"] == UNSUPPORTED


@pytest.mark.parametrize("master", [False, True])
@pytest.mark.parametrize(
    "operation",
    [
        {"__op": "Delete"},
        {"__op": "Increment", "amount": 1},
        {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"},
    ],
)
async def test_what_is_no_plain_object_takes_no_provider_off(
    operation: JSONObject, master: bool
) -> None:
    async with local_app(auth={"badge": Badge()}) as parse:
        stored = {"badge": {"id": "1", "code": "open"}}
        signed_up = await parse.ok("POST", "/users", {"authData": stored})
        user = User(signed_up["objectId"], signed_up["sessionToken"])

        body = {"authData": {"badge": {"code": "open", **operation}}}
        refused = await parse.send("PUT", f"/users/{user.id}", body, user=user, master=master)

        assert refused.json()["code"] == BAD_ID
        found = await parse.ok("GET", f"/users/{user.id}", master=True)
        assert found["authData"] == stored
