"""What SQLite asks Python about places and shapes, registered on every connection."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias, cast

import apsw
import orjson

from parsepy.query.spherical_polygon import SphericalPolygon
from parsepy.storage.sqlite.sql_types import SQLValue

PlaceFunction: TypeAlias = Callable[[float, float], bool | float | None]

AT_PLACE: Final = "parse_at_place"
"""`parse_at_place(function, latitude, longitude)`: the function is bound as a Python object."""
BOUNDS: Final = "parse_bounds"
"""`parse_bounds(polygon)`: the JSON list of its western, eastern, southern and northern bounds;
NULL for what is no Polygon. Used in triggers."""

_KEPT_RESULTS: Final = 16


def register(connection: apsw.Connection) -> None:
    connection.create_scalar_function(AT_PLACE, _at_place, 3, deterministic=True)
    connection.create_scalar_function(
        BOUNDS, _bounds, 1, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
    )


def _at_place(*arguments: SQLValue) -> SQLValue:
    function, latitude, longitude = arguments
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return cast("PlaceFunction", function)(latitude, longitude)


def _bounds(*arguments: SQLValue) -> SQLValue:
    (text,) = arguments
    return _bounds_of(text) if isinstance(text, str) else None


@lru_cache(_KEPT_RESULTS)
def _bounds_of(text: str) -> str | None:
    polygon = SphericalPolygon.of(orjson.loads(text))
    if polygon is None:
        return None
    bounds = polygon.bounds()
    return orjson.dumps([bounds.west, bounds.east, bounds.south, bounds.north]).decode()
