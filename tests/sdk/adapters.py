"""What the server of the stories has of its own: a mail adapter and a log-in provider."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parsepy.auth.base import AuthRequest
from parsepy.email.base import Message
from parsepy.errors import ParseError

WRONG_CODE = "This badge does not open the door."


class FileMail:
    """Puts each mail into a file, as a line of JSON, where stories read it."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._file = Path(options["file"])

    def send_mail(self, message: Message) -> None:
        mail = {"to": message.to, "subject": message.subject, "text": message.text}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(mail) + "\n")


class Badge:
    """Whoever shows the number of a badge backwards owns it."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._door = options["door"]

    def validate_auth_data(
        self, auth_data: Mapping[str, Any], options: object, request: AuthRequest
    ) -> dict[str, Any]:
        if auth_data.get("code") != auth_data["id"][::-1]:
            raise ParseError(101, WRONG_CODE)
        return {"save": {"id": auth_data["id"]}, "response": {"door": self._door}}

    def challenge(
        self,
        challenge_data: Mapping[str, Any],
        auth_data: object,
        options: object,
        request: AuthRequest,
    ) -> dict[str, Any]:
        return {"read": challenge_data["direction"], "door": self._door}
