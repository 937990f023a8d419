"""Mails of a whole app, from the request that asks for one to the server that takes it."""

from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from parsepy.schema.system_classes import MAIL_CLASS
from tests.email.test_outbox import rows
from tests.support.local_app import LocalApp, local_app
from tests.support.ports import free_port
from tests.support.smtp_server import RunningSmtp, running_smtp
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

PUBLIC_URL: Final = "https://game.test/parse"
QUICK: Final = {"attempts": 50, "firstDelay": 0.05, "longestDelay": 0.05}


def mail_options(port: int, **more: object) -> dict[str, Any]:
    options = {"host": "127.0.0.1", "port": port, "tls": "none", "from": "Game <game@game.test>"}
    return {
        "appName": "Größtes Spiel",
        "publicServerURL": PUBLIC_URL,
        "verifyUserEmails": True,
        "emailAdapter": {"module": "smtp", "options": options, "retry": QUICK, **more},
    }


async def sign_up(app: LocalApp, address: str = "ann@example.com", **fields: object) -> None:
    identity = {"anonymous": {"id": uuid4().hex}}
    await app.ok("POST", "/users", {"authData": identity, "email": address, **fields})


async def test_a_sign_up_sends_a_mail_with_the_link(smtp: RunningSmtp, database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, **mail_options(smtp.port)) as app:
        await sign_up(app)
        received = await smtp.next_mail()

    assert received.to == ["ann@example.com"]
    assert received.message["Subject"] == "Please verify your e-mail for Größtes Spiel"
    text = received.body("plain")
    link = next(line for line in text.splitlines() if line.startswith("http"))
    assert link.startswith(f"{PUBLIC_URL}/apps/app/verify_email?token=")
    assert f'href="{link}"' in received.body("html")


async def test_a_reset_is_written_in_the_users_language(smtp: RunningSmtp) -> None:
    options = mail_options(smtp.port, localeField="language")
    async with local_app(**{**options, "verifyUserEmails": False}) as app:
        await sign_up(app, language="de-AT", username="<b>Jörg</b>")
        await app.ok("POST", "/requestPasswordReset", {"email": "ann@example.com"})
        received = await smtp.next_mail()

    assert received.message["Subject"] == "Neues Passwort für Größtes Spiel"
    assert "„<b>Jörg</b>“" in received.body("plain")
    assert "&lt;b&gt;Jörg&lt;/b&gt;" in received.body("html")
    assert "/request_password_reset?token=" in received.body("plain")


async def test_an_app_may_have_templates_of_its_own(smtp: RunningSmtp, tmp_path: Path) -> None:
    (tmp_path / "verification.subject.txt").write_text("Bonjour de {{ app_name }}")
    (tmp_path / "verification.txt").write_text("{{ link }}")
    async with local_app(**mail_options(smtp.port, templates=str(tmp_path))) as app:
        await sign_up(app)
        received = await smtp.next_mail()

    assert received.message["Subject"] == "Bonjour de Größtes Spiel"
    assert received.message.get_content_type() == "text/plain"
    assert received.body("plain").startswith(PUBLIC_URL)


async def test_a_server_that_says_later_is_asked_later(
    smtp: RunningSmtp, database_uri: str
) -> None:
    async with local_app(databaseURI=database_uri, **mail_options(smtp.port)) as app:
        await sign_up(app, "later2@example.com")
        await smtp.next_mail()
        await until(lambda: _none_waits(app))

    assert len(smtp.refusals) == 2
    assert len(smtp.mails) == 1


async def test_a_refused_address_is_asked_once(
    smtp: RunningSmtp, database_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with local_app(databaseURI=database_uri, **mail_options(smtp.port)) as app:
        await sign_up(app, "refused@example.com")
        await smtp.next_refusal()
        await until(lambda: _none_waits(app))

    assert len(smtp.refusals) == 1
    assert smtp.mails == []
    assert "is given up after 1 of at most 50 tries: MailRefused: 550 5.1.1" in caplog.text
    for secret in ("refused@", "token", "https:"):
        assert secret not in caplog.text


async def test_a_server_that_comes_up_later_gets_what_waited(database_uri: str) -> None:
    port = free_port()
    async with local_app(databaseURI=database_uri, **mail_options(port)) as app:
        await sign_up(app)
        await until(lambda: _was_tried(app))
        with running_smtp(port=port) as smtp:
            received = await smtp.next_mail()

    assert received.to == ["ann@example.com"]


async def test_what_waits_when_the_app_ends_goes_out_when_it_starts_again(
    database_uri: str,
) -> None:
    port = free_port()
    options = {**mail_options(port), "databaseURI": database_uri}
    async with local_app(**options) as app:
        for number in range(3):
            await sign_up(app, f"user{number}@example.com")
        await until(lambda: _was_tried(app))

    with running_smtp(port=port) as smtp:
        async with local_app(**options) as app:
            received = [await smtp.next_mail() for _ in range(3)]
            await until(lambda: _none_waits(app))

    assert sorted(each.to[0] for each in received) == [f"user{n}@example.com" for n in range(3)]
    assert len(smtp.mails) == 3


async def test_a_sign_up_that_is_undone_sends_nothing(
    smtp: RunningSmtp, mongodb_database_uri: str
) -> None:
    async with local_app(databaseURI=mongodb_database_uri, **mail_options(smtp.port)) as app:
        requests = [
            {
                "method": "POST",
                "path": "/parse/classes/_User",
                "body": {"email": address, "username": name, "password": "p"},
            }
            for name, address in (("ann", "ann@example.com"), ("ann", "bob@example.com"))
        ]
        reply = await app.send("POST", "/batch", {"transaction": True, "requests": requests})
        assert not reply.is_success
        await sign_up(app, "eve@example.com")
        assert (await smtp.next_mail()).to == ["eve@example.com"]
        await until(lambda: _none_waits(app))

    assert len(smtp.mails) == 1


async def test_what_waits_is_closed_to_every_key(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, **mail_options(free_port())) as app:
        await sign_up(app)
        await until(lambda: _was_tried(app))
        (waiting,) = await rows(app.storage.storage)
        object_id = str(waiting["objectId"])
        pointer = {"__type": "Pointer", "className": MAIL_CLASS, "objectId": object_id}
        await app.send("POST", "/classes/Box", {"mail": pointer}, master=True)
        replies = [
            await app.send(method, path, body, **key)
            for key in ({"master": True}, {}, {"X_Parse_Maintenance_Key": "maintenance-key"})
            for method, path, body in (
                ("GET", f"/classes/{MAIL_CLASS}", None),
                ("GET", f"/classes/{MAIL_CLASS}/{object_id}", None),
                ("POST", f"/classes/{MAIL_CLASS}", {"due": 1, "mail": "{}"}),
                ("PUT", f"/classes/{MAIL_CLASS}/{object_id}", {"due": 1}),
                ("DELETE", f"/classes/{MAIL_CLASS}/{object_id}", None),
                ("DELETE", f"/purge/{MAIL_CLASS}", None),
                ("GET", f"/aggregate/{MAIL_CLASS}", {"pipeline": []}),
                ("GET", f"/schemas/{MAIL_CLASS}", None),
                ("DELETE", f"/schemas/{MAIL_CLASS}", None),
                ("GET", "/schemas", None),
                ("POST", "/classes/Box", {"_method": "GET", "include": "mail"}),
            )
        ]

        assert not [reply.url for reply in replies if "example.com" in reply.text]
        assert [row["objectId"] for row in await rows(app.storage.storage)] == [object_id]


async def test_the_read_only_key_joins_no_mails(mongodb_database_uri: str) -> None:
    async with local_app(databaseURI=mongodb_database_uri, **mail_options(free_port())) as app:
        await sign_up(app)
        await until(lambda: _was_tried(app))
        await app.create("Game", {"a": 1})
        for stage in (
            {"$lookup": {"from": MAIL_CLASS, "pipeline": [], "as": "mails"}},
            {"$unionWith": MAIL_CLASS},
            {"$facet": {"a": [{"$unionWith": {"coll": MAIL_CLASS}}]}},
            {
                "$graphLookup": {
                    "from": MAIL_CLASS,
                    "startWith": 0,
                    "connectFromField": "due",
                    "connectToField": "attempts",
                    "as": "mails",
                }
            },
        ):
            reply = await app.send(
                "POST",
                "/aggregate/Game",
                {"_method": "GET", "pipeline": [stage]},
                X_Parse_Master_Key="read-only-key",
            )
            assert reply.json()["code"] == 119, reply.text


async def _none_waits(app: LocalApp) -> bool:
    return await rows(app.storage.storage) == []


async def _was_tried(app: LocalApp) -> bool:
    found = await rows(app.storage.storage)
    return bool(found) and all(isinstance(n := row["attempts"], int) and n > 0 for row in found)
