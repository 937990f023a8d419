"""Headers that an app's own code wants a file to be sent with."""

import re
from collections.abc import Mapping
from typing import Final

from parsepy.errors import Code, Forbidden

_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~A-Za-z0-9]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_FRAMING: Final = frozenset(
    ("connection", "content-length", "content-range", "keep-alive", "transfer-encoding", "upgrade")
)
"""What says where an answer ends is the server's."""


def check_headers(headers: Mapping[str, str] | None) -> None:
    """Raises 141: names and values often come from somebody's file, and must end no header."""
    for name, value in (headers or {}).items():
        if not _NAME.fullmatch(name) or name.lower() in _FRAMING or not _VALUE.fullmatch(value):
            raise Forbidden(Code.SCRIPT_FAILED, f"A file cannot be sent with the header {name!r}.")
