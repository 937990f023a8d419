"""Finds that give the nearest objects first.

Like parse-server they use `$nearSphere` with a 2d index `{field}_2d`, made on first use. Such an
index knows a flat earth: it does not see across the antimeridian and the poles, and what lies
there is missing (in parse-server's answers too). So when the circle that a find looked into
reaches over one of them, its distances are worked out by a pipeline instead; and so they are when
the index cannot be made, because objects hold places that are not on earth.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from pymongo.errors import OperationFailure

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.protocol.field_types import GEO_POINT, POLYGON
from parsepy.query.geometry import distance_from, reaches_around
from parsepy.query.match_geo import circle_of
from parsepy.query.nearest import split
from parsepy.query.options import FindOptions
from parsepy.query.tree import Near, Where, WithinCircle
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.documents import Collection, Document
from parsepy.storage.mongodb.transaction import outside_of_transactions
from parsepy.storage.mongodb.where_geo import haversine, in_circle, pair

_INDEX_REFUSED: Final = frozenset((13026, 13027, 13654, 16755, 16804))
_DISTANCE: Final = "__distance"
_AS_OPTIONS: Final = {"batch_size": "batchSize", "max_time_ms": "maxTimeMS"}
_SLACK: Final = 1e-9
_EARTH_IN_METRES: Final = 6_378_100
"""By which MongoDB turns metres into radians."""


def leading(where: Where, options: FindOptions) -> tuple[Near | None, Where]:
    """The condition by which a find has to go, and all others."""
    near, rest = split(where)
    return (near, rest) if _is_about_polygons(near) or not options.order else (None, where)


def leading_count(where: Where) -> tuple[Near | None, Where]:
    """The same for a count, to which an order is nothing."""
    near, rest = split(where)
    return (near, rest) if _is_about_polygons(near) else (None, where)


def _is_about_polygons(near: Near | None) -> bool:
    """How far a polygon is, MongoDB tells in no condition but this."""
    return near is not None and near.path.type == POLYGON and not near.path.nested


async def find_nearest(
    collection: Collection,
    columns: Columns,
    near: Near,
    condition: Document,
    arguments: Mapping[str, Any],
) -> list[Document]:
    """The documents that fit `near` and `condition`; `arguments` are those of a find."""
    if _is_about_polygons(near):
        polygons = await _by_index(collection, columns, near, condition, arguments, "2dsphere")
        if polygons is None:
            raise _polygons_refused(near)
        return polygons
    if near.path.nested or near.path.type != GEO_POINT:
        return []
    radius = circle_of(near)[1]
    if near.max_distance is not None and reaches_around(near.point, radius):
        return await _by_pipeline(collection, columns, near, radius, condition, arguments)
    found = await _by_index(collection, columns, near, condition, arguments, "2d")
    if found is None:
        return await _by_pipeline(collection, columns, near, radius, condition, arguments)
    seen = _radius_seen(columns, near, found, arguments)
    if reaches_around(near.point, seen):
        return await _by_pipeline(collection, columns, near, seen, condition, arguments)
    return found


async def count_near(
    collection: Collection,
    columns: Columns,
    near: Near,
    condition: Document,
    options: Mapping[str, Any],
) -> int:
    """The number of polygons that fit."""
    column = columns.of(near.path.key)
    stage: Document = {
        "near": {"type": "Point", "coordinates": pair(near.point)},
        "key": column,
        "spherical": True,
        "distanceField": _DISTANCE,
        "query": condition,
    }
    if near.max_distance is not None:
        stage["maxDistance"] = near.max_distance * _EARTH_IN_METRES

    async def count() -> list[Document]:
        cursor = await collection.aggregate([{"$geoNear": stage}, {"$count": "n"}], **options)
        return await cursor.to_list()

    counted = await _with_index(collection, column, "2dsphere", count)
    if counted is None:
        raise _polygons_refused(near)
    return sum(row["n"] for row in counted)


async def _by_index(
    collection: Collection,
    columns: Columns,
    near: Near,
    condition: Document,
    arguments: Mapping[str, Any],
    kind: str,
) -> list[Document] | None:
    """`None` when there is no index and none can be made."""
    column = columns.of(near.path.key)
    asked: Document = {"$nearSphere": pair(near.point)}
    if near.max_distance is not None:
        asked["$maxDistance"] = near.max_distance
    filter_ = {"$and": [{column: asked}, condition]} if condition else {column: asked}
    with_place = _projected(arguments, column)

    async def find() -> list[Document]:
        return await collection.find(filter_, **with_place).to_list()

    return await _with_index(collection, column, kind, find)


async def _with_index(
    collection: Collection, column: str, kind: str, read: Callable[[], Awaitable[list[Document]]]
) -> list[Document] | None:
    """Reads; the index is made when the reading asks for it. `None` when it cannot be made."""
    try:
        return await read()
    except OperationFailure as error:
        if "unable to find index" not in str(error):
            raise
    try:
        await outside_of_transactions(collection.create_index([(column, kind)]))
    except OperationFailure as error:
        if error.code not in _INDEX_REFUSED:
            raise
        return None
    return await read()


def _polygons_refused(near: Near) -> ParseError:
    return errors.invalid_query(f"{near.path.key} holds polygons whose edges meet")


def _radius_seen(
    columns: Columns, near: Near, found: Sequence[Document], arguments: Mapping[str, Any]
) -> float:
    """How far from its point the find had to look for what it found."""
    if near.max_distance is None and found and len(found) == arguments.get("limit"):
        longitude, latitude, *_ = found[-1][columns.of(near.path.key)]
        distance = distance_from(near.point)(latitude, longitude)
        if distance is not None:
            return distance + _SLACK
    return circle_of(near)[1]


async def _by_pipeline(
    collection: Collection,
    columns: Columns,
    near: Near,
    radius: float,
    condition: Document,
    arguments: Mapping[str, Any],
) -> list[Document]:
    within = in_circle(columns, WithinCircle(near.path, near.point, radius))
    stages: list[Document] = [
        {"$match": {"$and": [within, condition]} if condition else within},
        {"$set": {_DISTANCE: haversine(near.point, columns.of(near.path.key))}},
        {"$sort": {_DISTANCE: 1}},
    ]
    stages += [{f"${name}": arguments[name]} for name in ("skip", "limit") if name in arguments]
    projection = arguments.get("projection")
    stages.append({"$project": projection} if projection else {"$unset": _DISTANCE})
    options = {
        _AS_OPTIONS.get(name, name): value
        for name, value in arguments.items()
        if name not in ("skip", "limit", "projection") and value is not None
    }
    # Without a limit all that match are sorted, however many.
    cursor = await collection.aggregate(stages, allowDiskUse=True, **options)
    return await cursor.to_list()


def _projected(arguments: Mapping[str, Any], column: str) -> dict[str, Any]:
    """The arguments with the place among the fields: by it is known how far the find looked."""
    projection = arguments.get("projection")
    if not projection:
        return dict(arguments)
    return {**arguments, "projection": {**projection, column: 1}}
