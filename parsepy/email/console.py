"""Mail that is shown where the server was started: for development.

Whoever sees the terminal sees the links.
"""

import re
import sys
from typing import Final

from parsepy.email.base import Message
from parsepy.email.mail import Kind, Mail

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class ConsoleAdapter:
    queued: Final = False
    timeout: Final = 10.0

    def writes(self, kind: Kind) -> bool:
        return False

    async def hand_over(self, mail: Mail) -> None:
        if isinstance(mail.content, Message):
            # One write: workers share the terminal. To where the log goes, which nobody pipes on.
            sys.stderr.write(shown(mail.content))
            sys.stderr.flush()


def shown(message: Message) -> str:
    """A frame whose every line begins with a bar, so that no text passes for a line of the log;
    what a terminal might obey is spelled out."""
    lines = [f"To:      {message.to}", f"Subject: {message.subject}", "", *message.text.split("\n")]
    inside = "".join(f"  | {_spelled(line)}".rstrip() + "\n" for line in lines)
    return f"\n  +-- mail, not sent anywhere\n{inside}  +--\n\n"


def _spelled(line: str) -> str:
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], line)
