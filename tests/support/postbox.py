"""A mail adapter of an app's own that keeps what it gets, and an app whose mail goes there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from parsepy.email.base import Letter, Message
from parsepy.types import ParseObject
from tests.support.local_app import URL, LocalApp, local_app


@dataclass(slots=True)
class Postbox:
    verifications: list[Letter] = field(default_factory=list)
    resets: list[Letter] = field(default_factory=list)
    queued: bool = False

    async def send_mail(self, message: Message) -> None:
        raise AssertionError(f"nobody sends plain mails here: {message}")

    async def send_verification_email(self, letter: Letter) -> None:
        self.verifications.append(letter)

    async def send_password_reset_email(self, letter: Letter) -> None:
        self.resets.append(letter)


@dataclass(frozen=True, slots=True)
class MailingApp:
    """`parse` with what it has sent in `post`."""

    parse: LocalApp
    post: Postbox

    async def delivered(self) -> Postbox:
        """The mails, when all that requests have set off is done."""
        await self.parse.app.parts.users.background.settled()
        return self.post

    async def user(self, object_id: str) -> ParseObject:
        """The row as it is stored."""
        schema = await self.parse.app.parts.schemas.get("_User")
        found = await self.parse.storage.storage.get(schema, object_id, None)
        assert found is not None
        return found


@asynccontextmanager
async def mailing_app(**options: object) -> AsyncIterator[MailingApp]:
    post = Postbox()
    mail: dict[str, Any] = {"appName": "App", "publicServerURL": URL, "emailAdapter": post}
    async with local_app(**{**mail, **options}) as parse:
        yield MailingApp(parse, post)


def token_of(letter: Letter) -> str:
    (token,) = parse_qs(urlsplit(letter.link).query)["token"]
    return token
