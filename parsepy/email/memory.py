"""Mail that is kept for whoever asks: for tests of an app.

mails = MemoryAdapter()
app = create_app({"emailAdapter": mails, …})
…
assert "Password Reset" in mails.last.subject
"""

import re
from typing import Final

from parsepy.email.base import Message
from parsepy.email.mail import Kind, Mail

_LINK: Final = re.compile(r"https?://\S+")


class MemoryAdapter:
    """A request is answered after its mails are here."""

    queued: Final = False
    timeout: Final = 10.0

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def writes(self, kind: Kind) -> bool:
        return False

    async def hand_over(self, mail: Mail) -> None:
        if isinstance(mail.content, Message):
            self.messages.append(mail.content)

    @property
    def last(self) -> Message:
        """Raises `IndexError` when there was none."""
        return self.messages[-1]

    def to(self, address: str) -> list[Message]:
        return [message for message in self.messages if message.to == address]

    def clear(self) -> None:
        self.messages.clear()


def links_in(message: Message) -> list[str]:
    """The links of its text, in their order."""
    return _LINK.findall(message.text)
