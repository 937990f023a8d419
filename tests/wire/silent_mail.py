"""What a fixture's options `emailAdapter: "silent"` and `auth.mfa.sendSMS: "silent"` stand for."""

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
    taken = dict(options)
    if taken.get("emailAdapter") == SILENT:
        taken["emailAdapter"] = SilentMail()
    auth = taken.get("auth")
    mfa = auth.get("mfa") if isinstance(auth, Mapping) else None
    if isinstance(auth, Mapping) and isinstance(mfa, Mapping) and mfa.get("sendSMS") == SILENT:
        taken["auth"] = {**auth, "mfa": {**mfa, "sendSMS": _send_nothing}}
    return taken


def _send_nothing(token: str, mobile: str) -> None:
    pass
