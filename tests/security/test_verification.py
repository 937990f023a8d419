"""Links that confirm addresses: whose they are, that they work once, and what they do not tell."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.types import ParseObject
from tests.security.doors import NOBODY, Door, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import URL, User
from tests.support.postbox import MailingApp, mailing_app, token_of

pytestmark = pytest.mark.anyio

TOKEN = "_email_verify_token"
ADDRESS = "ann@parse.test"
PATIENCE = 20
"""Seconds after which an answer that waits for what is held back is no answer."""
NO_TOKENS: list[object] = [
    *({"$ne": None}, {"$regex": "."}, {"$exists": False}, {"$in": [None]}),
    *(["x"], [None], {}, [], 0, 1, True, None, ""),
]


@pytest.fixture
async def mail(database_uri: str) -> AsyncIterator[MailingApp]:
    async with mailing_app(databaseURI=database_uri, verifyUserEmails=True) as running:
        yield running


async def sign_up(app: MailingApp, name: str = "ann") -> User:
    body = {"username": name, "password": "secret", "email": f"{name}@parse.test"}
    answer = await app.parse.ok("POST", "/users", body)
    return User(answer["objectId"], answer["sessionToken"])


async def row_of(app: MailingApp) -> ParseObject:
    rows = await rows_of(app.parse, "_User")
    return next(row for row in rows if row.get("username") == "ann")


async def verify(app: MailingApp, token: object) -> bool:
    verification = app.parse.app.parts.services.verification
    return await verification.verify(app.parse.context(), token)  # type: ignore[arg-type]


async def test_rule_only_the_exact_token_is_one(mail: MailingApp) -> None:
    await sign_up(mail)
    await mail.parse.sign_up()
    before = await rows_of(mail.parse, "_User")
    for token in NO_TOKENS:
        assert not await verify(mail, token), token

    token = token_of(mail.post.verifications[0])
    for near in (token.swapcase(), token[:-1], token + "x", f" {token}", token + "\0", ".*"):
        assert not await verify(mail, near)
    assert await rows_of(mail.parse, "_User") == before
    assert await verify(mail, token)


@pytest.mark.parametrize("query", ["token[$ne]=x", "token[]=x", "token=", "", "token[$regex]=."])
async def test_rule_an_address_makes_no_operators(mail: MailingApp, query: str) -> None:
    await sign_up(mail)
    await mail.parse.client.get(f"{URL}/apps/app/verify_email?{query}")

    assert (await row_of(mail))["emailVerified"] is False


async def test_rule_a_token_works_once_also_for_ten_at_once(mail: MailingApp) -> None:
    await sign_up(mail)
    token = token_of(mail.post.verifications[0])

    done = await asyncio.gather(*(verify(mail, token) for _ in range(10)))

    assert sum(done) == 1
    assert (await row_of(mail))["emailVerified"] is True


async def test_rule_a_token_confirms_only_the_address_that_it_was_sent_to(
    mail: MailingApp,
) -> None:
    """Also when the address changes while the link is being opened."""
    ann = await sign_up(mail)
    token = token_of(mail.post.verifications[0])
    held = mail.parse.storage.hold_next("find")
    opening = asyncio.create_task(verify(mail, token))
    await held.reached.wait()
    await mail.parse.ok("PUT", f"/users/{ann.id}", {"email": "eve@parse.test"}, user=ann)
    held.release()

    assert await opening is False
    stored = await row_of(mail)
    assert (stored["email"], stored["emailVerified"]) == ("eve@parse.test", False)


async def test_rule_only_the_server_says_what_is_verified(mail: MailingApp, door: Door) -> None:
    ann = await sign_up(mail)
    for value in (True, False, None, 1, "true", {"__op": "Delete"}):
        body = {"emailVerified": value}
        reply = await door.ask(mail.parse, "PUT", f"/users/{ann.id}", body, who=session(ann))
        assert reply.code == 119, value
        new = {"username": "eve", "password": "x", "email": "eve@parse.test", **body}
        reply = await door.ask(mail.parse, "POST", "/users", new)
        assert reply.code == 119, value
    assert (await row_of(mail))["emailVerified"] is False


@pytest.mark.parametrize("address", ["eve@parse.test", ADDRESS.upper(), "", None])
@pytest.mark.parametrize("asking", [True, False])
async def test_rule_another_address_is_not_confirmed(
    database_uri: str, address: object, asking: bool
) -> None:
    async with mailing_app(databaseURI=database_uri, verifyUserEmails=asking) as mail:
        ann = await sign_up(mail)
        path = f"/users/{ann.id}"
        await mail.parse.ok("PUT", path, {"emailVerified": True}, master=True)

        await mail.parse.ok("PUT", path, {"email": address}, user=ann)

        assert (await row_of(mail))["emailVerified"] is False


async def test_rule_a_request_tells_nothing_of_who_exists_or_is_verified(door: Door) -> None:
    async with mailing_app(verifyUserEmails=True) as mail:
        await sign_up(mail)
        await sign_up(mail, "ben")
        assert await verify(mail, token_of(mail.post.verifications[1]))
        addresses = (ADDRESS, "ben@parse.test", "nobody@parse.test", "ann", "a" * 3000)

        replies = [
            await door.ask(mail.parse, "POST", "/verificationEmailRequest", {"email": address})
            for address in addresses
        ]

        assert {reply.text for reply in replies} == {replies[0].text}
        assert replies[0].value == {}
        assert len((await mail.delivered()).verifications) == 3


async def test_rule_a_request_does_the_same_for_everybody_before_it_answers(
    mail: MailingApp,
) -> None:
    await sign_up(mail)
    await sign_up(mail, "ben")
    assert await verify(mail, token_of(mail.post.verifications[1]))
    held = mail.parse.storage.hold_every("update")
    async with asyncio.timeout(PATIENCE):
        for name in ("ann", "ben", "nobody"):
            body = {"email": f"{name}@parse.test"}
            await mail.parse.ok("POST", "/verificationEmailRequest", body)
    assert len(mail.post.verifications) == 2

    held.release()
    assert len((await mail.delivered()).verifications) == 3


async def test_rule_a_page_that_sends_again_does_the_same_for_everybody(mail: MailingApp) -> None:
    await sign_up(mail)
    verification = mail.parse.app.parts.services.verification
    held = mail.parse.storage.hold_every("update")
    async with asyncio.timeout(PATIENCE):
        await verification.resend(mail.parse.context(), "ann", None)
        with pytest.raises(ParseError):
            await verification.resend(mail.parse.context(), "nobody", None)
    assert len(mail.post.verifications) == 1

    held.release()
    assert len((await mail.delivered()).verifications) == 2


async def test_rule_a_page_that_sends_again_answers_all_alike(mail: MailingApp) -> None:
    await sign_up(mail)
    await sign_up(mail, "ben")
    tokens = [token_of(letter) for letter in mail.post.verifications]
    assert await verify(mail, tokens[1])
    forms = [{"token": token} for token in (*tokens, "unknown")]
    forms += [{"username": name} for name in ("ann", "ben", "nobody", "ann\0", "a" * 3000)]

    answers = [
        await mail.parse.client.post(f"{URL}/apps/app/resend_verification_email", data=form)
        for form in forms
    ]

    assert {answer.status_code for answer in answers} == {303}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert {str(answer.headers) for answer in answers} == {str(answers[0].headers)}
    assert len((await mail.delivered()).verifications) == 4


async def test_rule_nobody_reads_or_asks_for_a_token(mail: MailingApp, door: Door) -> None:
    ann = await sign_up(mail)
    token = token_of(mail.post.verifications[0])
    for who in (NOBODY, session(ann)):
        for path in (f"/users/{ann.id}", "/users", "/users/me"):
            assert token not in (await door.ask(mail.parse, "GET", path, who=who)).text
        where = {"where": {TOKEN: token}}
        assert (await door.ask(mail.parse, "GET", "/users", where, who=who)).code == 105
    logged_in = await door.ask(
        mail.parse, "POST", "/login", {"username": "ann", "password": "secret"}
    )
    assert logged_in.ok
    assert token not in logged_in.text


async def test_rule_tokens_are_in_no_log(log: pytest.LogCaptureFixture) -> None:
    async with mailing_app(verifyUserEmails=True) as mail:
        await sign_up(mail)
        token = token_of(mail.post.verifications[0])
        assert await verify(mail, token)
        assert not await verify(mail, token)

    assert token not in log.text
