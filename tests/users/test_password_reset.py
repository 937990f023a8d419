"""New passwords by mail: who gets a link, what it does, and that it does it once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from parsepy.errors import Code, ParseError
from parsepy.protocol import dates, values
from parsepy.protocol.operations import SetValue, Unset
from parsepy.query import tree
from parsepy.types import JSONValue
from parsepy.users.lockout import COUNT, LOCKED_UNTIL
from parsepy.users.mail_tokens import RESET
from tests.support.local_app import URL, User
from tests.support.postbox import MailingApp, mailing_app, token_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("cheap_passwords")]

TOKEN, EXPIRES = RESET.column, RESET.expires_column
ADDRESS = "ann@example.org"
ANN = {"username": "ann", "password": "first", "email": ADDRESS}
INVALID = "Failed to reset password: username / email / token is invalid"
EXPIRED = "The password reset link has expired"
NO_EMAIL = {"code": 204, "error": "you must provide an email"}
NO_ADDRESS = {"code": 125, "error": "you must provide a valid email string"}


@pytest.fixture
async def mail(database_uri: str) -> AsyncIterator[MailingApp]:
    async with mailing_app(databaseURI=database_uri) as running:
        yield running


async def sign_up(app: MailingApp, **changes: object) -> User:
    answer = await app.parse.ok("POST", "/users", {**ANN, **changes})
    return User(answer["objectId"], answer["sessionToken"])


async def ask(app: MailingApp, email: object = ADDRESS, **more: object) -> dict[str, Any]:
    answer = await app.parse.send("POST", "/requestPasswordReset", {"email": email, **more})
    await app.delivered()
    body: dict[str, Any] = answer.json()
    return body


async def token_for(app: MailingApp) -> str:
    assert await ask(app) == {}
    return token_of(app.post.resets[-1])


async def check(app: MailingApp, token: str) -> str | None:
    """The text of what refuses it."""
    try:
        await app.parse.app.parts.services.password_reset.check(app.parse.context(), token)
    except ParseError as error:
        return error.message
    return None


async def reset(app: MailingApp, token: str, password: str = "second") -> str | None:
    passwords = app.parse.app.parts.services.password_reset
    try:
        await passwords.reset(app.parse.context(), token, password)
    except ParseError as error:
        return error.message
    return None


async def may_log_in(app: MailingApp, password: str) -> bool:
    sent = {"username": "ann", "password": password}
    return (await app.parse.send("POST", "/login", sent)).is_success


async def set_internal(app: MailingApp, name: str, value: JSONValue) -> None:
    schema = await app.parse.app.parts.schemas.get("_User")
    operation = Unset() if value is None else SetValue(value)
    storage = app.parse.storage.storage
    assert await storage.update(schema, tree.EVERYTHING, {name: operation}) is not None


def seconds_from_now(seconds: float) -> JSONValue:
    return values.date(dates.format_ms(dates.now_ms() + int(seconds * 1000)))


# -- asking for a link


async def test_who_has_the_address_gets_a_link(mail: MailingApp) -> None:
    user = await sign_up(mail, nick="Annie")

    assert await ask(mail) == {}

    (letter,) = mail.post.resets
    stored = await mail.user(user.id)
    assert letter.link == f"{URL}/apps/app/request_password_reset?token={stored[TOKEN]}"
    assert (letter.to, letter.app_name) == (ADDRESS, "App")
    assert EXPIRES not in stored


async def test_the_letter_holds_nothing_that_is_secret(mail: MailingApp) -> None:
    await sign_up(mail, nick="Annie")
    await ask(mail)

    assert mail.post.resets[0].user.keys() == {
        *("objectId", "createdAt", "updatedAt", "username", "email", "ACL", "nick"),
    }


async def test_an_address_in_the_username_counts_where_there_is_no_other(mail: MailingApp) -> None:
    await sign_up(mail, username=ADDRESS, email="other@example.org")
    assert await ask(mail) == {}
    assert mail.post.resets == []

    await mail.parse.ok("POST", "/users", {"username": "bob@example.org", "password": "x"})
    assert await ask(mail, "bob@example.org") == {}
    assert [letter.to for letter in mail.post.resets] == ["bob@example.org"]


async def test_who_has_the_address_goes_before_who_is_called_so(mail: MailingApp) -> None:
    await mail.parse.ok("POST", "/users", {"username": ADDRESS, "password": "x"})
    ann = await sign_up(mail)

    await ask(mail)

    assert [letter.user["objectId"] for letter in mail.post.resets] == [ann.id]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, NO_EMAIL),
        ({"email": ""}, NO_EMAIL),
        ({"email": None, "token": ""}, NO_EMAIL),
        ({"email": 3}, NO_ADDRESS),
        ({"email": {"$ne": None}}, NO_ADDRESS),
        ({"email": [ADDRESS]}, NO_ADDRESS),
        ({"token": 1}, {"code": 162, "error": "token must be a string"}),
        ({"token": {"$ne": None}}, {"code": 162, "error": "token must be a string"}),
        ({"token": "unknown"}, NO_ADDRESS),
        ({"email": "nobody@example.org"}, {}),
        ({"email": "ANN@example.org"}, {}),
    ],
)
async def test_what_is_asked_for_has_to_be_an_address(
    mail: MailingApp, body: object, answer: object
) -> None:
    await sign_up(mail)

    reply = await mail.parse.send("POST", "/requestPasswordReset", body)

    assert reply.json() == answer
    assert (await mail.delivered()).resets == []


async def test_an_app_may_tell_who_is_unknown() -> None:
    policy = {"resetPasswordSuccessOnInvalidEmail": False}
    async with mailing_app(passwordPolicy=policy) as mail:
        await sign_up(mail)

        assert await ask(mail, "x@example.org") == {
            "code": 101,
            "error": "A user with that email does not exist.",
        }
        assert await ask(mail) == {}


@pytest.mark.parametrize(
    "missing", [{"appName": None}, {"publicServerURL": None}, {"emailAdapter": None}]
)
async def test_without_what_mails_need_the_request_is_refused(missing: dict[str, object]) -> None:
    async with mailing_app(**missing) as mail:
        answer = await mail.parse.send("POST", "/requestPasswordReset", {})

    assert answer.status_code == 500
    assert answer.json()["code"] == 1


async def test_a_trigger_hears_of_a_request_and_may_refuse_it(mail: MailingApp) -> None:
    user = await sign_up(mail, nick="Annie")
    heard: list[Any] = []

    @mail.parse.app.registry.trigger("beforePasswordResetRequest", "_User")
    def refuse(request: Any) -> None:
        heard.append(request)
        if len(heard) == 1:
            raise ParseError(Code.VALIDATION_ERROR, "call us")

    assert await ask(mail) == {"code": 142, "error": "call us"}
    assert TOKEN not in await mail.user(user.id)
    assert await ask(mail, "nobody@example.org") == {}
    assert mail.post.resets == []
    assert await ask(mail) == {}
    assert len(mail.post.resets) == len(heard) - 1 == 1
    assert heard[0].object.object_id == user.id
    assert heard[0].object.get("nick") == "Annie"
    assert not any(name.startswith("_") for name in heard[0].object.state)


async def test_of_two_mails_the_second_counts(mail: MailingApp) -> None:
    await sign_up(mail)
    first, second = await token_for(mail), await token_for(mail)

    assert first != second
    assert [await check(mail, first), await check(mail, second)] == [INVALID, None]


# -- using it


async def test_a_link_sets_the_password_once(mail: MailingApp) -> None:
    user = await sign_up(mail)
    token = await token_for(mail)

    assert await check(mail, token) is None
    assert await reset(mail, token) is None

    stored = await mail.user(user.id)
    assert TOKEN not in stored
    assert [await may_log_in(mail, "first"), await may_log_in(mail, "second")] == [False, True]
    assert await check(mail, token) == INVALID
    assert await reset(mail, token, "third") == INVALID
    assert await may_log_in(mail, "second")


@pytest.mark.parametrize("token", ["", "x", "null", ".*", "\0"])
async def test_another_token_does_nothing(mail: MailingApp, token: str) -> None:
    await sign_up(mail)
    await token_for(mail)

    assert await check(mail, token) == INVALID
    assert await reset(mail, token) == INVALID
    assert await may_log_in(mail, "first")


async def test_ten_uses_at_once_are_one(mail: MailingApp) -> None:
    await sign_up(mail)
    token = await token_for(mail)

    answers = await asyncio.gather(*(reset(mail, token, f"p{count}") for count in range(10)))

    (winner,) = [place for place, answer in enumerate(answers) if answer is None]
    assert sorted(map(str, answers)) == sorted([INVALID] * 9 + ["None"])
    assert [await may_log_in(mail, f"p{count}") for count in range(10)] == [
        count == winner for count in range(10)
    ]


async def test_sessions_end_with_the_old_password(mail: MailingApp) -> None:
    user = await sign_up(mail)
    assert await reset(mail, await token_for(mail)) is None

    assert (await mail.parse.send("GET", "/users/me", user=user)).json()["code"] == 209
    assert await mail.parse.find("_Session", {}, master=True) == []


async def test_sessions_may_be_kept() -> None:
    async with mailing_app(revokeSessionOnPasswordReset=False) as mail:
        user = await sign_up(mail)
        assert await reset(mail, await token_for(mail)) is None

        assert (await mail.parse.send("GET", "/users/me", user=user)).is_success


@pytest.mark.parametrize("field", ["email", "password"])
async def test_another_address_or_password_makes_the_link_void(
    mail: MailingApp, field: str
) -> None:
    user = await sign_up(mail)
    token = await token_for(mail)

    await mail.parse.ok("PUT", f"/users/{user.id}", {field: "new@example.org"}, user=user)

    assert await reset(mail, token) == INVALID
    assert TOKEN not in await mail.user(user.id)


async def test_triggers_hear_of_the_new_password_and_see_no_secrets(mail: MailingApp) -> None:
    await sign_up(mail)
    heard: list[Any] = []

    @mail.parse.app.registry.before_save("_User")
    def before(request: Any) -> None:
        heard.append(request)

    @mail.parse.app.registry.after_save("_User")
    def after(request: Any) -> None:
        heard.append(request)

    assert await reset(mail, await token_for(mail)) is None

    assert [request.trigger_name for request in heard] == ["beforeSave", "afterSave"]
    for request in heard:
        assert request.master is True
        names = (*request.object.state, *request.object.ops, *request.original.state)
        assert not any(name.startswith("_") for name in names)


async def test_a_trigger_may_refuse_a_new_password(mail: MailingApp) -> None:
    await sign_up(mail)
    token = await token_for(mail)

    @mail.parse.app.registry.before_save("_User")
    def refuse(_request: Any) -> None:
        raise ValueError("not today")

    assert await reset(mail, token) == "not today"
    assert await check(mail, token) is None


# -- policies


@pytest.fixture
async def strict(database_uri: str) -> AsyncIterator[MailingApp]:
    policy = {
        "resetTokenValidityDuration": 60,
        "validatorPattern": "^[a-z]+$",
        "doNotAllowUsername": True,
        "maxPasswordHistory": 3,
    }
    async with mailing_app(databaseURI=database_uri, passwordPolicy=policy) as running:
        yield running


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("UPPER", "Password does not meet the Password Policy requirements."),
        ("annie", "Password cannot contain your username."),
        ("first", "New password should not be the same as last 3 passwords."),
        ("", "password is required"),
    ],
)
async def test_the_policy_holds_for_a_reset(strict: MailingApp, password: str, error: str) -> None:
    await sign_up(strict)
    token = await token_for(strict)

    assert await reset(strict, token, password) == error
    assert await may_log_in(strict, "first")
    assert await reset(strict, token, "fine") is None


async def test_a_link_works_until_it_ends(strict: MailingApp) -> None:
    user = await sign_up(strict)
    earliest = dates.now_ms() + 60_000
    token = await token_for(strict)
    latest = dates.now_ms() + 60_000

    expires: Any = (await strict.user(user.id))[EXPIRES]
    assert dates.format_ms(earliest) <= expires["iso"] <= dates.format_ms(latest)
    await set_internal(strict, EXPIRES, seconds_from_now(-0.01))
    assert await check(strict, token) == EXPIRED
    assert await reset(strict, token) == EXPIRED
    await set_internal(strict, EXPIRES, seconds_from_now(10))
    assert await reset(strict, token) is None
    assert EXPIRES not in await strict.user(user.id)


async def test_a_link_without_an_end_is_too_old_where_links_end(strict: MailingApp) -> None:
    await sign_up(strict)
    token = await token_for(strict)
    await set_internal(strict, EXPIRES, None)

    assert await reset(strict, token) == EXPIRED


async def test_a_new_link_without_an_end_takes_an_old_end_away(mail: MailingApp) -> None:
    user = await sign_up(mail)
    await set_internal(mail, EXPIRES, seconds_from_now(-10))

    await ask(mail)

    assert EXPIRES not in await mail.user(user.id)


async def test_an_expired_page_asks_for_a_new_mail_by_its_token(strict: MailingApp) -> None:
    await sign_up(strict)
    token = await token_for(strict)
    assert await ask(strict, None, token=token) == NO_ADDRESS

    await set_internal(strict, EXPIRES, seconds_from_now(-1))
    assert await ask(strict, None, token=token) == {}

    assert [letter.to for letter in strict.post.resets] == [ADDRESS] * 2
    assert await reset(strict, token_of(strict.post.resets[-1])) is None


async def test_an_unknown_token_leaves_the_address_to_count(strict: MailingApp) -> None:
    await sign_up(strict)

    assert await ask(strict, ADDRESS, token="unknown") == {}
    assert len(strict.post.resets) == 1


@pytest.mark.parametrize("valid", [True, False])
async def test_a_link_that_is_still_valid_may_be_sent_again(database_uri: str, valid: bool) -> None:
    policy = {"resetTokenValidityDuration": 60, "resetTokenReuseIfValid": True}
    async with mailing_app(databaseURI=database_uri, passwordPolicy=policy) as mail:
        await sign_up(mail)
        first = await token_for(mail)
        await set_internal(mail, EXPIRES, seconds_from_now(30 if valid else -1))

        second = await token_for(mail)

        assert (first == second) is valid
        assert await reset(mail, second) is None


async def test_of_ten_requests_at_once_all_send_one_link_that_works(database_uri: str) -> None:
    policy = {"resetTokenValidityDuration": 60, "resetTokenReuseIfValid": True}
    async with mailing_app(databaseURI=database_uri, passwordPolicy=policy) as mail:
        await sign_up(mail)

        answers = await asyncio.gather(*(ask(mail) for _ in range(10)))

        assert answers == [{}] * 10
        tokens = {token_of(letter) for letter in mail.post.resets}
        assert (len(mail.post.resets), len(tokens)) == (10, 1)
        assert await reset(mail, tokens.pop()) is None


# -- lockout


@pytest.mark.parametrize("opens", [True, False])
async def test_a_reset_opens_a_locked_account_where_one_wants_it(
    database_uri: str, opens: bool
) -> None:
    lockout = {"threshold": 1, "duration": 1, "unlockOnPasswordReset": opens}
    async with mailing_app(databaseURI=database_uri, accountLockout=lockout) as mail:
        user = await sign_up(mail)
        assert not await may_log_in(mail, "wrong")
        assert not await may_log_in(mail, "first")

        assert await reset(mail, await token_for(mail)) is None

        stored = await mail.user(user.id)
        assert (COUNT not in stored, LOCKED_UNTIL not in stored) == (opens, opens)
        assert await may_log_in(mail, "second") is opens
