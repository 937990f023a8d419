"""How hard a secret is to guess, by parse-server's rule."""

import re
from typing import Final

SHORTEST: Final = 14
_KINDS: Final = tuple(re.compile(kind, re.ASCII) for kind in ("[A-Z]", "[a-z]", r"\d", r"\W"))
_WANTED_KINDS: Final = 3


def is_strong(secret: str) -> bool:
    """Whether it is long, of upper and lower case letters, digits and others at least three."""
    kinds = sum(kind.search(secret) is not None for kind in _KINDS)
    return len(secret) >= SHORTEST and kinds >= _WANTED_KINDS
