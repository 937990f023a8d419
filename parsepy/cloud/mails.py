"""Mails of the app's own, through the adapter of option `emailAdapter`."""

import logging
from collections.abc import Mapping
from typing import Final

from parsepy.cloud.current import current
from parsepy.email.base import Message

_log = logging.getLogger(__name__)

_NONE: Final[Mapping[str, str]] = {}


async def send_email(
    *,
    to: str,
    subject: str,
    text: str = "",
    html: str | None = None,
    headers: Mapping[str, str] = _NONE,
) -> None:
    """Hands a mail over; it is sent, and tried again, on its own. Its sender is the adapter's.

    Without an adapter nothing is sent, which the log says. Raises `ParseError`: 125 for an address
    that no mail can go to, 142 for a message that is none.
    """
    mailer = current().mailer
    if mailer is None:
        _log.error("Failed to send email because no mail adapter is configured for Parse Server.")
        return
    await mailer.send(Message(to, subject, text, html, headers))
