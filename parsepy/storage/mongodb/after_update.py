"""What MongoDB makes of a document by an update of `compile_update`'s, worked out beside it.

The database answers an update with the document before it or after it, never with both. The
update was done when this is asked, so it is one that the database takes: refusals are not told.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Final, TypeAlias

from bson import Binary, DatetimeMS, Decimal128, Int64
from bson.decimal128 import create_decimal128_context

from parsepy.storage.mongodb.documents import Document
from parsepy.types import MISSING, Missing

_Change: TypeAlias = Callable[[Any, Any], Any]

_INDEX: Final = re.compile("[0-9]+")
_MAKES_NO_WAY: Final = frozenset(("$unset", "$pullAll"))
"""Where nothing is, they do nothing; the others make what a path leads through."""

_DECIMAL: Final = create_decimal128_context()
_KINDS: Final[dict[type, str]] = {
    int: "number",
    float: "number",
    Int64: "number",
    Decimal128: "number",
    datetime: "date",
    DatetimeMS: "date",
    bytes: "binary",
    Binary: "binary",
}


def document_after(before: Document, update: Document) -> Document:
    """A new document that shares no part with `before`; parts of `update` become parts of it."""
    after: Document = _copied(before)
    for path, operator, argument in sorted(_changes(update), key=cmp_to_key(_in_order)):
        _apply(after, path, operator, argument)
    return after


def _changes(update: Document) -> Iterator[tuple[list[str], str, Any]]:
    for operator, arguments in update.items():
        for path, argument in arguments.items():
            yield path.split("."), operator, argument


def _in_order(left: tuple[list[str], str, Any], right: tuple[list[str], str, Any]) -> int:
    """New fields come in the order of their names, of two numbers in that of their values."""
    for one, other in zip(left[0], right[0], strict=False):
        if one != other:
            numbers = _INDEX.fullmatch(one) and _INDEX.fullmatch(other)
            return -1 if (int(one) < int(other) if numbers else one < other) else 1
    return 0


def _apply(document: Document, path: list[str], operator: str, argument: Any) -> None:
    holder: Any = document
    *parents, last = path
    for part in parents:
        child = _child(holder, part)
        if not isinstance(child, dict | list):
            if operator in _MAKES_NO_WAY:
                return
            child = {}
            _put(holder, part, child)
        holder = child
    value = _CHANGES[operator](_child(holder, last), argument)
    if not isinstance(value, Missing):
        _put(holder, last, value)
    elif isinstance(holder, dict):
        holder.pop(last, None)
    elif not isinstance(_child(holder, last), Missing):
        holder[int(last)] = None


def _child(holder: Any, part: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(part, MISSING)
    if _INDEX.fullmatch(part) and int(part) < len(holder):
        return holder[int(part)]
    return MISSING


def _put(holder: Any, part: str, value: Any) -> None:
    if isinstance(holder, list):
        index = int(part)
        holder.extend([None] * (index + 1 - len(holder)))
        holder[index] = value
    else:
        holder[part] = value


def _set(_current: Any, value: Any) -> Any:
    return value


def _unset(_current: Any, _argument: Any) -> Any:
    return MISSING


def _incremented(current: Any, amount: Any) -> Any:
    if isinstance(current, Missing):
        return amount
    if isinstance(current, Decimal128):
        return Decimal128(_DECIMAL.add(current.to_decimal(), _decimal(amount)))
    total = current + amount
    # As it will be read: a whole number that may have outgrown 32 bits.
    return Int64(total) if isinstance(total, int) else total


def _decimal(amount: int | float) -> Decimal:
    """MongoDB gives a double 15 digits when it makes it a decimal."""
    return Decimal(amount) if isinstance(amount, int) else Decimal(f"{amount:.15g}")


def _pushed(current: Any, argument: Any) -> Any:
    return [*_items(current), *argument["$each"]]


def _with_unique(current: Any, argument: Any) -> Any:
    items = list(_items(current))
    for item in argument["$each"]:
        if not any(_equal(item, present) for present in items):
            items.append(item)
    return items


def _without(current: Any, gone: Any) -> Any:
    if isinstance(current, Missing):
        return MISSING
    return [item for item in current if not any(_equal(item, each) for each in gone)]


def _items(current: Any) -> list[Any]:
    return [] if isinstance(current, Missing) else current


_CHANGES: Final[dict[str, _Change]] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _incremented,
    "$push": _pushed,
    "$addToSet": _with_unique,
    "$pullAll": _without,
}


def _equal(left: Any, right: Any) -> bool:
    """MongoDB's equality: numbers by value, the order of keys counts, `true` is not 1."""
    kind = _KINDS.get(type(left), type(left))
    if kind != _KINDS.get(type(right), type(right)):
        return False
    if kind is dict:
        pairs = zip(left.items(), right.items(), strict=False)
        return len(left) == len(right) and all(
            key == other and _equal(value, another) for (key, value), (other, another) in pairs
        )
    if kind is list:
        return len(left) == len(right) and all(map(_equal, left, right))
    if kind == "number":
        return _same_number(left, right)
    return bool(left == right)


def _same_number(left: Any, right: Any) -> bool:
    left, right = (
        each.to_decimal() if isinstance(each, Decimal128) else each for each in (left, right)
    )
    # Not a number is one value there.
    return bool(left == right or (left != left and right != right))


def _copied(value: Any) -> Any:
    if type(value) is dict:
        return {key: _copied(child) for key, child in value.items()}
    if type(value) is list:
        return [_copied(item) for item in value]
    return value
