"""What a log may tell of a failure: no address, no link, no token."""

import re
from typing import Final

_SECRETS: Final = re.compile(
    r"\w+://\S+"  # a link
    r"|[^\s<>]+@[^\s<>]+"  # an address
    r"|[A-Za-z0-9]{20,}"  # a token
)
_LONGEST: Final = 200


def reason_of(error: BaseException) -> str:
    """The kind of an error and its text, without what is nobody's business."""
    text = scrubbed(str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def scrubbed(text: str) -> str:
    return " ".join(_SECRETS.sub("…", text).split())[:_LONGEST]
