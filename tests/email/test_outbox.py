"""The queue of mails in the store: each is sent once, later where it has to be, and given up."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import anyio
import anyio.lowlevel
import pytest

from parsepy.email.base import MailFailed, MailRefused, Message
from parsepy.email.mail import Kind, Mail, new_mail
from parsepy.email.outbox import AT_ONCE, CLAIM_FACTOR, Outbox
from parsepy.email.retry import Retry
from parsepy.errors import ParseError, database_error
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import missing_class
from parsepy.schema.system_classes import MAIL_CLASS
from parsepy.storage.base import Storage
from parsepy.types import ParseObject
from tests.email.conftest import StoreOpener
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

TIMEOUT = 10.0
RETRY = Retry(attempts=3, first_delay=60, longest_delay=600)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


class Sender:
    """Sends nothing; raises what it was told to, in turn."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.tried: list[str] = []
        self.sent: list[str] = []

    async def __call__(self, mail: Mail) -> None:
        self.tried.append(mail.id)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(mail.id)


class Stuck:
    """Begins with mails and does not end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let_go = asyncio.Event()
        self.ended: list[str] = []

    async def __call__(self, mail: Mail) -> None:
        self.begun.append(mail.id)
        await self.let_go.wait()
        self.ended.append(mail.id)


Send = Callable[[Mail], Awaitable[None]]


class World:
    """Outboxes that share a clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._open: list[Outbox] = []

    async def outbox(
        self, storage: Storage, send: Send, *, retry: Retry = RETRY, grace: float = 5.0
    ) -> Outbox:
        made = Outbox(storage, send, timeout=TIMEOUT, retry=retry, clock=self.clock, grace=grace)
        await made.start()
        self._open.append(made)
        return made

    async def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        for outbox in self._open:
            outbox.wake()

    async def close(self) -> None:
        for outbox in self._open:
            await outbox.close()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    yield made
    await made.close()


def mail(to: str = "ann@example.com") -> Mail:
    return new_mail(Kind.MESSAGE, Message(to, "Hello", "https://game.test/token-of-the-mail"))


async def rows(storage: Storage) -> list[ParseObject]:
    return await storage.find(missing_class(MAIL_CLASS), EVERYTHING)


async def delay_of_the_one(storage: Storage, world: World) -> float:
    """For how long the store's one mail is put off, once it is: while it is under way it is due
    when the claim ends."""

    async def is_put_off() -> bool:
        return await _due_in(storage, world) > TIMEOUT * CLAIM_FACTOR

    await until(is_put_off)
    return await _due_in(storage, world)


async def _due_in(storage: Storage, world: World) -> float:
    (row,) = await rows(storage)
    due = row["due"]
    assert isinstance(due, int)
    return (due - world.clock()) / 1000


async def test_a_mail_goes_out_at_once_and_leaves_nothing_behind(
    storage: Storage, world: World
) -> None:
    sender = Sender()
    outbox = await world.outbox(storage, sender)
    mails = [mail() for _ in range(3)]

    for each in mails:
        await outbox.put(each)

    await until(lambda: len(sender.sent) == 3)
    await outbox.close()
    assert set(sender.sent) == {each.id for each in mails}
    assert await rows(storage) == []


async def test_it_is_in_the_store_before_it_is_sent(storage: Storage, world: World) -> None:
    stuck = Stuck()
    outbox = await world.outbox(storage, stuck)
    each = mail()

    await outbox.put(each)

    (row,) = await rows(storage)
    assert row["objectId"] == each.id
    await until(lambda: stuck.begun == [each.id])
    stuck.let_go.set()


async def test_it_goes_as_it_came(storage: Storage, world: World) -> None:
    seen: list[Mail] = []

    async def send(each: Mail) -> None:
        seen.append(each)

    message = Message("jörg@example.com", "🎲", "a\nb", "<p>", {"X-A.$b": "1"})
    sent = new_mail(Kind.MESSAGE, message)
    outbox = await world.outbox(storage, send)

    await outbox.put(sent)

    await until(lambda: seen == [sent])


async def test_a_failure_is_tried_again_with_growing_delays(storage: Storage, world: World) -> None:
    sender = Sender(MailFailed("451 later"), OSError("no route"))
    outbox = await world.outbox(storage, sender)
    await outbox.put(mail())

    first = await delay_of_the_one(storage, world)
    await world.later(first)
    await until(lambda: len(sender.tried) == 2)
    second = await delay_of_the_one(storage, world)
    await world.later(second)
    await until(lambda: len(sender.sent) == 1)

    await outbox.close()
    assert 30 <= first <= 60 <= second <= 120
    assert len(sender.tried) == 3
    assert await rows(storage) == []


async def test_nothing_is_tried_before_its_time(storage: Storage, world: World) -> None:
    sender = Sender(MailFailed("451 later"))
    outbox = await world.outbox(storage, sender)
    early = mail()
    await outbox.put(early)
    await delay_of_the_one(storage, world)

    await world.later(29)
    other = mail()
    await outbox.put(other)
    await until(lambda: sender.sent == [other.id])

    await outbox.close()
    assert sender.tried == [early.id, other.id]


async def test_a_mail_is_given_up_after_its_tries_and_the_log_says_so(
    storage: Storage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    failure = MailFailed("451 <ann@example.com> https://game.test/t AbCdEfGhIjKlMnOpQrStUvWxY no")
    sender = Sender(*[failure] * 10)
    outbox = await world.outbox(storage, sender)
    each = mail()
    with caplog.at_level(logging.DEBUG, "parsepy"):
        await outbox.put(each)
        for _ in range(RETRY.attempts - 1):
            await world.later(await delay_of_the_one(storage, world))
        await until(lambda: len(sender.tried) == RETRY.attempts)
        await outbox.close()

    assert await rows(storage) == []
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert told.getMessage() == (
        f"mail {each.id} is given up after 3 of at most 3 tries: MailFailed: 451 <…> … … no"
    )
    for secret in ("ann@", "game.test", "AbCdEf", "token-of-the-mail"):
        assert secret not in caplog.text


async def test_a_refused_mail_is_given_up_at_once(
    storage: Storage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(MailRefused("550 no such mailbox"))
    outbox = await world.outbox(storage, sender)

    await outbox.put(mail())
    await until(lambda: len(sender.tried) == 1)
    await outbox.close()

    assert await rows(storage) == []
    assert "is given up after 1 of at most 3 tries: MailRefused: 550 no such mailbox" in caplog.text


async def test_what_takes_too_long_is_a_failure(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = Stuck()
    outbox = Outbox(storage, stuck, timeout=0.01, retry=Retry(attempts=1))
    await outbox.start()

    await outbox.put(mail())

    async def is_given_up() -> bool:
        return await rows(storage) == []

    await until(is_given_up)
    await outbox.close()
    assert stuck.ended == []


async def test_an_outage_is_told_once(
    storage: Storage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(*[MailFailed("no connection")] * 8)
    outbox = await world.outbox(storage, sender)
    with caplog.at_level(logging.WARNING, "parsepy"):
        for _ in range(8):
            await outbox.put(mail())
        await until(lambda: len(sender.tried) == 8)
        await outbox.close()

    assert caplog.text.count("is tried again later") == 1


# -- restarts, and several processes


async def test_what_waits_goes_out_after_a_restart(lasting: StoreOpener, world: World) -> None:
    first, second = lasting(), lasting()
    await first.start()
    failing = Sender(MailFailed("no connection"))
    outbox = await world.outbox(first, failing)
    each = mail()
    await outbox.put(each)
    delay = await delay_of_the_one(first, world)
    await outbox.close()
    await first.close()

    await second.start()
    sender = Sender()
    world.clock.advance(delay)
    restarted = await world.outbox(second, sender)
    await until(lambda: sender.sent == [each.id])
    await restarted.close()
    assert await rows(second) == []
    await second.close()


async def test_a_mail_of_a_process_that_died_is_due_when_its_claim_ends(
    storage: Storage, world: World
) -> None:
    stuck, sender = Stuck(), Sender()
    dying = await world.outbox(storage, stuck, grace=0)
    each = mail()
    await dying.put(each)
    await until(lambda: stuck.begun == [each.id])
    await dying.close()
    survivor = await world.outbox(storage, sender)

    await world.later(TIMEOUT * CLAIM_FACTOR - 1)
    marker = mail()
    await survivor.put(marker)
    await until(lambda: sender.sent == [marker.id])
    await world.later(1)
    await until(lambda: sender.sent == [marker.id, each.id])


async def test_a_mail_that_ends_every_process_is_given_up(
    storage: Storage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(RETRY.attempts):
        stuck = Stuck()
        dying = await world.outbox(storage, stuck, grace=0)
        if not await rows(storage):
            await dying.put(mail())
        await until(lambda stuck=stuck: len(stuck.begun) == 1)  # type: ignore[misc]
        await dying.close()
        world.clock.advance(TIMEOUT * CLAIM_FACTOR)
    sender = Sender()
    survivor = await world.outbox(storage, sender)

    async def is_given_up() -> bool:
        return await rows(storage) == []

    await until(is_given_up)
    await survivor.close()
    assert sender.tried == []
    assert "is given up after 3 of at most 3 tries" in caplog.text


async def test_two_processes_send_each_mail_once(lasting: StoreOpener, world: World) -> None:
    stores = lasting(), lasting()
    for store in stores:
        await store.start()
    sender = Sender()
    outboxes = [await world.outbox(store, sender) for store in stores]
    mails = [mail() for _ in range(60)]

    async def put(number: int, each: Mail) -> None:
        await outboxes[number % 2].put(each)
        outboxes[1 - number % 2].wake()

    await asyncio.gather(*(put(number, each) for number, each in enumerate(mails)))
    await until(lambda: len(sender.sent) >= 60)
    for outbox in outboxes:
        await outbox.close()

    assert Counter(sender.sent) == Counter(each.id for each in mails)
    assert await rows(stores[0]) == []
    for store in stores:
        await store.close()


async def test_what_another_process_put_in_is_found_without_a_word(
    storage: Storage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parsepy.email.outbox.LOOK_AGAIN", 0.02)
    sender = Sender()
    await world.outbox(storage, sender)
    elsewhere = Outbox(storage, Stuck(), timeout=TIMEOUT, retry=RETRY, clock=world.clock)

    each = mail()
    await elsewhere.put(each)  # it is not started, as if it had died right after this

    await until(lambda: sender.sent == [each.id])


async def test_a_mail_that_is_out_is_not_sent_again_when_its_row_cannot_be_removed(
    storage: Storage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender()
    outbox = await world.outbox(storage, sender)
    monkeypatch.setattr("parsepy.email.outbox.STORE_PAUSE", 0.01)
    remove, failures = outbox._rows.remove, [database_error()] * 3

    async def failing_remove(mail_id: str) -> None:
        if failures:
            raise failures.pop()
        await remove(mail_id)

    monkeypatch.setattr(outbox._rows, "remove", failing_remove)
    await outbox.put(mail())
    await until(lambda: not failures)
    await world.later(TIMEOUT * CLAIM_FACTOR)

    async def is_removed() -> bool:
        return await rows(storage) == []

    await until(is_removed)
    await outbox.close()
    assert len(sender.tried) == 1


async def test_a_store_that_fails_is_asked_again(
    storage: Storage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parsepy.email.outbox.STORE_PAUSE", 0.01)
    sender = Sender()
    outbox = await world.outbox(storage, sender)
    claim, failures = outbox._rows.claim, [database_error(), RuntimeError("a bug")]

    async def failing_claim(now: int, until: int) -> object:
        if failures:
            raise failures.pop()
        return await claim(now, until)

    monkeypatch.setattr(outbox._rows, "claim", failing_claim)
    await outbox.put(mail())

    await until(lambda: len(sender.sent) == 1)


async def test_a_store_that_does_not_take_a_mail_says_so(
    storage: Storage, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = await world.outbox(storage, Sender())

    async def refuse(*_: object) -> None:
        raise database_error()

    monkeypatch.setattr(outbox._rows, "add", refuse)
    with pytest.raises(ParseError):
        await outbox.put(mail())


async def test_a_row_that_nobody_can_read_is_given_up(
    storage: Storage, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender()
    outbox = await world.outbox(storage, sender)
    schema = missing_class(MAIL_CLASS)
    row: ParseObject = {"objectId": "odd", "due": 1, "attempts": 0, "mail": '{"kind":"fax"}'}
    await storage.insert(schema, row)

    await world.later(0)

    async def is_given_up() -> bool:
        return await rows(storage) == []

    await until(is_given_up)
    await outbox.close()
    assert "mail odd is given up" in caplog.text


# -- transactions


@pytest.fixture
async def transactional(storage: Storage) -> Storage:
    if not storage.capabilities.transactions:
        pytest.skip("this store has no transactions")
    return storage


async def test_a_mail_of_a_transaction_goes_out_when_that_is_kept(
    transactional: Storage, world: World
) -> None:
    sender = Sender()
    outbox = await world.outbox(transactional, sender)
    each = mail()

    async with transactional.transaction():
        await outbox.put(each)
        assert sender.tried == []

    await until(lambda: sender.sent == [each.id])


async def test_a_mail_of_a_transaction_that_is_not_kept_is_never_sent(
    transactional: Storage, world: World
) -> None:
    sender = Sender()
    outbox = await world.outbox(transactional, sender)

    async def put_and_fail() -> None:
        async with transactional.transaction():
            await outbox.put(mail())
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await put_and_fail()

    after = mail()
    await outbox.put(after)
    await until(lambda: sender.sent == [after.id])
    assert sender.tried == [after.id]


# -- many, and the end


async def test_only_a_few_are_under_way_at_a_time(storage: Storage, world: World) -> None:
    stuck = Stuck()
    outbox = await world.outbox(storage, stuck)
    for _ in range(AT_ONCE + 3):
        await outbox.put(mail())

    await until(lambda: len(stuck.begun) == AT_ONCE)
    assert len(await rows(storage)) == AT_ONCE + 3
    stuck.let_go.set()

    await until(lambda: len(stuck.ended) == AT_ONCE + 3)


async def test_the_end_waits_for_what_is_under_way(storage: Storage, world: World) -> None:
    stuck = Stuck()
    outbox = await world.outbox(storage, stuck)
    # As many as can be, so that nothing else is being claimed when the end begins.
    for _ in range(AT_ONCE):
        await outbox.put(mail())
    await until(lambda: len(stuck.begun) == AT_ONCE)

    ending = asyncio.create_task(outbox.close())
    await anyio.lowlevel.checkpoint()
    await outbox.put(mail())
    stuck.let_go.set()
    await ending

    assert len(stuck.ended) == AT_ONCE
    assert len(await rows(storage)) == 1


async def test_the_end_does_not_wait_for_ever(storage: Storage, world: World) -> None:
    stuck = Stuck()
    outbox = await world.outbox(storage, stuck, grace=0.05)
    for _ in range(AT_ONCE + 2):
        await outbox.put(mail())
    await until(lambda: len(stuck.begun) == AT_ONCE)

    await outbox.close()

    assert stuck.ended == []
    assert len(await rows(storage)) == AT_ONCE + 2
