"""Mail over SMTP (RFC 5321), with TLS from the start or by STARTTLS."""

import asyncio
import ssl
from dataclasses import dataclass, field
from email.errors import MessageError
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final, cast

from parsepy.email.adapter import TIMEOUT
from parsepy.email.addresses import plain_address
from parsepy.email.base import MailRefused, Message
from parsepy.email.mail import Kind, Mail
from parsepy.email.mime import compose
from parsepy.errors import ParseError
from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader

_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
OPTION_NAMES: Final = (
    "host",
    "port",
    "username",
    "password",
    "from",
    "tls",
    "timeout",
    "checkCertificate",
    "caFile",
)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """`sender` may have a name before its address, `address` is that address; `ca_file` is
    trusted beside the system's authorities."""

    host: str
    port: int
    sender: str
    address: str
    tls: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT
    check_certificate: bool = True
    ca_file: Path | None = None


def read_smtp(path: str, options: object) -> SmtpSettings:
    """Raises `OptionsError`; `path` is where the options stand."""
    given = OptionReader(path, options)
    given.check_names(OPTION_NAMES)
    host, sender = given.needed_text("host"), given.needed_text("from")
    tls = given.choice("tls", _PORTS, "starttls")
    username, password = given.text("username"), given.text("password")
    if (username is None) is not (password is None):
        raise OptionsError(f"Option {path} must have both username and password, or neither.")
    ca_file = given.text("caFile")
    return SmtpSettings(
        host=host,
        port=given.whole("port", _PORTS[tls], 1, 65535),
        sender=sender,
        address=_address_in(sender, given),
        tls=tls,
        username=username,
        password=password,
        timeout=given.seconds("timeout", TIMEOUT),
        check_certificate=given.switch("checkCertificate", True),
        ca_file=None if ca_file is None else _readable(Path(ca_file), given),
    )


class SmtpAdapter:
    """Each mail has a connection of its own."""

    queued: Final = True

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._context: ssl.SSLContext | None = None
        self._domain = settings.address.rpartition("@")[2]
        self.timeout = settings.timeout

    def writes(self, kind: Kind) -> bool:
        return False

    async def hand_over(self, mail: Mail) -> None:
        """Raises `MailRefused` for what the server will never take (its 5xx about this mail),
        `MailFailed` for all else: a 4xx, no connection, a log-in that fails."""
        message = cast("Message", mail.content)
        try:
            to = plain_address(message.to)
        except ParseError:
            raise MailRefused("the address is none") from None
        # Tries of one mail have one id: who gets it twice may notice.
        message_id = f"<{mail.id}@{self._domain}>"
        written = await asyncio.to_thread(compose, message, self._settings.sender, to, message_id)
        await self._send(to, written)

    async def _send(self, to: str, written: bytes) -> None:
        # Imported with the first mail.
        from parsepy.email.smtp_session import SmtpSession

        settings = self._settings
        if settings.tls != "none" and self._context is None:
            # Reads the system's authorities from files.
            self._context = await asyncio.to_thread(_tls_context, settings)
        session = SmtpSession(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._context,
            timeout=settings.timeout,
        )
        async with session.opened():
            await session.send_written(settings.address, to, written)


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        context.load_verify_locations(settings.ca_file)
    if not settings.check_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _address_in(sender: str, given: OptionReader) -> str:
    try:
        header: Any = SMTP.header_factory("from", sender)
        (address,) = header.addresses
        if header.defects or not sender.isprintable():
            raise ValueError
        return plain_address(address.addr_spec)
    except (ValueError, MessageError, ParseError):
        raise given.wrong("from", 'an address, such as "Game <no-reply@example.com>"') from None


def _readable(file: Path, given: OptionReader) -> Path:
    try:
        ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError):
        raise given.wrong("caFile", "a file with certificates in PEM form") from None
    return file
