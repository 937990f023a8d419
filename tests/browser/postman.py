"""The email adapter of the server under test: it lays every letter's link into a folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from parsepy.email.base import Letter, Message


class Postman:
    def __init__(self, options: Mapping[str, str]) -> None:
        self._folder = Path(options["folder"])

    def send_mail(self, message: Message) -> None:
        raise AssertionError(f"nobody asked for a mail with {message.subject!r}")

    def send_verification_email(self, letter: Letter) -> None:
        self._deliver(letter)

    def send_password_reset_email(self, letter: Letter) -> None:
        self._deliver(letter)

    def _deliver(self, letter: Letter) -> None:
        # Renamed when it is written: a reader sees it whole or not at all.
        written = self._folder / f"{uuid4().hex}.part"
        written.write_text(json.dumps({"to": letter.to, "link": letter.link}))
        written.rename(written.with_suffix(".letter"))
