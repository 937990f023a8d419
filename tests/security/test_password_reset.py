"""Links for new passwords: whose they are, that they work once, and what they do not tell."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.protocol import dates, values
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.types import ParseObject
from tests.security.doors import MAINTENANCE, MASTER, NOBODY, Door, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import URL, User
from tests.support.postbox import MailingApp, mailing_app, token_of

pytestmark = pytest.mark.anyio

TOKEN, EXPIRES = "_perishable_token", "_perishable_token_expires_at"
ADDRESS = "ann@parse.test"
PATIENCE = 20
"""Seconds after which an answer that waits for what is held back is no answer."""
NO_TOKENS: list[object] = [
    *({"$ne": None}, {"$regex": "."}, {"$exists": False}, {"$in": [None]}, {"__op": "Delete"}),
    *(["x"], [None], {}, [], 0, 1, True, False, None, ""),
]


@pytest.fixture
async def mail(database_uri: str) -> AsyncIterator[MailingApp]:
    policy = {"resetTokenValidityDuration": 600}
    async with mailing_app(databaseURI=database_uri, passwordPolicy=policy) as running:
        yield running


async def sign_up(app: MailingApp) -> User:
    body = {"username": "ann", "password": "secret", "email": ADDRESS}
    answer = await app.parse.ok("POST", "/users", body)
    return User(answer["objectId"], answer["sessionToken"])


async def token_for(app: MailingApp) -> str:
    await app.parse.ok("POST", "/requestPasswordReset", {"email": ADDRESS})
    return token_of((await app.delivered()).resets[-1])


async def row_of(app: MailingApp) -> ParseObject:
    rows = await rows_of(app.parse, "_User")
    return next(row for row in rows if row.get("username") == "ann")


async def expire(app: MailingApp) -> None:
    schema = await app.parse.app.parts.schemas.get("_User")
    past = values.date(dates.format_ms(dates.now_ms() - 1))
    storage = app.parse.storage.storage
    assert await storage.update(schema, tree.EVERYTHING, {EXPIRES: SetValue(past)}) is not None


async def can_reset(app: MailingApp, token: object, password: str = "other") -> bool:
    reset = app.parse.app.parts.services.password_reset
    try:
        await reset.reset(app.parse.context(), token, password)  # type: ignore[arg-type]
    except ParseError:
        return False
    return True


async def test_rule_only_the_exact_token_is_one(mail: MailingApp) -> None:
    await sign_up(mail)
    await mail.parse.sign_up()
    before = await rows_of(mail.parse, "_User")
    for token in NO_TOKENS:
        assert not await can_reset(mail, token), token

    assert await rows_of(mail.parse, "_User") == before
    token = await token_for(mail)
    for near in (token.swapcase(), token[:-1], token + "x", f" {token}", token + "\0", ".*"):
        assert not await can_reset(mail, near)
    assert await can_reset(mail, token)


async def test_rule_no_token_in_a_request_is_an_operator(mail: MailingApp, door: Door) -> None:
    await sign_up(mail)
    await token_for(mail)
    await expire(mail)
    before = await row_of(mail)
    for value in NO_TOKENS:
        reply = await door.ask(mail.parse, "POST", "/requestPasswordReset", {"token": value})
        assert reply.code in (125, 162, 204), value
        reply = await door.ask(mail.parse, "POST", "/requestPasswordReset", {"email": value})
        assert reply.code in (125, 204), value

    assert len((await mail.delivered()).resets) == 1
    assert await row_of(mail) == before


@pytest.mark.parametrize("form", ["token[$ne]=x", "email[$ne]=x", "token[]=x", "token[$gt]="])
async def test_rule_a_form_makes_no_operators(mail: MailingApp, form: str) -> None:
    await sign_up(mail)
    await token_for(mail)
    await expire(mail)
    headers = {
        "X-Parse-Application-Id": "app",
        "Content-Type": "application/x-www-form-urlencoded",
    }

    for path in ("/requestPasswordReset", "/apps/app/request_password_reset"):
        content = f"{form}&new_password=other"
        answer = await mail.parse.client.post(f"{URL}{path}", content=content, headers=headers)
        assert answer.status_code in (303, 400)
        assert "Success" not in answer.text

    assert len((await mail.delivered()).resets) == 1
    assert (
        await mail.parse.send("POST", "/login", {"username": "ann", "password": "secret"})
    ).is_success


async def test_rule_a_token_works_once_also_for_ten_at_once(mail: MailingApp) -> None:
    await sign_up(mail)
    token = await token_for(mail)

    done = await asyncio.gather(*(can_reset(mail, token, f"p{count}") for count in range(10)))

    assert sum(done) == 1
    winner = done.index(True)
    answers = [
        await mail.parse.send("POST", "/login", {"username": "ann", "password": f"p{count}"})
        for count in range(10)
    ]
    assert [answer.is_success for answer in answers] == [n == winner for n in range(10)]


async def test_rule_a_token_ends(mail: MailingApp) -> None:
    await sign_up(mail)
    token = await token_for(mail)
    await expire(mail)

    assert not await can_reset(mail, token)


async def test_rule_ten_requests_for_an_expired_page_make_no_two_tokens_that_work(
    mail: MailingApp,
) -> None:
    await sign_up(mail)
    await token_for(mail)
    body = {"email": ADDRESS}

    await asyncio.gather(
        *(mail.parse.send("POST", "/requestPasswordReset", body) for _ in range(10))
    )

    tokens = [token_of(letter) for letter in (await mail.delivered()).resets]
    assert sum([await can_reset(mail, token) for token in tokens]) == 1


@pytest.mark.parametrize("field", ["email", "password"])
async def test_rule_the_token_goes_with_the_address_and_the_password(
    mail: MailingApp, door: Door, field: str
) -> None:
    ann = await sign_up(mail)
    token = await token_for(mail)

    body = {field: "new@parse.test"}
    assert (await door.ask(mail.parse, "PUT", f"/users/{ann.id}", body, who=session(ann))).ok

    assert not await can_reset(mail, token)
    assert TOKEN not in await row_of(mail)


async def test_rule_a_request_tells_nothing_of_who_exists(door: Door) -> None:
    async with mailing_app() as mail:
        await sign_up(mail)
        addresses = (ADDRESS, "nobody@parse.test", "ann", "x", "a" * 3000)

        replies = [
            await door.ask(mail.parse, "POST", "/requestPasswordReset", {"email": address})
            for address in addresses
        ]

        assert {reply.text for reply in replies} == {replies[0].text}
        assert replies[0].value == {}
        assert len((await mail.delivered()).resets) == 1


async def test_rule_a_request_does_the_same_for_everybody_before_it_answers(
    mail: MailingApp,
) -> None:
    """What a known address takes more is done when the answer is out, so no clock sees it."""
    await sign_up(mail)
    held = mail.parse.storage.hold_every("update")
    async with asyncio.timeout(PATIENCE):
        for address in (ADDRESS, "nobody@parse.test"):
            await mail.parse.ok("POST", "/requestPasswordReset", {"email": address})
    assert mail.post.resets == []

    held.release()
    assert len((await mail.delivered()).resets) == 1


async def test_rule_nobody_reads_or_writes_a_token(mail: MailingApp, door: Door) -> None:
    ann = await sign_up(mail)
    token = await token_for(mail)
    before = await row_of(mail)
    for who in (NOBODY, session(ann), MASTER):
        for name in (TOKEN, EXPIRES):
            body = {name: "mine"}
            reply = await door.ask(mail.parse, "PUT", f"/users/{ann.id}", body, who=who)
            assert not reply.ok
        shown = await door.ask(mail.parse, "GET", f"/users/{ann.id}", who=who)
        assert token not in shown.text
    for who in (NOBODY, session(ann)):
        where = {"where": {TOKEN: token}}
        assert (await door.ask(mail.parse, "GET", "/users", where, who=who)).code == 105
    assert await row_of(mail) == before
    mighty = await door.ask(mail.parse, "GET", f"/users/{ann.id}", who=MAINTENANCE)
    assert token in mighty.text


async def test_rule_tokens_and_passwords_are_in_no_log_and_no_letter(
    log: pytest.LogCaptureFixture,
) -> None:
    async with mailing_app() as mail:
        await sign_up(mail)
        token = await token_for(mail)
        assert not await can_reset(mail, token + "x", "an-other-password")
        assert await can_reset(mail, token, "an-other-password")

        (letter,) = mail.post.resets
    assert not [name for name in letter.user if name.startswith("_") or name == "authData"]
    assert token not in log.text
    assert "an-other-password" not in log.text
