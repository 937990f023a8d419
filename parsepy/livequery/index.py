"""Which queries an event may concern, without a look at all of them.

Each query is kept at the places of its guard (`index_guard`), and an object finds the queries
that are at its values. Values mean what they mean to `query.match`.
"""

from collections.abc import Iterable
from typing import Generic

from parsepy.livequery.index_fields import Fields
from parsepy.livequery.index_guard import Guard, guard_of
from parsepy.livequery.intervals import Bucket, Q
from parsepy.query.tree import Where
from parsepy.types import JSONMapping


class Index(Generic[Q]):
    """Queries of one class."""

    __slots__ = ("_always", "_fields", "_guards")

    def __init__(self) -> None:
        self._guards: dict[Q, Guard | None] = {}
        self._fields: Fields[Q] = Fields()
        self._always: Bucket[Q] = {}

    def __len__(self) -> int:
        return len(self._guards)

    def add(self, where: Where, query: Q) -> None:
        """Raises `ValueError` when it is there already."""
        if query in self._guards:
            raise ValueError("the query is in the index already")
        guard = guard_of(where, self._fields.load)
        self._guards[query] = guard
        if guard is None:
            self._always[query] = None
            return
        for place in guard:
            self._fields.put(place, query)

    def remove(self, query: Q) -> None:
        """Raises `KeyError` when it is not there."""
        guard = self._guards.pop(query)
        if guard is None:
            del self._always[query]
            return
        for place in guard:
            self._fields.take(place, query)

    def candidates(self, *documents: JSONMapping) -> Iterable[Q]:
        """Each once: all queries that match one of the documents, and few that match none."""
        found = dict(self._always)
        for document in documents:
            self._fields.find(document, found)
        return found.keys()
