"""Recovery codes: told once, stored as hashes, each good for one log-in.

Those that parse-server wrote are stored in clear. They are taken as they are and stay so: their
users may still be served by it.
"""

import hashlib
import hmac
from typing import Final

from parsepy.protocol import ids
from parsepy.types import JSONValue

LENGTH: Final = 30
COUNT: Final = 2

_HASHED: Final = "sha256:"
"""Nobody guesses 30 random characters, so the hash needs neither salt nor cost. No code of
parse-server has a colon."""


def new_codes() -> list[str]:
    return [ids.random_text(LENGTH) for _ in range(COUNT)]


def hashed(code: str) -> str:
    return _HASHED + hashlib.sha256(_bytes(code)).hexdigest()


def without(stored: JSONValue, code: str) -> list[JSONValue] | None:
    """The stored codes but the one that `code` is; `None` when it is none of them."""
    if not isinstance(stored, list):
        return None
    found = [_is(each, code) for each in stored]
    if True not in found:
        return None
    used = found.index(True)
    return [*stored[:used], *stored[used + 1 :]]


def _is(stored: JSONValue, code: str) -> bool:
    if not isinstance(stored, str) or not stored:
        return False
    given = hashed(code) if stored.startswith(_HASHED) else code
    return hmac.compare_digest(_bytes(stored), _bytes(given))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
