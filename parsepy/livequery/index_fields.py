"""What is asked of one path, and which paths a document is to be asked about."""

from collections.abc import Collection
from itertools import islice
from typing import Any, Final, Generic

from parsepy.livequery.index_guard import Place, Value
from parsepy.livequery.index_keys import NULL_KEY, Key, key_of, ordered
from parsepy.livequery.intervals import LEAST, Bucket, Intervals, Q, at
from parsepy.livequery.path_tree import PathTree
from parsepy.query.traversal import reach
from parsepy.query.tree import Path
from parsepy.types import JSONMapping

ENOUGH: Final = 64
"""From here on a place is simply crowded."""


class Field(Generic[Q]):
    """The queries that can be found at one path."""

    __slots__ = ("_spans", "_values", "_walk", "path")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._walk = reach(path)
        self._values: dict[Key, Bucket[Q]] = {}
        self._spans: dict[int, Intervals[Q]] = {}

    def __bool__(self) -> bool:
        return bool(self._values or self._spans)

    @property
    def concerns_all(self) -> bool:
        """Whether also documents that have nothing there, or have it under another name."""
        return NULL_KEY in self._values or self.path.key.startswith("_")

    def put(self, place: Place, query: Q) -> None:
        if isinstance(place, Value):
            self._values.setdefault(place.key, {})[query] = None
            return
        spans = self._spans.get(place.kind)
        if spans is None:
            spans = self._spans[place.kind] = Intervals()
        spans.add(place.low, place.high, query)

    def take(self, place: Place, query: Q) -> None:
        if isinstance(place, Value):
            queries = self._values[place.key]
            del queries[query]
            if not queries:
                del self._values[place.key]
            return
        spans = self._spans[place.kind]
        spans.remove(place.low, place.high, query)
        if not spans:
            del self._spans[place.kind]

    def load(self, place: Place) -> int:
        """How many queries are there, or how many spans meet an end of it; at most `ENOUGH`."""
        if isinstance(place, Value):
            return min(len(self._values.get(place.key, ())), ENOUGH)
        spans = self._spans.get(place.kind)
        if spans is None:
            return 0
        end = place.high if place.low == LEAST else place.low
        return sum(1 for _ in islice(spans.meeting(end, end), ENOUGH))

    def find(self, document: JSONMapping, found: Bucket[Q]) -> None:
        """Adds the queries that the document's values are found at."""
        scalars: dict[int, list[Any]] = {}
        for value in self._walk(document):
            found.update(self._values.get(key_of(value), {}))
            if self._spans and (scalar := ordered(value)) is not None:
                scalars.setdefault(scalar[0], []).append(scalar[1])
        for group, values in scalars.items():
            if group in self._spans:
                self._find_spans(self._spans[group], values, found)

    def _find_spans(self, spans: Intervals[Q], values: Collection[Any], found: Bucket[Q]) -> None:
        # Each bound may be met by another one of the values.
        for queries in spans.meeting(at(min(values)), at(max(values))):
            found.update(queries)


class Fields(Generic[Q]):
    """All fields. A document is asked about those only that it may have a value for."""

    __slots__ = ("_concerning_all", "_fields", "_tree")

    def __init__(self) -> None:
        self._fields: dict[Path, Field[Q]] = {}
        self._concerning_all: dict[Path, Field[Q]] = {}
        self._tree: PathTree[Field[Q]] = PathTree()

    def __bool__(self) -> bool:
        return bool(self._fields or self._concerning_all or self._tree)

    def put(self, place: Place, query: Q) -> None:
        field = self._fields.get(place.path)
        if field is None:
            field = self._fields[place.path] = Field(place.path)
            self._tree.put(place.path, field)
        field.put(place, query)
        if field.concerns_all:
            self._concerning_all[field.path] = field

    def take(self, place: Place, query: Q) -> None:
        field = self._fields[place.path]
        field.take(place, query)
        if not field.concerns_all or not field:
            self._concerning_all.pop(field.path, None)
        if not field:
            del self._fields[field.path]
            self._tree.take(field.path)

    def load(self, place: Place) -> int:
        field = self._fields.get(place.path)
        return 0 if field is None else field.load(place)

    def find(self, document: JSONMapping, found: Bucket[Q]) -> None:
        concerned = dict(self._concerning_all)
        self._tree.find(document, concerned)
        for field in concerned.values():
            field.find(document, found)
