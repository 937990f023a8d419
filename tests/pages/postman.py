"""An email adapter of an app's own that keeps the letters, and what is in them."""

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

from parsepy.email.base import Letter, Message

_HIDDEN: Final = re.compile(r'name="token" value="([^"]*)"')


class Postman:
    queued = False

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    async def send_mail(self, message: Message) -> None:
        raise AssertionError(f"nobody asked for a mail with {message.subject!r}")

    async def send_verification_email(self, letter: Letter) -> None:
        self.letters.append(letter)

    async def send_password_reset_email(self, letter: Letter) -> None:
        self.letters.append(letter)


def token_of(link: str) -> str:
    (token,) = parse_qs(urlsplit(link).query)["token"]
    return token


def token_in(html: str) -> str:
    """The one that the page's form would send."""
    found = _HIDDEN.search(html)
    assert found is not None, f"no form with a token:\n{html}"
    return found[1]
