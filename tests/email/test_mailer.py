"""What the rooms of accounts send their mails through."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from parsepy.email.adapter import OwnAdapter
from parsepy.email.base import Letter, MailFailed, Message
from parsepy.email.letters import Letters
from parsepy.email.mail import Kind, Mail, new_mail
from parsepy.email.mailer import AppMailer
from parsepy.email.memory import MemoryAdapter
from parsepy.email.outbox_rows import OutboxRows
from parsepy.email.retry import Retry
from parsepy.errors import ParseError
from parsepy.storage.base import Storage
from parsepy.storage.sqlite import SQLiteStorage

pytestmark = pytest.mark.anyio

LINK = "https://game.test/parse/apps/app/verify_email?token=AbCdEfGhIjKlMnOpQrStUvWxY"
LETTER = Letter("ann@example.com", {"objectId": "u1", "username": "ann"}, "Game", LINK)
MESSAGE = Message("ann@example.com", "Hello", "…")


class Postman:
    """Takes everything, and says when."""

    def __init__(self, **attributes: object) -> None:
        self.taken: list[tuple[str, object]] = []
        self.arrived = anyio.Event()
        for name in attributes.pop("writes", ()):  # type: ignore[attr-defined]
            setattr(self, name, self._taker(name))
        self.__dict__.update(attributes)

    async def send_mail(self, message: Message) -> None:
        await self._taker("send_mail")(message)

    def _taker(self, name: str) -> Any:
        async def take(content: object) -> None:
            self.taken.append((name, content))
            self.arrived.set()

        return take


@pytest.fixture
async def store() -> AsyncIterator[Storage]:
    opened = SQLiteStorage(":memory:")
    await opened.start()
    yield opened
    await opened.close()


def mailer(given: object, store: Storage) -> AppMailer:
    adapter = given if isinstance(given, MemoryAdapter) else OwnAdapter(given)
    return AppMailer(adapter, Letters(), store, Retry(attempts=2))


async def test_letters_become_messages_for_who_writes_none(store: Storage) -> None:
    mails = MemoryAdapter()
    app = mailer(mails, store)

    await app.send_verification(LETTER)
    await app.send_password_reset(LETTER)
    await app.send(MESSAGE)

    assert [message.subject for message in mails.messages] == [
        "Please verify your e-mail for Game",
        "Password Reset for Game",
        "Hello",
    ]
    assert LINK in mails.messages[0].text


async def test_an_adapter_gets_the_letters_that_it_writes(store: Storage) -> None:
    names = ("send_verification_email", "send_password_reset_email")
    postman = Postman(queued=False, writes=names)
    app = mailer(postman, store)

    await app.send_verification(LETTER)
    await app.send_password_reset(LETTER)

    assert postman.taken == [(name, LETTER) for name in names]


async def test_an_adapters_mails_wait_in_the_store(store: Storage) -> None:
    postman = Postman(writes=("send_verification_email",))
    app = mailer(postman, store)
    await app.send_verification(LETTER)
    assert await OutboxRows(store).next_due() is not None
    assert postman.taken == []

    await app.start()

    with anyio.fail_after(20):
        await postman.arrived.wait()
    await app.close()
    assert postman.taken == [("send_verification_email", LETTER)]
    assert await OutboxRows(store).next_due() is None


async def test_a_letter_that_waits_is_written_for_an_adapter_that_does_not(store: Storage) -> None:
    before = mailer(Postman(writes=("send_verification_email",)), store)
    await before.send_verification(LETTER)
    postman = Postman()
    after = mailer(postman, store)

    await after.start()

    with anyio.fail_after(20):
        await postman.arrived.wait()
    await after.close()
    ((name, message),) = postman.taken
    assert name == "send_mail"
    assert isinstance(message, Message)
    assert message.subject == "Please verify your e-mail for Game"


async def test_what_becomes_of_a_mail_is_no_answer(
    store: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(message: Message) -> None:
        raise RuntimeError(f"no {message.to} {LINK}")

    app = mailer(SimpleNamespace(send_mail=fail, queued=False), store)

    await app.send(MESSAGE)

    assert "a mail was not sent: RuntimeError: no … …" in caplog.text


async def test_a_message_that_is_none_is_an_answer(store: Storage) -> None:
    mails = MemoryAdapter()
    app = mailer(mails, store)

    for message, code in (
        (Message("ann@example.com, bob@example.com", "Hello", "…"), 125),
        (Message("ann@example.com", "Hello", "…", headers={"Bcc": "bob@example.com"}), 142),
    ):
        with pytest.raises(ParseError) as caught:
            await app.send(message)
        assert caught.value.code == code
    assert mails.messages == []


@pytest.mark.parametrize("to", ["ann", "a@b, c@d", "a@b\r\nBcc: c@d", '"a b"@c'])
async def test_a_letter_to_an_address_that_is_none_is_dropped(
    store: Storage, to: str, caplog: pytest.LogCaptureFixture
) -> None:
    mails = MemoryAdapter()

    await mailer(mails, store).send_verification(Letter(to, {}, "Game", LINK))

    assert mails.messages == []
    assert "no mail can go to the address of a user (verification)" in caplog.text
    assert to not in caplog.text


async def test_a_mail_that_is_handed_over_at_once_waits_for_its_transaction(
    store: Storage,
) -> None:
    mails = MemoryAdapter()
    app = mailer(mails, store)

    async with store.transaction():
        await app.send(MESSAGE)
        await app.send(MESSAGE)
        assert mails.messages == []
    assert len(mails.messages) == 2

    async def send_and_fail() -> None:
        async with store.transaction():
            await app.send(MESSAGE)
            raise MailFailed

    with pytest.raises(MailFailed):
        await send_and_fail()
    assert len(mails.messages) == 2


async def test_a_mail_keeps_its_id_when_it_is_written(store: Storage) -> None:
    seen: list[Mail] = []

    class Keeps(MemoryAdapter):
        async def hand_over(self, mail: Mail) -> None:
            seen.append(mail)

    await mailer(Keeps(), store).send_verification(LETTER)

    assert [len(each.id) for each in seen] == [len(new_mail(Kind.MESSAGE, MESSAGE).id)]
