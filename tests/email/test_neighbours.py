"""Mails that wait, beside everything else that looks at the same store."""

from pathlib import Path

import pytest

from parsepy.copying.places import Place
from parsepy.copying.run import Job, copy
from parsepy.doctor.run import examine_at
from parsepy.email.base import Message
from parsepy.email.mail import Kind, new_mail
from parsepy.email.outbox_rows import OutboxRows
from parsepy.schema.system_classes import MAIL_CLASS
from parsepy.telemetry.progress import Silence
from tests.storage.mongodb.reference_client import reference_on_own_database
from tests.support.mongod import RunningMongod

pytestmark = pytest.mark.anyio


async def put_one(uri: str, *, sent: bool = False) -> None:
    storage = Place(uri).storage()
    await storage.start()
    rows = OutboxRows(storage)
    await rows.prepare()
    mail = new_mail(Kind.MESSAGE, Message("ann@example.com", "Hello", "…"))
    await rows.add(mail, 1)
    if sent:
        await rows.remove(mail.id)
    await storage.close()


async def test_a_copy_leaves_them_behind_and_says_so(database_uri: str, tmp_path: Path) -> None:
    await put_one(database_uri)
    target = Place(f"sqlite:///{tmp_path}/target.sqlite")

    report = await copy(Job(Place(database_uri), target), Silence())

    assert report.is_complete
    assert [warning for warning in report.warnings if MAIL_CLASS in warning] == [
        "Mails that wait in _ParsepyMail were not copied: the source's server sends them."
    ]
    storage = target.storage()
    await storage.start()
    assert MAIL_CLASS not in (await storage.stored_names()).classes
    await storage.close()


async def test_a_copy_says_nothing_when_none_waits(database_uri: str, tmp_path: Path) -> None:
    await put_one(database_uri, sent=True)
    target = Place(f"sqlite:///{tmp_path}/target.sqlite")

    report = await copy(Job(Place(database_uri), target), Silence())

    assert not [warning for warning in report.warnings if MAIL_CLASS in warning]


async def test_a_doctor_finds_nothing_wrong_with_them(database_uri: str) -> None:
    await put_one(database_uri)

    diagnosis = await examine_at(database_uri, "", Silence(), None)

    assert not [each for each in diagnosis.findings if each.class_name == MAIL_CLASS]


async def test_parse_server_does_not_notice_them(mongod: RunningMongod, database_name: str) -> None:
    await put_one(mongod.database_uri(database_name))
    with reference_on_own_database(mongod, database_name=database_name) as reference:
        created = reference.create("Game", {"score": 1})

        assert reference.read("Game", created)["score"] == 1
        schemas = reference.ask("GET", "/schemas")["results"]
        assert MAIL_CLASS not in [schema["className"] for schema in schemas]
