"""Which values of an object a dotted path reaches, exactly as MongoDB walks it.

`a.b` looks into the object under `a` and into every object in a list under `a`; a number also
picks the element of a list at that place. A list at the end of the path is reached itself and in
each of its elements.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from parsepy.query.stored import Stored, is_object, stored_field
from parsepy.query.tree import Path
from parsepy.types import MISSING, JSONMapping, JSONValue, Missing

Reached: TypeAlias = Stored | Missing
"""`MISSING` stands for a place that is not there: null equals it, `$exists` does not hold."""

Reach: TypeAlias = Callable[[JSONMapping], Iterator[Reached]]

_NOTHING: Final = [""]
"""What a trailing dot leaves behind a list: to MongoDB no further part, though to objects one."""


def reach(path: Path, *, elements: bool = True) -> Reach:
    """The walk along `path`; without `elements` a list at its end counts as a whole only."""
    root, *parts = path.key.split(".")
    if parts and path.type is not None and path.type.name == "Pointer":
        # A stored Pointer is a text under another name: nothing is below it.
        return lambda _document: iter((MISSING,))

    def walk(document: JSONMapping) -> Iterator[Reached]:
        return _descend(stored_field(document, root), parts, elements)

    return walk


def values_at(value: Stored, parts: Sequence[str], *, elements: bool = True) -> Iterator[Reached]:
    """The same walk below a value that is held in its stored form already."""
    return _descend(value, parts, elements)


def _descend(value: Reached, parts: Sequence[str], elements: bool) -> Iterator[Reached]:
    for index, part in enumerate(parts):
        if type(value) is list:
            rest = parts[index:]
            if rest == _NOTHING:
                break
            yield from _through_list(value, rest, elements)
            return
        value = value.get(part, MISSING) if is_object(value) else MISSING
    if elements and type(value) is list:
        yield from value
    yield value


def _through_list(
    items: list[JSONValue], parts: Sequence[str], elements: bool
) -> Iterator[Reached]:
    """Walks on below a list: first into each object by name, then to the element that is meant."""
    place, *rest = parts
    for index, item in enumerate(items):
        if is_object(item):
            yield from _descend(item, parts, elements)
        if place != str(index):
            continue
        if not rest:
            yield item
        elif is_object(item):
            yield from _descend(item, rest, elements)
        elif type(item) is list and rest == _NOTHING:
            yield from (*item, item)
        elif type(item) is list:
            yield from _through_list(item, rest, elements)
