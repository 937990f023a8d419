"""Which files a stored object may mention.

A File is one way; a text that is a file's name, or that holds its address, is another: apps keep
addresses in Strings, in HTML and in JSON of their own. What only looks like a mention keeps its
file: deleting too little is the better mistake.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from parsepy.types import JSONValue

_ADDRESS: Final = re.compile(r"/files/[^/\s]+/([^\s\"'<>()?#\\]+)")
_STORED_NAME: Final = re.compile(r"[0-9a-f]{32}_[A-Za-z0-9@.~_-]+")
_LONGEST: Final = 512
_ENDS_OF_SENTENCES: Final = ".,;:!*_~-"


def names_in(value: JSONValue) -> Iterator[str]:
    """Every text that may be a stored name, at any depth."""
    pending = [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, str):
            yield from _in_text(inner)
        elif isinstance(inner, list):
            pending += inner
        elif isinstance(inner, dict):
            for key in inner:
                yield from _in_text(key)
            pending += inner.values()


def _in_text(text: str) -> Iterator[str]:
    if len(text) <= _LONGEST:
        yield text
    if "/files/" in text:
        for found in _ADDRESS.finditer(text):
            yield from _with_and_without_end(unquote(found[1]))
    if len(text) > 33:
        for found in _STORED_NAME.finditer(text):
            yield from _with_and_without_end(found[0])


def _with_and_without_end(name: str) -> Iterator[str]:
    yield name
    yield name.rstrip(_ENDS_OF_SENTENCES)
