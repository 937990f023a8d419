"""What a collection's indexes look like, and how often they were used."""

from collections.abc import Mapping
from typing import Any, Final

from pymongo.errors import OperationFailure

from parsepy.doctor.base import FoundIndex
from parsepy.protocol import dates
from parsepy.schema.classes import missing_class
from parsepy.storage.base import Index
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.documents import Collection
from parsepy.storage.mongodb.errors import is_unauthorised
from parsepy.storage.mongodb.objects import CASE_INSENSITIVE

_SPECIAL: Final = frozenset(("partialFilterExpression", "sparse", "expireAfterSeconds", "weights"))


async def of_collection(collection: Collection) -> list[FoundIndex]:
    uses = await _uses(collection)
    found = await collection.list_indexes()
    return [_read(index, uses.get(index["name"])) async for index in found]


def wanted(index: Index) -> FoundIndex:
    columns = Columns(missing_class(index.class_name))
    return FoundIndex(
        index.name,
        {columns.of(field): 1 for field in index.fields},
        unique=index.unique,
        is_plain=False,
        collation=_collation(CASE_INSENSITIVE if index.case_insensitive else {}),
        limits=_limits({"sparse": True}),
        expires=0 if index.expires else None,
    )


def _read(index: Mapping[str, Any], use: Mapping[str, Any] | None) -> FoundIndex:
    key = {column: _direction(value) for column, value in index["key"].items()}
    return FoundIndex(
        name=index["name"],
        key=key,
        unique=bool(index.get("unique")),
        is_plain=_SPECIAL.isdisjoint(index) and all(value in (1, -1) for value in key.values()),
        collation=_collation(index.get("collation", {})),
        limits=_limits(index),
        expires=index.get("expireAfterSeconds"),
        uses=None if use is None else int(use["ops"]),
        since="" if use is None else dates.format_datetime(use["since"]),
    )


async def _uses(collection: Collection) -> dict[str, Mapping[str, Any]]:
    """As the member of the replica set that answers has counted; empty when it may not tell."""
    try:
        cursor = await collection.aggregate([{"$indexStats": {}}])
        return {row["name"]: row["accesses"] async for row in cursor}
    except OperationFailure as error:
        if is_unauthorised(error):
            return {}
        raise


def _direction(value: Any) -> object:
    return int(value) if isinstance(value, int | float) else value


def _limits(index: Mapping[str, Any]) -> str:
    return f"{bool(index.get('sparse'))} {index.get('partialFilterExpression', '')}"


def _collation(collation: Mapping[str, Any]) -> str:
    return f"{collation['locale']}/{collation['strength']}" if collation else ""
