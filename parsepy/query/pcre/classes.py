"""Character classes, `[…]`."""

import re
from typing import Final, TypeAlias

from parsepy.query.pcre import escapes
from parsepy.query.pcre.characters import (
    ESCAPED,
    NAMED,
    Ranges,
    complement,
    inside_class,
    quoted,
)
from parsepy.query.pcre.cursor import BadPattern, Cursor

_NAMED_SET: Final = re.compile(r":(\^?)([a-z]+):\]")


class _Set(str):
    """The text of several characters inside a class."""

    __slots__ = ()


_HYPHEN: Final = _Set("-")
_Item: TypeAlias = str
"""One character, or a `_Set`."""


def read_class(cursor: Cursor, *, ignore_case: bool) -> str:
    """The class that was opened, for both engines. Raises `BadPattern`."""
    negated = cursor.skip("^")
    items: list[_Item] = []
    while True:
        char = cursor.take()
        if char == "]" and items:
            break
        items += _items(cursor, char, ignore_case)
    return f"[{'^' if negated else ''}{''.join(_with_ranges(items))}]"


def _items(cursor: Cursor, char: str, ignore_case: bool) -> list[_Item]:
    if char == "-":
        return [_HYPHEN]
    if char == "\\":
        return _escaped_items(cursor, cursor.take(), ignore_case)
    named = _NAMED_SET.match(cursor.pattern, cursor.at) if char == "[" else None
    if named is None:
        return [char]
    cursor.at = named.end()
    if named[2] not in NAMED:
        raise BadPattern(f"there is no class [:{named[2]}:]")
    return [_set(NAMED[named[2]], bool(named[1]), ignore_case)]


def _escaped_items(cursor: Cursor, char: str, ignore_case: bool) -> list[_Item]:
    if char == "Q":
        return list(escapes.quotation(cursor))
    if char == "E":
        return []
    if char == "b":
        return ["\b"]
    if char.lower() in ESCAPED:
        return [_set(ESCAPED[char.lower()], char.isupper(), ignore_case)]
    if char in "pP":
        return [_Set(escapes.unicode_property(cursor, char))]
    if char in "1234567":
        return [escapes.octal(cursor, char)]
    return [escapes.character(cursor, char)]


def _set(ranges: Ranges, negated: bool, ignore_case: bool) -> _Set:
    return _Set(inside_class(complement(ranges, ignore_case=ignore_case) if negated else ranges))


def _with_ranges(items: list[_Item]) -> list[str]:
    """The texts of `items`, with a hyphen between two characters read as a range."""
    texts, at = [], 0
    while at < len(items):
        item = items[at]
        end = items[at + 2] if at + 2 < len(items) and items[at + 1] is _HYPHEN else None
        if end is None or (isinstance(item, _Set) and item is not _HYPHEN) or _is_wide(end):
            texts.append(_item_text(item))
            at += 1
            continue
        if end < item:
            raise BadPattern("a range in a class is in the wrong order")
        texts.append(f"{quoted(item)}-{quoted(end)}")
        at += 3
    return texts


def _is_wide(item: _Item) -> bool:
    return isinstance(item, _Set) and item is not _HYPHEN


def _item_text(item: _Item) -> str:
    return item if _is_wide(item) else quoted(item)
