"""Regular expressions that stand in options and meet clients' texts.

RE2 takes time that is linear in the text, so it is asked first. What it lacks, look-around mostly,
runs in Python's engine: the pattern is the operator's own.
"""

import re
from typing import Final, Protocol, cast

import re2  # type: ignore[import-untyped]


class Pattern(Protocol):
    def search(self, text: str, /) -> object | None: ...

    def fullmatch(self, text: str, /) -> object | None: ...


_QUIET: Final = re2.Options()
_QUIET.log_errors = False


def compile_pattern(pattern: str) -> Pattern:
    """Raises `ValueError` for a pattern that no engine takes."""
    try:
        return cast("Pattern", re2.compile(pattern, _QUIET))
    except re2.error:
        pass
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None
