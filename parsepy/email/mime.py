"""A message as it goes over the wire."""

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from parsepy.email.base import MailRefused, Message
from parsepy.errors import Code, ParseError

_POLICY: Final = SMTP.clone(cte_type="7bit")
"""Any server takes it."""
_LONGEST_HEADER: Final = 2000
_HEADER_NAME: Final = re.compile(r"[!-9;-~]{1,76}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ENCODED_WORD: Final = "=?"
"""Begins text that a reader, and Python's own writer, decodes into anything: a line's end too."""
_OURS: Final = frozenset(
    "from sender to cc bcc subject date message-id auto-submitted mime-version".split()
)
_ABOUT_CONTENT: Final = "content-"


def check_message(message: Message) -> None:
    """Raises 142 for a message of somebody's own that is none: wrong types, headers that would
    be two, or that the mail has already."""
    texts = (message.subject, message.text, message.html or "")
    if not all(isinstance(text, str) for text in texts):
        raise _refused("Subject, text and html of a mail must be strings.")
    for name, value in message.headers.items():
        if not isinstance(name, str) or _HEADER_NAME.fullmatch(name) is None:
            raise _refused("A mail has a header with a name that cannot be.")
        if name.lower() in _OURS or name.lower().startswith(_ABOUT_CONTENT):
            raise _refused(f"A mail's own header {name} cannot be given.")
        if not isinstance(value, str) or not _is_one_line(value):
            raise _refused(f"A mail's header {name} must be one line of text.")


def one_line(text: str) -> str:
    """`text` with white space for everything that could end a line, and not too long for one."""
    found = " ".join(_CONTROL.sub(" ", _speakable(text)).split())
    return found[:_LONGEST_HEADER].replace(_ENCODED_WORD, "= ?")


def compose(message: Message, sender: str, to: str, message_id: str) -> bytes:
    """`sender` may have a name before its address, `to` is a plain one. Raises `MailRefused`."""
    composed = EmailMessage(policy=_POLICY if to.isascii() else _POLICY.clone(utf8=True))
    try:
        composed["From"] = sender
        composed["To"] = to
        composed["Subject"] = one_line(message.subject)
        composed["Date"] = format_datetime(datetime.now(UTC))
        composed["Message-ID"] = message_id
        # Holiday notices and the like do not answer it (RFC 3834).
        composed["Auto-Submitted"] = "auto-generated"
        for name, value in message.headers.items():
            composed[name] = _speakable(value)
        composed.set_content(_body(message.text))
        if message.html is not None:
            composed.add_alternative(_body(message.html), subtype="html")
        written = composed.as_bytes()
    except (ValueError, MessageError) as error:
        raise MailRefused(f"it cannot be written: {type(error).__name__}") from None
    if _header_names(written) != composed.keys():
        raise MailRefused("it cannot be written: one of its headers would be several")
    return written


def _header_names(written: bytes) -> list[str]:
    head = written.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    return [line.partition(":")[0] for line in head.split("\r\n") if line[:1] not in (" ", "\t")]


def _is_one_line(value: str) -> bool:
    fits = len(value) <= _LONGEST_HEADER and _ENCODED_WORD not in value
    return fits and _CONTROL.search(value) is None


def _body(text: str) -> str:
    return _NOT_IN_TEXT.sub("\N{REPLACEMENT CHARACTER}", _speakable(text))


def _speakable(text: str) -> str:
    """Half a surrogate pair has no UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _refused(reason: str) -> ParseError:
    return ParseError(Code.VALIDATION_ERROR, reason)
