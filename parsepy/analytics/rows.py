"""The counts in the store, one row each. Its id follows from what it counts: so all servers add to
the same row, by one update each."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final, cast

from parsepy.analytics.event import Key
from parsepy.protocol import dates
from parsepy.protocol.field_types import NUMBER, STRING
from parsepy.protocol.operations import Increment, SetValue
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.system_classes import EVENT_CLASS
from parsepy.storage.base import Index, Storage
from parsepy.storage.updates import Update
from parsepy.types import JSONObject, JSONValue, ParseObject

SCHEMA: Final = ClassSchema(
    ClassDefinition(
        EVENT_CLASS,
        {
            **dict.fromkeys(("event", "day", "dimension", "value"), Field(STRING)),
            "count": Field(NUMBER),
        },
    )
)
INDEXES: Final = (
    Index(EVENT_CLASS, "event_dimension_day", ("event", "dimension", "day")),
    Index(EVENT_CLASS, "day", ("day",)),
)
_NAMES: Final = frozenset(("event", "dimension", "value"))
_CHUNK: Final = 500
"""Counts that are written in one go."""


class Rows:
    """Raises `ParseError` 1 where the store does not answer."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def prepare(self) -> None:
        await self._storage.ensure_indexes(INDEXES)

    async def known(self, day: str, most: int) -> list[Key]:
        options = FindOptions(fields=_NAMES, limit=most)
        rows = await self._storage.find(SCHEMA, _equal("day", day), options)
        return [
            Key(day, *(str(row[name]) for name in ("event", "dimension", "value"))) for row in rows
        ]

    async def add(self, counts: dict[Key, int]) -> None:
        """Takes out of `counts` what is stored."""
        while counts:
            chunk = dict(list(counts.items())[:_CHUNK])
            await self._add(chunk)
            for key in chunk:
                del counts[key]

    async def remove_before(self, day: str) -> None:
        await self._storage.delete(SCHEMA, tree.Compare(_path("day"), "<", day))

    async def of_event(
        self, event: str, dimension: str, days: tuple[str, str], limit: int
    ) -> list[ParseObject]:
        where = _all(_equal("event", event), _equal("dimension", dimension), *_between(days))
        order = (("day", False), ("value", False))
        return await self._storage.find(SCHEMA, where, FindOptions(order=order, limit=limit))

    async def dimensions_of(self, event: str, days: tuple[str, str]) -> list[str]:
        where = _all(_equal("event", event), *_between(days))
        found = await self._storage.distinct(SCHEMA, "dimension", where)
        return sorted(name for name in found if isinstance(name, str) and name)

    async def totals(self, days: tuple[str, str], limit: int) -> list[tuple[str, int]]:
        """The events of these days, the most frequent first."""
        first, last = days
        match: JSONObject = {"dimension": "", "day": {"$gte": first, "$lte": last}}
        pipeline: list[JSONObject] = [
            {"$match": match},
            {"$group": {"_id": "$event", "count": {"$sum": "$count"}}},
            {"$sort": {"count": -1, "_id": 1}},
            {"$limit": limit},
        ]
        rows = cast("list[JSONObject]", await self._storage.aggregate(SCHEMA, pipeline))
        return [(str(row["_id"]), cast("int", row["count"])) for row in rows]

    async def _add(self, counts: Mapping[Key, int]) -> None:
        missing = await self._increment(counts)
        if not missing:
            return
        rows = [_new_row(key, counts[key]) for key in missing]
        refusals = await self._storage.insert_many(SCHEMA, rows)
        # Another server was faster with these rows.
        there = {
            key: counts[key] for key, refusal in zip(missing, refusals, strict=True) if refusal
        }
        if there:
            await self._increment(there)

    async def _increment(self, counts: Mapping[Key, int]) -> list[Key]:
        """Those that have no row yet."""
        now = dates.now()
        updates = [
            Update(
                (row_id := _id_of(key)),
                tree.Equal(tree.Path("objectId"), row_id),
                {"count": Increment(count), "updatedAt": SetValue(now)},
            )
            for key, count in counts.items()
        ]
        outcomes = await self._storage.update_many(SCHEMA, updates)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return [key for key, outcome in zip(counts, outcomes, strict=True) if outcome is None]


def _new_row(key: Key, count: int) -> ParseObject:
    now = dates.now()
    named: Sequence[tuple[str, JSONValue]] = [*key._asdict().items()]
    return {
        "objectId": _id_of(key),
        "createdAt": now,
        "updatedAt": now,
        **dict(named),
        "count": count,
    }


def _id_of(key: Key) -> str:
    parts = "\0".join(key)
    return sha256(parts.encode()).hexdigest()[:40]


def _path(name: str) -> tree.Path:
    return tree.Path(name, STRING)


def _equal(name: str, value: str) -> Where:
    return tree.Equal(_path(name), value)


def _between(days: tuple[str, str]) -> tuple[Where, Where]:
    first, last = days
    return tree.Compare(_path("day"), ">=", first), tree.Compare(_path("day"), "<=", last)


def _all(*conditions: Where) -> Where:
    return tree.And(conditions)
