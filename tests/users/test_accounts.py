"""Logging in: by name, by address, with whatever a client may send."""

import pytest

from tests.support.local_app import MASTER_KEY, READ_ONLY_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio

ANN = {"username": "ann", "password": "secret", "email": "ann@example.com"}
REFUSED = {"code": 101, "error": "Invalid username/password."}


async def _log_in(parse: LocalApp, **parameters: object) -> dict[str, object]:
    body: dict[str, object] = (await parse.send("POST", "/login", parameters)).json()
    return body


async def test_whatever_is_wrong_the_answer_is_one(parse: LocalApp) -> None:
    await parse.ok("POST", "/users", ANN)
    await parse.sign_up(username="without-password")
    await parse.ok(
        "POST", "/users", {**ANN, "username": "closed", "email": "c@example.com", "ACL": {}}
    )
    users = await parse.find("_User", {"username": "closed"}, master=True)
    await parse.ok("PUT", f"/users/{users[0]['objectId']}", {"ACL": {}}, master=True)

    answers = [
        await _log_in(parse, username="ann", password="wrong"),
        await _log_in(parse, username="nobody", password="secret"),
        await _log_in(parse, username="without-password", password="secret"),
        await _log_in(parse, username="ANN", password="secret"),
        await _log_in(parse, username="closed", password="secret"),
        await _log_in(parse, username="ann", email="other@example.com", password="secret"),
    ]

    assert answers == [REFUSED] * len(answers)


async def test_a_name_an_address_or_both_say_who_logs_in(parse: LocalApp) -> None:
    user = await parse.ok("POST", "/users", ANN)

    answers = [
        await _log_in(parse, username="ann", password="secret"),
        await _log_in(parse, email="ann@example.com", password="secret"),
        await _log_in(parse, username="ann@example.com", password="secret"),
        await _log_in(parse, username="ann", email="ann@example.com", password="secret"),
    ]

    assert [answer["objectId"] for answer in answers] == [user["objectId"]] * 4
    assert len({answer["sessionToken"] for answer in answers}) == 4


async def test_a_name_wins_over_the_same_text_as_an_address(parse: LocalApp) -> None:
    await parse.ok("POST", "/users", ANN)
    namesake = {"username": "ann@example.com", "password": "other"}
    user = await parse.ok("POST", "/users", namesake)

    by_name = await _log_in(parse, username="ann@example.com", password="other")
    by_address = await _log_in(parse, username="ann@example.com", password="secret")

    assert by_name["objectId"] == user["objectId"]
    assert by_address == REFUSED


@pytest.mark.parametrize("odd", [{"$ne": None}, {"$regex": ".*"}, ["ann"], 1, True])
@pytest.mark.parametrize("parameter", ["username", "email", "password"])
async def test_only_texts_log_in(parse: LocalApp, parameter: str, odd: object) -> None:
    await parse.ok("POST", "/users", ANN)
    parse.storage.taken_calls()
    given = {"username": "ann", "password": "secret", parameter: odd}

    assert await _log_in(parse, **given) == REFUSED
    assert parse.storage.taken_calls() == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, 200),
        ({"password": "x"}, 200),
        ({"username": "", "password": "x"}, 200),
        ({"username": "ann"}, 201),
        ({"username": "ann", "password": ""}, 201),
        ({"email": "ann@example.com", "password": None}, 201),
    ],
)
async def test_who_and_password_have_to_be_given(
    parse: LocalApp, parameters: dict[str, object], code: int
) -> None:
    assert (await _log_in(parse, **parameters))["code"] == code


@pytest.mark.parametrize("hashed", ["no hash", "$2b$10$short", "\u00fc" * 60])
async def test_a_stored_text_that_is_no_hash_lets_nobody_in(parse: LocalApp, hashed: str) -> None:
    user = await parse.sign_up(username="ann")
    await parse.ok(
        "PUT",
        f"/users/{user.id}",
        {"_hashed_password": hashed},
        X_Parse_Maintenance_Key="maintenance-key",
    )

    assert await _log_in(parse, username="ann", password=hashed) == REFUSED


async def test_a_hash_of_another_server_lets_its_user_in(parse: LocalApp) -> None:
    hashed = "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
    user = await parse.sign_up(username="ann")
    await parse.ok(
        "PUT",
        f"/users/{user.id}",
        {"_hashed_password": hashed},
        X_Parse_Maintenance_Key="maintenance-key",
    )

    assert (await _log_in(parse, username="ann", password="U*U"))["objectId"] == user.id


async def test_a_password_is_verified_without_a_session(parse: LocalApp) -> None:
    await parse.ok("POST", "/users", ANN)
    before = len(await parse.find("_Session", {}, master=True))
    given = {"username": "ann", "password": "secret"}

    answer = await parse.ok("POST", "/verifyPassword", given)

    assert answer["username"] == "ann"
    assert "sessionToken" not in answer
    assert len(await parse.find("_Session", {}, master=True)) == before


@pytest.mark.parametrize(
    ("key", "user_id", "code"),
    [
        (MASTER_KEY, "{id}", 0),
        (READ_ONLY_KEY, "{id}", 119),
        ("wrong", "{id}", 119),
        (MASTER_KEY, "nobody", 101),
        (MASTER_KEY, "", 162),
        (MASTER_KEY, None, 162),
        (MASTER_KEY, {"$ne": ""}, 101),
        (MASTER_KEY, ["x"], 101),
    ],
)
async def test_the_master_key_alone_logs_in_as_others(
    parse: LocalApp, key: str, user_id: object, code: int
) -> None:
    user = await parse.sign_up()
    given = user.id if user_id == "{id}" else user_id

    answer = await parse.send("POST", "/loginAs", {"userId": given}, X_Parse_Master_Key=key)

    body = answer.json()
    if code:
        assert body["code"] == code
    else:
        assert body["objectId"] == user.id
        assert body["sessionToken"] != user.token


async def test_names_and_addresses_fold_where_the_server_says_so() -> None:
    async with local_app(convertUsernameToLowercase=True, convertEmailToLowercase=True) as parse:
        given = {"username": "Ann", "password": "x", "email": "Ann@Example.com"}
        user = await parse.ok("POST", "/users", given)

        found = await parse.find("_User", {"username": "ann"}, master=True)

    assert [(each["objectId"], each["email"]) for each in found] == [
        (user["objectId"], "ann@example.com")
    ]
