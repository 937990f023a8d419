"""A mail server for tests, as a process: `python -m tests.support.smtp_process CONFIG`.

CONFIG is JSON: `port`, `tls` (`none`, `starttls`, `tls`), `certificate`, `key`, `username`,
`password`. It prints `ready`, then a line of JSON for each mail that it took or refused. What it
does with a mail is said by its address:

    refused@…   550 for the recipient
    rejected@…  554 for the content
    later3@…    451 for the recipient, three times; then it is taken
    silent1@…   no answer to the content, once; then it is taken
"""

import asyncio
import base64
import json
import re
import ssl
import sys
from collections import Counter
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Handler:
    def __init__(self) -> None:
        self._tries: Counter[str] = Counter()

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        name = address.partition("@")[0]
        later = re.fullmatch(r"later(\d+)", name)
        self._tries[address] += 1
        if name == "refused":
            return self._refusal(address, "550 5.1.1 no mailbox here for " + address)
        if later is not None and self._tries[address] <= int(later[1]):
            return self._refusal(address, "451 4.7.1 greylisted, try again")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        name = envelope.rcpt_tos[0].partition("@")[0]
        assert server.transport is not None
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": base64.b64encode(content).decode(),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "authenticated": bool(session.authenticated),
        }
        if name == "rejected":
            return self._refusal(envelope.rcpt_tos[0], "554 5.6.0 not in this house")
        silent = re.fullmatch(r"silent(\d+)", name)
        if silent is not None and self._tries[envelope.rcpt_tos[0]] <= int(silent[1]):
            say({**told, "event": "held"})
            await asyncio.Event().wait()
        say({**told, "event": "mail"})
        return "250 2.0.0 OK"

    def _refusal(self, address: str, answer: str) -> str:
        say({"event": "refusal", "to": [address], "answer": answer})
        return answer


def say(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def authenticator_of(config: dict[str, Any]) -> Any:
    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and (
            (data.login.decode(), data.password.decode())
            == (config["username"], config["password"])
        )
        if not good:
            say({"event": "refusal", "to": [], "answer": "535"})
        return AuthResult(success=good, handled=False)

    return authenticate if config.get("username") else None


async def serve(config: dict[str, Any]) -> None:
    context = None
    if config["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(config["certificate"], config["key"])
    handler = Handler()
    authenticator = authenticator_of(config)

    def session() -> SMTP:
        return SMTP(
            handler,
            enable_SMTPUTF8=config.get("utf8", True),
            hostname="localhost",
            tls_context=context if config["tls"] == "starttls" else None,
            require_starttls=config["tls"] == "starttls",
            authenticator=authenticator,
            auth_required=authenticator is not None,
            auth_require_tls=config["tls"] == "starttls",
        )

    loop = asyncio.get_running_loop()
    implicit = context if config["tls"] == "tls" else None
    server = await loop.create_server(session, "127.0.0.1", config["port"], ssl=implicit)
    async with server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
