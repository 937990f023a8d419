"""One mail on its way, and the form in which it waits in the store."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, cast

from parsepy.email.base import Letter, Message
from parsepy.protocol import ids, json

_ID_LENGTH: Final = 20


class Kind(StrEnum):
    """The two letters bear the names of their templates."""

    MESSAGE = "message"
    VERIFICATION = "verification"
    PASSWORD_RESET = "password_reset"


class MailUnreadable(Exception):
    """A text that is no mail, or one of a later version's."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished message, or a letter that the adapter is to write. `id` is its own for ever."""

    id: str
    kind: Kind
    content: Message | Letter

    @property
    def to(self) -> str:
        return self.content.to


def new_mail(kind: Kind, content: Message | Letter) -> Mail:
    return Mail(ids.random_text(_ID_LENGTH), kind, content)


def to_text(mail: Mail) -> str:
    """JSON in one text: neither names of headers nor a user's fields are the store's business."""
    return json.dumps({"kind": mail.kind.value, **asdict(mail.content)}).decode()


def from_text(mail_id: str, text: object) -> Mail:
    """Raises `MailUnreadable`."""
    try:
        stored = cast("dict[str, Any]", json.loads(str(text)))
        kind = Kind(stored.pop("kind"))
        return Mail(mail_id, kind, (Message if kind is Kind.MESSAGE else Letter)(**stored))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise MailUnreadable from None
