"""Rows of mails that wait: claimed by one, found quickly, and none of an app's business."""

import asyncio

import pytest

from parsepy.email.base import Message
from parsepy.email.mail import Kind, Mail, new_mail
from parsepy.email.outbox_rows import DUE, SCHEMA, OutboxRows
from parsepy.protocol import json
from parsepy.query import tree
from parsepy.query.options import DEFAULT
from parsepy.storage.base import Storage

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rows(storage: Storage) -> OutboxRows:
    made = OutboxRows(storage)
    await made.prepare()
    return made


def mail() -> Mail:
    return new_mail(Kind.MESSAGE, Message("ann@example.com", "Hello", "…"))


async def test_of_ten_who_ask_at_once_one_gets_the_mail(rows: OutboxRows) -> None:
    each = mail()
    await rows.add(each, 1000)

    claims = await asyncio.gather(*(rows.claim(1000, 9000) for _ in range(10)))

    (got,) = [claim for claim in claims if claim is not None]
    assert (got.mail, got.attempts) == (each, 1)


async def test_the_oldest_is_taken_first(rows: OutboxRows) -> None:
    mails = [mail() for _ in range(5)]
    for number in (3, 0, 4, 1, 2):
        await rows.add(mails[number], 1000 + number)

    taken = [await rows.claim(2000, 9000) for _ in range(5)]

    assert [claim and claim.mail for claim in taken] == mails


async def test_a_mail_is_due_again_when_its_claim_ends(rows: OutboxRows) -> None:
    await rows.add(mail(), 1000)
    first = await rows.claim(1000, 5000)
    assert first is not None

    assert await rows.claim(4999, 9000) is None
    assert await rows.next_due() == 5000
    second = await rows.claim(5000, 9000)

    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.claim != first.claim


async def test_who_lost_his_claim_puts_nothing_off(rows: OutboxRows) -> None:
    await rows.add(mail(), 1000)
    late = await rows.claim(1000, 2000)
    current = await rows.claim(2000, 3000)
    assert late is not None
    assert current is not None

    await rows.put_off(late, 99_000)
    assert await rows.next_due() == 3000
    await rows.put_off(current, 50_000)
    assert await rows.next_due() == 50_000


async def test_what_is_removed_is_gone(rows: OutboxRows) -> None:
    each = mail()
    await rows.add(each, 1000)

    await rows.remove(each.id)
    await rows.remove(each.id)

    assert await rows.next_due() is None
    assert await rows.claim(5000, 9000) is None


async def test_due_mails_are_found_by_an_index(rows: OutboxRows, storage: Storage) -> None:
    await rows.add(mail(), 1000)
    due = tree.Compare(DUE, "<=", 1000)

    plan = await storage.explain(SCHEMA, due, DEFAULT, "queryPlanner")

    assert b"IXSCAN" in json.dumps(plan)


async def test_they_are_no_class_of_the_app(rows: OutboxRows, storage: Storage) -> None:
    await rows.add(mail(), 1000)

    assert [each.name for each in await storage.load_classes()] == []
