"""The mail adapter that a fixture's option `emailAdapter: "silent"` stands for."""

from collections.abc import Mapping
from typing import Final

from parsepy.email.base import Message

SILENT: Final = "silent"


class SilentMail:
    """Takes every mail and sends none, as the one in `tests/reference/start.cjs`."""

    async def send_mail(self, message: Message) -> None:
        pass


def with_silent_mail(options: Mapping[str, object]) -> dict[str, object]:
    """The options of a fixture as parsepy takes them."""
    if options.get("emailAdapter") != SILENT:
        return dict(options)
    return {**options, "emailAdapter": SilentMail()}
