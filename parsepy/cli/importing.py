"""Imports of many modules at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """For imports: what they make stays, so looking through it for garbage, again and again, is a
    tenth of a start for nothing. It is not looked at later either."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
