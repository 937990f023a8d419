"""Mails of real server processes: killed in the middle, several on one store, workers."""

import json
import sysconfig
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from parsepy.email.outbox import CLAIM_FACTOR
from tests.email.test_sending import mail_options
from tests.support.parsepy_server import RunningParsepy, running_parsepy
from tests.support.ports import free_port
from tests.support.processes import RunningProcess
from tests.support.smtp_server import RunningSmtp, running_smtp

pytestmark = pytest.mark.anyio

PARSEPY = str(Path(sysconfig.get_path("scripts")) / "parsepy")
TIMEOUT = 1.0
"""Seconds for one mail; its claim is over not much later."""


def options(port: int) -> dict[str, object]:
    given = mail_options(port)
    given["emailAdapter"]["options"]["timeout"] = TIMEOUT
    return given


@contextmanager
def server(database_uri: str, folder: Path, port: int) -> Iterator[RunningParsepy]:
    folder.mkdir(exist_ok=True)
    with running_parsepy(database_uri, folder, json.loads(json.dumps(options(port)))) as running:
        yield running


@asynccontextmanager
async def client(url: str, app_id: str = "app") -> AsyncIterator[httpx.AsyncClient]:
    headers = {"X-Parse-Application-Id": app_id, "X-Parse-REST-API-Key": "rest-key"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as made:
        yield made


async def sign_up(asking: httpx.AsyncClient, address: str) -> None:
    body = {"authData": {"anonymous": {"id": uuid4().hex}}, "email": address}
    (await asking.post("/users", json=body)).raise_for_status()


async def test_a_mail_survives_the_death_of_the_process_that_is_sending_it(
    smtp: RunningSmtp, database_uri: str, tmp_path: Path
) -> None:
    with server(database_uri, tmp_path / "a", smtp.port) as dying:
        async with client(dying.url) as asking:
            await sign_up(asking, "silent1@example.com")
        await smtp.next_held()
        dying.process.kill()

    with server(database_uri, tmp_path / "b", smtp.port):
        received = await smtp.next_mail()

    assert received.to == ["silent1@example.com"]
    assert len(smtp.mails) == 1


async def test_mails_that_wait_survive_it_too(database_uri: str, tmp_path: Path) -> None:
    port = free_port()
    with server(database_uri, tmp_path / "a", port) as dying:
        async with client(dying.url) as asking:
            for number in range(5):
                await sign_up(asking, f"user{number}@example.com")
        dying.process.kill()

    with running_smtp(port=port) as smtp, server(database_uri, tmp_path / "b", port):
        received = [await smtp.next_mail() for _ in range(5)]

    assert sorted(each.to[0] for each in received) == [f"user{n}@example.com" for n in range(5)]
    assert len(smtp.mails) == 5


async def test_two_processes_send_each_mail_once(
    smtp: RunningSmtp, database_uri: str, tmp_path: Path
) -> None:
    with (
        server(database_uri, tmp_path / "a", smtp.port) as one,
        server(database_uri, tmp_path / "b", smtp.port) as two,
    ):
        async with client(one.url) as first, client(two.url) as second:
            for number in range(20):
                address = f"later1@host{number}.test" if number % 4 == 0 else f"u{number}@x.test"
                await sign_up((first, second)[number % 2], address)
        received = [await smtp.next_mail() for _ in range(20)]
    # Both have ended in order: whatever they were about to send is sent.

    assert set(Counter(each.to[0] for each in smtp.mails).values()) == {1}
    assert len(received) == len(smtp.mails) == 20


async def test_workers_send_each_mail_once(smtp: RunningSmtp, tmp_path: Path) -> None:
    config = {
        **options(smtp.port),
        "appId": "app",
        "masterKey": "master-key",
        "host": "127.0.0.1",
        "port": 0,
        "cluster": 3,
        "databaseURI": f"sqlite:///{tmp_path}/app.sqlite",
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    command = [PARSEPY, "serve", "config.json"]
    with RunningProcess(command, folder=tmp_path, environment={"PORT": ""}) as process:
        url = process.wait_for_line(lambda line: line.startswith("  URL ")).split()[1]
        for number in range(12):
            # A connection of its own each time: the workers take turns.
            async with client(url) as asking:
                await sign_up(asking, f"u{number}@x.test")
        received = [await smtp.next_mail() for _ in range(12)]
        process.interrupt()
        assert process.wait() == 0

    assert len({each.to[0] for each in received}) == len(smtp.mails) == 12


def test_the_claim_of_a_dead_process_is_over_soon() -> None:
    assert TIMEOUT * CLAIM_FACTOR < 5
