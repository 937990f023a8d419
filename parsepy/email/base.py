"""What a mail is, and what the rooms below ask of whoever sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from parsepy.types import ParseObject


@dataclass(frozen=True, slots=True)
class Message:
    """`to` is one address. `html` is the same text for readers that show HTML."""

    to: str
    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail about an account.

    `user` holds what others may know of the recipient (`objectId`, `username`, `email`,
    `createdAt`, `updatedAt`, fields of the app's own), never a hash, token or `authData`; `link`
    is the page to open; `locale` is a language tag, where one is known.
    """

    to: str
    user: ParseObject
    app_name: str
    link: str
    locale: str | None = None


class MailFailed(Exception):
    """A mail was not sent this time; it is tried again later."""


class MailRefused(MailFailed):
    """A mail that nobody will take, however often it is tried. An adapter raises it to say so."""


class Mailer(Protocol):
    """Takes mails; what becomes of them later is its own affair. Raises nothing but `OSError`s
    and `ParseError`s, before it has taken the mail."""

    async def send_verification(self, letter: Letter) -> None: ...

    async def send_password_reset(self, letter: Letter) -> None: ...

    async def send(self, message: Message) -> None: ...
