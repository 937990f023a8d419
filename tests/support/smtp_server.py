"""A real mail server on the loopback address, for the length of a with block."""

import asyncio
import base64
import email
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, cast

from tests.support.certificates import ServerFiles
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

USERNAME = "postman"
PASSWORD = "letters & secrets"


@dataclass(frozen=True, slots=True)
class Received:
    """What the server took: the envelope, the message, and how it came."""

    sender: str
    to: list[str]
    message: EmailMessage
    raw: bytes
    tls: bool
    authenticated: bool

    def body(self, kind: str) -> str:
        """The text of the part `plain` or `html`."""
        part = self.message.get_body((kind,))
        assert part is not None, kind
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class RunningSmtp:
    port: int
    process: RunningProcess

    @property
    def mails(self) -> list[Received]:
        """All that it has taken so far."""
        return [_received(event) for event in self._events() if event["event"] == "mail"]

    @property
    def refusals(self) -> list[str]:
        """What it answered to what it did not take."""
        return [event["answer"] for event in self._events() if event["event"] == "refusal"]

    async def next_mail(self) -> Received:
        return _received(await self._next("mail"))

    async def next_refusal(self) -> str:
        return str((await self._next("refusal"))["answer"])

    async def next_held(self) -> None:
        """Until it has a mail that it does not answer."""
        await self._next("held")

    async def _next(self, event: str) -> dict[str, Any]:
        def is_one(line: str) -> bool:
            return _parsed(line).get("event") == event

        return _parsed(await asyncio.to_thread(self.process.wait_for_line, is_one))

    def _events(self) -> list[dict[str, Any]]:
        return [event for line in self.process.output.splitlines() if (event := _parsed(line))]


@contextmanager
def running_smtp(
    *,
    tls: str = "none",
    certificates: ServerFiles | None = None,
    with_password: bool = False,
    port: int | None = None,
    utf8: bool = True,
) -> Iterator[RunningSmtp]:
    """What the server does with a mail is said by its address: see `smtp_process`."""
    port = port or free_port()
    config: dict[str, object] = {"port": port, "tls": tls, "utf8": utf8}
    if certificates is not None:
        config |= {"certificate": str(certificates.certificate), "key": str(certificates.key)}
    if with_password:
        config |= {"username": USERNAME, "password": PASSWORD}
    command = [sys.executable, "-m", "tests.support.smtp_process", json.dumps(config)]
    with RunningProcess(command) as process:
        process.wait_for_line(lambda line: line == "ready")
        yield RunningSmtp(port, process)


def _parsed(line: str) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(line)) if line.startswith("{") else {}


def _received(event: dict[str, Any]) -> Received:
    raw = base64.b64decode(event["data"])
    message = email.message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return Received(event["from"], event["to"], message, raw, event["tls"], event["authenticated"])
