"""Path patterns as expressions: `/functions/*path`, `/files{/:name}` (path-to-regexp, version 8).

`options/validation/path_pattern.py` says what the syntax is and refuses what is none of it.
"""

import re
from collections.abc import Iterator
from typing import Final

from parsepy.options.patterns import Pattern, compile_pattern

_PART: Final = re.compile(
    r'\\(?P<literal>.)|(?P<kind>[:*])(?:[^\W\d][\w$]*|\$[\w$]*|"(?:[^"\\]|\\.)+")|(?P<plain>.)',
    re.DOTALL,
)
_PARAMETERS: Final = {":": "[^/]+", "*": "(?s:.+)"}
_BRACES: Final = {"{": "(?:", "}": ")?"}


def compile_path(pattern: str) -> Pattern:
    """To be matched against a whole path, whatever its case; one slash behind does not count."""
    expression = f"(?i){''.join(_expressions(pattern))}/?"
    # Python's engine is several times faster on short texts, and as safe where it has nothing to
    # try in two ways.
    return re.compile(expression) if _is_unambiguous(pattern) else compile_pattern(expression)


def _is_unambiguous(pattern: str) -> bool:
    """Whether no segment has two parameters, nothing is optional, and a wildcard comes last."""
    kinds = ["".join(part["kind"] or "" for part in _PART.finditer(s)) for s in pattern.split("/")]
    return "{" not in pattern and all(
        kind in ("", ":") or (kind == "*" and place == len(kinds) - 1)
        for place, kind in enumerate(kinds)
    )


def _expressions(pattern: str) -> Iterator[str]:
    for part in _PART.finditer(pattern):
        if part["kind"]:
            yield _PARAMETERS[part["kind"]]
        elif part["literal"]:
            yield re.escape(part["literal"])
        else:
            yield _BRACES.get(part["plain"], re.escape(part["plain"]))
