"""Confirming addresses: when a token is made, whom it lets in, who gets the mail."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.protocol import dates, values
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.types import JSONValue
from parsepy.users.mail_tokens import VERIFICATION
from parsepy.users.verification_requests import VerificationMailRequest, VerificationRequest
from tests.support.local_app import MAINTENANCE_KEY, URL, LocalApp, User
from tests.support.postbox import MailingApp, mailing_app, token_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("cheap_passwords")]

TOKEN, EXPIRES = VERIFICATION.column, VERIFICATION.expires_column
ADDRESS = "ann@example.org"
ANN = {"username": "ann", "password": "secret", "email": ADDRESS}
NOT_VERIFIED = {"code": 205, "error": "User email is not verified."}


@pytest.fixture
async def mail(database_uri: str) -> AsyncIterator[MailingApp]:
    async with mailing_app(databaseURI=database_uri, verifyUserEmails=True) as running:
        yield running


async def sign_up(app: MailingApp, **changes: object) -> User:
    answer = await app.parse.ok("POST", "/users", {**ANN, **changes})
    return User(answer["objectId"], answer.get("sessionToken", ""))


async def update(app: MailingApp, user: User, **fields: object) -> None:
    await app.parse.ok("PUT", f"/users/{user.id}", fields, user=user)


async def verify(app: MailingApp, token: str) -> bool:
    verification = app.parse.app.parts.services.verification
    return await verification.verify(app.parse.context(), token)


async def ask_again(app: MailingApp, email: object = ADDRESS) -> dict[str, Any]:
    answer = await app.parse.send("POST", "/verificationEmailRequest", {"email": email})
    await app.delivered()
    body: dict[str, Any] = answer.json()
    return body


async def set_internal(app: LocalApp, name: str, value: JSONValue) -> None:
    schema = await app.app.parts.schemas.get("_User")
    changed = await app.storage.storage.update(schema, tree.EVERYTHING, {name: SetValue(value)})
    assert changed is not None


# -- the token and its mail


async def test_who_signs_up_with_an_address_gets_a_link(mail: MailingApp) -> None:
    user = await sign_up(mail, nick="Annie")

    (letter,) = mail.post.verifications
    stored = await mail.user(user.id)
    assert stored["emailVerified"] is False
    assert letter.link == f"{URL}/apps/app/verify_email?token={stored[TOKEN]}"
    assert (letter.to, letter.app_name) == (ADDRESS, "App")
    assert letter.user.keys() == {
        *("objectId", "createdAt", "updatedAt", "username", "email", "emailVerified", "ACL"),
        "nick",
    }
    assert user.token != ""


async def test_the_link_confirms_once(mail: MailingApp) -> None:
    user = await sign_up(mail)
    token = token_of(mail.post.verifications[0])

    assert await verify(mail, token) is True
    stored = await mail.user(user.id)
    assert stored["emailVerified"] is True
    assert TOKEN not in stored
    assert await verify(mail, token) is False


@pytest.mark.parametrize("token", ["", "x", "null", ".*", "\0"])
async def test_another_token_confirms_nobody(mail: MailingApp, token: str) -> None:
    user = await sign_up(mail)

    assert await verify(mail, token) is False
    assert (await mail.user(user.id))["emailVerified"] is False


async def test_without_an_address_there_is_no_mail(mail: MailingApp) -> None:
    for name, email in (("a", ""), ("b", None)):
        user = await sign_up(mail, username=name, email=email)
        stored = await mail.user(user.id)
        assert TOKEN not in stored
        assert "emailVerified" not in stored

    assert mail.post.verifications == []


async def test_an_address_in_another_case_gets_its_mail(database_uri: str) -> None:
    options = {"verifyUserEmails": True, "convertEmailToLowercase": True}
    async with mailing_app(databaseURI=database_uri, **options) as mail:
        user = await sign_up(mail, email="Ann@Example.org")
        await update(mail, user, email="ANN@example.ORG")

        assert [letter.to for letter in mail.post.verifications] == [ADDRESS] * 2


async def test_a_save_with_an_address_asks_anew_even_for_the_same(mail: MailingApp) -> None:
    user = await sign_up(mail)
    assert await verify(mail, token_of(mail.post.verifications[0]))

    await update(mail, user, email=ADDRESS)
    await update(mail, user, nick="Annie")

    assert (await mail.user(user.id))["emailVerified"] is False
    first, second = map(token_of, mail.post.verifications)
    assert first != second
    assert (await mail.user(user.id))[TOKEN] == second


async def test_only_the_last_token_works(mail: MailingApp) -> None:
    user = await sign_up(mail)
    await update(mail, user, email="other@example.org")

    first, second = map(token_of, mail.post.verifications)
    assert [await verify(mail, first), await verify(mail, second)] == [False, True]


async def test_an_address_that_is_taken_away_is_confirmed_no_longer(mail: MailingApp) -> None:
    user = await sign_up(mail)
    assert await verify(mail, token_of(mail.post.verifications[0]))

    await update(mail, user, email={"__op": "Delete"})

    assert (await mail.user(user.id))["emailVerified"] is False


async def test_a_token_goes_with_its_address(mail: MailingApp) -> None:
    user = await sign_up(mail)

    await update(mail, user, email={"__op": "Delete"})

    assert TOKEN not in await mail.user(user.id)
    assert await verify(mail, token_of(mail.post.verifications[0])) is False


async def test_where_nobody_confirms_any_more_another_address_is_not_confirmed() -> None:
    async with mailing_app() as mail:
        user = await sign_up(mail)
        await set_internal(mail.parse, "emailVerified", True)
        await set_internal(mail.parse, TOKEN, "old")

        await update(mail, user, email=ADDRESS)
        assert (await mail.user(user.id))["emailVerified"] is True
        await update(mail, user, email="other@example.org")

        stored = await mail.user(user.id)
        assert stored["emailVerified"] is False
        assert TOKEN not in stored


async def test_a_privileged_writer_decides_where_nobody_has_to_confirm() -> None:
    async with mailing_app() as mail:
        user = await sign_up(mail)
        body = {"email": "other@example.org", "emailVerified": True}
        await mail.parse.ok("PUT", f"/users/{user.id}", body, master=True)

        assert (await mail.user(user.id))["emailVerified"] is True


async def test_what_a_trigger_has_verified_stays_verified(mail: MailingApp) -> None:
    @mail.parse.app.registry.before_save("_User")
    def trust(request: Any) -> None:
        request.object.set("emailVerified", True)

    user = await sign_up(mail)

    assert (await mail.user(user.id))["emailVerified"] is True
    assert len(mail.post.verifications) == 1


async def test_triggers_hear_of_a_confirmation_and_see_no_token(mail: MailingApp) -> None:
    user = await sign_up(mail)
    heard: list[Any] = []

    @mail.parse.app.registry.before_save("_User")
    def before(request: Any) -> None:
        heard.append(request)

    @mail.parse.app.registry.after_save("_User")
    def after(request: Any) -> None:
        heard.append(request)

    assert await verify(mail, token_of(mail.post.verifications[0]))

    assert [request.trigger_name for request in heard] == ["beforeSave", "afterSave"]
    for request in heard:
        assert request.object.get("emailVerified") is True
        assert request.original.get("emailVerified") is False
        assert request.object.object_id == user.id
        assert not any(
            name.startswith("_") for name in (*request.object.state, *request.object.ops)
        )
        assert not any(name.startswith("_") for name in request.original.state)


async def test_a_trigger_may_refuse_a_confirmation(mail: MailingApp) -> None:
    user = await sign_up(mail)

    @mail.parse.app.registry.before_save("_User")
    def refuse(_request: Any) -> None:
        raise ValueError("not today")

    assert await verify(mail, token_of(mail.post.verifications[0])) is False
    assert TOKEN in await mail.user(user.id)


async def test_a_proof_of_identity_beside_an_address_sends_no_mail(mail: MailingApp) -> None:
    anonymous = {"authData": {"anonymous": {"id": "one"}}, "email": "a@example.org"}
    await mail.parse.ok("POST", "/users", anonymous)
    assert len(mail.post.verifications) == 1


@pytest.mark.parametrize("url", [lambda: "nowhere", lambda: 1 / 0])
async def test_a_mail_that_cannot_be_made_leaves_the_user_there(
    url: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    async with mailing_app(verifyUserEmails=True, publicServerURL=url) as mail:
        user = await sign_up(mail)

        stored = await mail.user(user.id)
        assert stored["emailVerified"] is False
        assert "could not be sent" in caplog.text
        assert str(stored[TOKEN]) not in caplog.text


async def test_the_address_of_the_links_may_come_from_a_function() -> None:
    async def url() -> str:
        return "https://here.example.org/parse/"

    async with mailing_app(verifyUserEmails=True, publicServerURL=url) as mail:
        await sign_up(mail)

        link = mail.post.verifications[0].link
        assert link.startswith("https://here.example.org/parse/apps/app/verify_email?token=")


async def test_a_token_that_the_maintenance_key_writes_is_not_mailed(mail: MailingApp) -> None:
    user = await sign_up(mail, email=None)
    path = f"/users/{user.id}"
    await mail.parse.ok("PUT", path, {TOKEN: "given"}, X_Parse_Maintenance_Key=MAINTENANCE_KEY)

    assert mail.post.verifications == []
    assert (await mail.user(user.id))[TOKEN] == "given"


async def test_the_mail_is_in_the_language_that_the_client_reads(mail: MailingApp) -> None:
    for name, header in (("a", "de-CH, en;q=0.8"), ("b", "*"), ("c", "$;drop")):
        body = {**ANN, "username": name, "email": f"{name}@example.org"}
        await mail.parse.ok("POST", "/users", body, Accept_Language=header)

    assert [letter.locale for letter in mail.post.verifications] == ["de-CH", None, None]


async def test_a_page_of_the_app_s_may_frame_ours() -> None:
    frame = {"parseFrameURL": "https://example.com/frame"}
    async with mailing_app(verifyUserEmails=True, customPages=frame) as mail:
        await sign_up(mail)

        (letter,) = mail.post.verifications
        assert letter.link == (
            f"https://example.com/frame?link=%2Fapps%2Fapp%2Fverify_email&token={token_of(letter)}"
        )


# -- tokens that end


@pytest.fixture
async def ending(database_uri: str) -> AsyncIterator[MailingApp]:
    options = {"verifyUserEmails": True, "emailVerifyTokenValidityDuration": 60}
    async with mailing_app(databaseURI=database_uri, **options) as running:
        yield running


def seconds_from_now(seconds: float) -> JSONValue:
    return values.date(dates.format_ms(dates.now_ms() + int(seconds * 1000)))


async def test_a_token_works_until_it_ends(ending: MailingApp) -> None:
    user = await sign_up(ending)
    token = token_of(ending.post.verifications[0])

    await set_internal(ending.parse, EXPIRES, seconds_from_now(-0.01))
    assert await verify(ending, token) is False
    await set_internal(ending.parse, EXPIRES, seconds_from_now(10))
    assert await verify(ending, token) is True

    stored = await ending.user(user.id)
    assert stored["emailVerified"] is True
    assert TOKEN not in stored
    assert EXPIRES not in stored


async def test_a_token_ends_after_the_configured_time(ending: MailingApp) -> None:
    earliest = dates.now_ms() + 60_000
    user = await sign_up(ending)
    latest = dates.now_ms() + 60_000

    expires: Any = (await ending.user(user.id))[EXPIRES]
    assert dates.format_ms(earliest) <= expires["iso"] <= dates.format_ms(latest)


async def test_a_token_without_an_end_is_too_old_where_tokens_end(ending: MailingApp) -> None:
    await sign_up(ending)
    schema = await ending.parse.app.parts.schemas.get("_User")
    changes = {**VERIFICATION.fresh(None), TOKEN: SetValue("old")}
    await ending.parse.storage.storage.update(schema, tree.EVERYTHING, changes)

    assert await verify(ending, "old") is False


async def test_a_new_token_without_an_end_takes_an_old_end_away(mail: MailingApp) -> None:
    user = await sign_up(mail)
    await set_internal(mail.parse, EXPIRES, seconds_from_now(-10))

    await update(mail, user, email=ADDRESS)

    assert EXPIRES not in await mail.user(user.id)


# -- asking again


async def test_asking_again_sends_another_token(mail: MailingApp) -> None:
    user = await sign_up(mail)

    assert await ask_again(mail) == {}

    first, second = map(token_of, mail.post.verifications)
    assert first != second
    assert (await mail.user(user.id))[TOKEN] == second


@pytest.mark.parametrize("valid", [True, False])
async def test_a_token_that_is_still_valid_may_be_sent_again(
    database_uri: str, valid: bool
) -> None:
    options = {
        "verifyUserEmails": True,
        "emailVerifyTokenValidityDuration": 60,
        "emailVerifyTokenReuseIfValid": True,
    }
    async with mailing_app(databaseURI=database_uri, **options) as mail:
        await sign_up(mail)
        await set_internal(mail.parse, EXPIRES, seconds_from_now(30 if valid else -1))

        await ask_again(mail)

        first, second = map(token_of, mail.post.verifications)
        assert (first == second) is valid
        assert await verify(mail, second)


async def test_of_ten_requests_at_once_all_send_one_token_that_works(database_uri: str) -> None:
    options = {
        "verifyUserEmails": True,
        "emailVerifyTokenValidityDuration": 60,
        "emailVerifyTokenReuseIfValid": True,
    }
    async with mailing_app(databaseURI=database_uri, **options) as mail:
        await sign_up(mail)
        await set_internal(mail.parse, EXPIRES, seconds_from_now(-1))

        answers = await asyncio.gather(*(ask_again(mail) for _ in range(10)))

        assert answers == [{}] * 10

        tokens = {token_of(letter) for letter in mail.post.verifications[1:]}
        assert len(mail.post.verifications) == 11
        assert len(tokens) == 1
        assert await verify(mail, tokens.pop())


@pytest.mark.parametrize(
    ("email", "answer"),
    [
        (None, {"code": 204, "error": "you must provide an email"}),
        ("", {"code": 204, "error": "you must provide an email"}),
        (3, {"code": 125, "error": "you must provide a valid email string"}),
        ({"$ne": None}, {"code": 125, "error": "you must provide a valid email string"}),
        (["ann@example.org"], {"code": 125, "error": "you must provide a valid email string"}),
        ("nobody@example.org", {}),
        ("ANN@example.org", {}),
    ],
)
async def test_what_is_asked_for_has_to_be_an_address(
    mail: MailingApp, email: object, answer: object
) -> None:
    await sign_up(mail)

    assert await ask_again(mail, email) == answer
    assert len(mail.post.verifications) == 1


async def test_an_app_may_tell_who_is_unknown_or_verified() -> None:
    options = {"verifyUserEmails": True, "emailVerifySuccessOnInvalidEmail": False}
    async with mailing_app(**options) as mail:
        await sign_up(mail)

        assert await ask_again(mail, "x@example.org") == {
            "code": 205,
            "error": "No user found with email x@example.org",
        }
        assert await verify(mail, token_of(mail.post.verifications[0]))
        assert await ask_again(mail) == {
            "code": -1,
            "error": "Email ann@example.org is already verified.",
        }


@pytest.mark.parametrize(
    "missing", [{"appName": None}, {"publicServerURL": None}, {"emailAdapter": None}]
)
async def test_without_what_mails_need_the_request_is_refused(missing: dict[str, object]) -> None:
    async with mailing_app(**missing) as mail:
        answer = await mail.parse.send("POST", "/verificationEmailRequest", {})

    assert answer.status_code == 500
    assert answer.json() == {
        "code": 1,
        "error": "An appName, publicServerURL, and emailAdapter are required for password reset"
        " and email verification functionality.",
    }


async def test_a_page_sends_again_by_name_or_token(mail: MailingApp) -> None:
    await sign_up(mail)
    verification = mail.parse.app.parts.services.verification
    ctx = mail.parse.context()

    await verification.resend(ctx, "ann", None)
    await mail.delivered()
    await verification.resend(ctx, None, token_of(mail.post.verifications[-1]))
    await mail.delivered()

    assert len(mail.post.verifications) == 3


@pytest.mark.parametrize(
    ("username", "token"),
    [(None, None), ("", ""), ("bob", None), (None, "x"), ("ann", "x")],
)
async def test_a_page_learns_that_nothing_was_sent(
    mail: MailingApp, username: str | None, token: str | None
) -> None:
    await sign_up(mail)
    verification = mail.parse.app.parts.services.verification

    with pytest.raises(ParseError, match="Object not found"):
        await verification.resend(mail.parse.context(), username, token)

    assert len((await mail.delivered()).verifications) == 1


@pytest.mark.parametrize("reuse", [True, False])
async def test_where_nobody_confirms_any_more_nothing_is_sent(
    mongodb_database_uri: str, reuse: bool
) -> None:
    options = {"databaseURI": mongodb_database_uri, "emailVerifyTokenValidityDuration": 60}
    async with mailing_app(verifyUserEmails=True, **options) as before:
        await sign_up(before)
    async with mailing_app(emailVerifyTokenReuseIfValid=reuse, **options) as mail:
        assert await ask_again(mail) == {}
        assert mail.post.verifications == []
        assert await verify(mail, token_of(before.post.verifications[0])) is False


# -- functions


class Recorder:
    """A function of options that answers what `answer` says and keeps what it was asked."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.requests: list[Any] = []

    def __call__(self, request: object) -> object:
        self.requests.append(request)
        return self.answer


async def test_a_function_decides_who_has_to_confirm() -> None:
    asked: list[VerificationRequest] = []

    async def outside(request: VerificationRequest) -> bool:
        asked.append(request)
        return not str(request.object["email"]).endswith("@inside.org")

    async with mailing_app(verifyUserEmails=outside) as mail:
        inside = await sign_up(mail, email="ann@inside.org")
        assert "emailVerified" not in await mail.user(inside.id)
        assert mail.post.verifications == []
        bob = {"username": "bob", "password": "x", "email": "bob@out.org", "nick": "Bob"}
        await mail.parse.ok("POST", "/users", bob, X_Parse_Installation_Id="phone")

        assert [letter.to for letter in mail.post.verifications] == ["bob@out.org"]
        request = asked[-1]
        assert request.object["nick"] == "Bob"
        assert {"objectId", "createdAt", "updatedAt"} <= request.object.keys()
        assert request.original is None
        assert (request.master, request.installation_id) == (False, "phone")
        assert request.created_with == {"action": "signup", "authProvider": "password"}
        assert request.resend_request is False
        assert request.ip != ""


async def test_only_true_means_that_one_has_to_confirm() -> None:
    async with mailing_app(verifyUserEmails=Recorder("yes")) as mail:
        user = await sign_up(mail)

        assert TOKEN not in await mail.user(user.id)


async def test_functions_see_the_user_before_and_after_and_no_secrets() -> None:
    recorder = Recorder(True)
    async with mailing_app(verifyUserEmails=recorder) as mail:
        user = await sign_up(mail, score=1)
        body = {
            "email": "new@example.org",
            "password": "other",
            "score": {"__op": "Increment", "amount": 2},
            "nick": {"__op": "Delete"},
            "deep.key": 1,
        }
        await mail.parse.ok("PUT", f"/users/{user.id}", body, user=user)

        request = recorder.requests[-1]
        assert request.created_with is None
        assert request.original["email"] == ADDRESS
        assert request.object["email"] == "new@example.org"
        assert request.object["score"] == 3
        assert request.object["deep"] == {"key": 1}
        for shown in (request.object, request.original):
            assert not any(name.startswith("_") for name in shown)
            assert "password" not in shown


async def test_a_function_is_not_asked_about_a_write_that_is_refused_anyway() -> None:
    recorder = Recorder(True)
    async with mailing_app(verifyUserEmails=recorder) as mail:
        user = await sign_up(mail)
        eve = await mail.parse.sign_up()
        asked = len(recorder.requests)

        body = {"email": "eve@example.org"}
        answer = await mail.parse.send("PUT", f"/users/{user.id}", body, user=eve)

        assert answer.json()["code"] == 206
        assert len(recorder.requests) == asked


async def test_at_a_resend_the_function_is_told_so() -> None:
    recorder = Recorder(True)
    async with mailing_app(verifyUserEmails=recorder) as mail:
        await sign_up(mail)
        recorder.answer = False
        await ask_again(mail)

        request = recorder.requests[-1]
        assert request.resend_request is True
        assert request.object["email"] == ADDRESS
        assert not any(name.startswith("_") for name in request.object)
        assert len(mail.post.verifications) == 1


async def test_a_function_decides_who_gets_the_mail() -> None:
    recorder = Recorder(0)
    async with mailing_app(verifyUserEmails=True, sendUserEmailVerification=recorder) as mail:
        user = await sign_up(mail)
        await ask_again(mail)

        assert mail.post.verifications == []
        assert TOKEN in await mail.user(user.id)
        recorder.answer = 1
        await ask_again(mail)
        assert len(mail.post.verifications) == 1
        request: VerificationMailRequest = recorder.requests[0]
        assert request.master is False
        assert request.user["objectId"] == user.id
        assert {"createdAt", "updatedAt", "email"} <= request.user.keys()
        assert not any(name.startswith("_") for name in request.user)


async def test_a_function_about_the_mail_that_fails_leaves_the_user_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(request: VerificationMailRequest) -> bool:
        raise ValueError("no idea")

    async with mailing_app(verifyUserEmails=True, sendUserEmailVerification=fail) as mail:
        user = await sign_up(mail)

        assert mail.post.verifications == []
        assert TOKEN in await mail.user(user.id)
    assert "no idea" in caplog.text


async def test_mails_may_be_switched_off() -> None:
    async with mailing_app(verifyUserEmails=True, sendUserEmailVerification=False) as mail:
        user = await sign_up(mail)

        assert TOKEN in await mail.user(user.id)
        assert mail.post.verifications == []


async def test_a_function_that_fails_refuses_the_sign_up() -> None:
    def fail(_request: object) -> bool:
        raise RuntimeError("secret cause")

    async with mailing_app(verifyUserEmails=fail) as mail:
        answer = await mail.parse.send("POST", "/users", ANN)

        assert answer.status_code == 500
        assert "secret cause" not in answer.text
        assert await mail.parse.find("_User", {}, master=True) == []


# -- who has not confirmed


async def log_in(app: MailingApp, **more: object) -> dict[str, Any]:
    sent = {"username": "ann", "password": "secret", **more}
    body: dict[str, Any] = (await app.parse.send("POST", "/login", sent)).json()
    return body


PREVENT: dict[str, Any] = {"verifyUserEmails": True, "preventLoginWithUnverifiedEmail": True}


async def test_who_has_not_confirmed_stays_out_until_he_has() -> None:
    async with mailing_app(**PREVENT) as mail:
        user = await sign_up(mail)

        assert user.token == ""
        assert await mail.parse.find("_Session", {}, master=True) == []
        assert await log_in(mail) == NOT_VERIFIED
        verifying = await mail.parse.send("POST", "/verifyPassword", ANN)
        assert verifying.json() == NOT_VERIFIED
        assert (await log_in(mail, password="wrong"))["code"] == 101

        assert await verify(mail, token_of(mail.post.verifications[0]))
        assert "sessionToken" in await log_in(mail)


async def test_mighty_keys_get_past_when_they_ask_for_it() -> None:
    async with mailing_app(**PREVENT) as mail:
        await sign_up(mail)
        sent = {"username": "ann", "password": "secret"}
        ignoring = {**sent, "ignoreEmailVerification": True}

        answers = [
            await mail.parse.send("POST", "/login", sent, master=True),
            await mail.parse.send("POST", "/login", ignoring),
            await mail.parse.send("POST", "/login", ignoring, master=True),
        ]

        assert [answer.is_success for answer in answers] == [False, False, True]


async def test_functions_say_whom_to_keep_out() -> None:
    verifies, prevents = Recorder(True), Recorder(False)
    options = {"verifyUserEmails": verifies, "preventLoginWithUnverifiedEmail": prevents}
    async with mailing_app(**options) as mail:
        user = await sign_up(mail)
        assert user.token != ""
        assert (len(verifies.requests), len(prevents.requests)) == (2, 1)

        prevents.answer = True
        assert await log_in(mail) == NOT_VERIFIED
        assert prevents.requests[-1].created_with == {
            "action": "login",
            "authProvider": "password",
        }

        verifies.answer = False
        asked = len(prevents.requests)
        assert "sessionToken" in await log_in(mail)
        assert len(prevents.requests) == asked


async def test_a_sign_up_may_be_refused_and_yet_be_one() -> None:
    async with mailing_app(**PREVENT, preventSignupWithUnverifiedEmail=True) as mail:
        heard: list[Any] = []

        @mail.parse.app.registry.after_save("_User")
        def after(request: Any) -> None:
            heard.append(request.object.object_id)

        answer = await mail.parse.send("POST", "/users", ANN)

        assert answer.json() == NOT_VERIFIED
        (stored,) = await mail.parse.find("_User", {}, master=True)
        assert heard == [stored["objectId"]]
        assert len(mail.post.verifications) == 1
        assert await verify(mail, token_of(mail.post.verifications[0]))
        assert "sessionToken" in await log_in(mail)


async def test_refusing_sign_ups_alone_refuses_nobody() -> None:
    async with mailing_app(verifyUserEmails=True, preventSignupWithUnverifiedEmail=True) as mail:
        assert (await sign_up(mail)).token != ""


async def test_an_error_of_the_server_s_is_not_taken_for_a_bad_link(mail: MailingApp) -> None:
    """Who reads "invalid link" throws the mail away."""
    await sign_up(mail)

    @mail.parse.app.registry.before_save("_User")
    def fail(_request: Any) -> None:
        raise errors.database_error()

    with pytest.raises(ParseError, match="Database error"):
        await verify(mail, token_of(mail.post.verifications[0]))
