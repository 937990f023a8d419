"""One conversation with a mail server, and what its answers mean for the mail."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, cast

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from parsepy.email.base import MailFailed, MailRefused
from parsepy.email.scrubbing import scrubbed

_AUTHENTICATION_REQUIRED: Final = 530
"""Says something of our options, nothing of the mail."""


class SmtpSession(SMTP):
    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connected, encrypted and logged in as configured. Raises `MailFailed`."""
        try:
            await self.connect()
        except (SMTPException, OSError) as error:
            # Whatever the server says here, the next mail would get to hear it too.
            await self._end()
            raise _failed(error) from None
        try:
            yield
        finally:
            await self._end()

    async def send_written(self, sender: str, to: str, written: bytes) -> None:
        """Raises `MailRefused` for an answer that is final for this mail, else `MailFailed`."""
        try:
            options = [] if to.isascii() else ["SMTPUTF8"]
            await self.sendmail(sender, [to], written, mail_options=options)
        except (SMTPException, OSError) as error:
            raise _judged(error) from None
        # It has the mail now: how the conversation ends is of no interest.
        with suppress(SMTPException, OSError):
            await self.quit()

    def close(self) -> None:
        transport = self.transport
        super().close()
        if transport is not None:
            # Nobody waits for a server that does not end TLS.
            cast("asyncio.WriteTransport", transport).abort()

    async def _end(self) -> None:
        self.close()
        # The socket is closed in the loop's next round, which may be its last.
        await asyncio.sleep(0)


def _judged(error: Exception) -> MailFailed:
    if isinstance(error, SMTPRecipientsRefused):
        return _judged(error.recipients[0])
    if isinstance(error, SMTPNotSupported):
        return MailRefused("the server does not take addresses beyond ASCII")
    if isinstance(error, SMTPResponseException):
        is_final = 500 <= error.code < 600 and error.code != _AUTHENTICATION_REQUIRED
        return (MailRefused if is_final else MailFailed)(_told(error))
    return _failed(error)


def _failed(error: Exception) -> MailFailed:
    if isinstance(error, SMTPResponseException):
        return MailFailed(_told(error))
    return MailFailed(scrubbed(str(error)) or type(error).__name__)


def _told(error: SMTPResponseException) -> str:
    return scrubbed(f"{error.code} {error.message}")
