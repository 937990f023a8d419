"""Languages of readers."""

import re
from typing import Final

_TAG: Final = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")


def locale_of(*given: str | None) -> str | None:
    """The first of `given` that says anything, if it is a language tag: it becomes part of a
    path."""
    named = next(filter(None, given), "")
    return named if _TAG.fullmatch(named) else None


def language_of(locale: str) -> str:
    """`de-AT` → `de`."""
    return locale.partition("-")[0]
