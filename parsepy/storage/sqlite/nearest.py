"""Finds that give the nearest objects first.

The R*Tree knows no distances. So the circle around the point grows until it surely holds as many
objects as are wanted, and only what is in it is measured and sorted. A circle that proves far too
large shrinks again; and where few of the objects nearby fit the other conditions, these lead.
"""

from collections.abc import Callable
from math import pi, sqrt
from typing import Final, cast

import apsw
import orjson
from msgspec import Struct

from parsepy.protocol.field_types import POLYGON
from parsepy.query.geometry import (
    Bounds,
    Distance,
    Position,
    bounds_of_circle,
    distance_from,
    position_of,
)
from parsepy.query.match_geo import circle_of
from parsepy.query.options import FindOptions
from parsepy.query.spherical_polygon import SphericalPolygon
from parsepy.query.tree import Near
from parsepy.schema.classes import ClassSchema
from parsepy.storage.sqlite import names, shapes
from parsepy.storage.sqlite.conditions import ALWAYS, NEVER, Condition
from parsepy.storage.sqlite.functions import MATCHES
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.rows import SELECTED
from parsepy.storage.sqlite.shape_conditions import meeting
from parsepy.storage.sqlite.shape_functions import AT_PLACE
from parsepy.storage.sqlite.sql_types import Parameter, Rows

_FIRST_RADIUS: Final = 1e-6
"""Six metres."""
_GROWTH: Final = 8.0
_NARROW_ENOUGH: Final = 1.2
_MOST_IN_VAIN: Final = 20_000
"""When so many objects nearby hold too few that fit, the other conditions lead."""
_NOWHERE: Final = Bounds(-1000.0, -1000.0, 0.0, 0.0)
"""Keeps the statement's text the same for circles of one part and of two."""


class NearestQuery(Query, frozen=True, kw_only=True):
    """Statements of growing circles; `sql` and `parameters` are the one that looks everywhere."""

    search: "_Search"
    wanted: int

    def fetch(self, connection: apsw.Connection) -> Rows:
        radius = _Rings(connection, self.search, self.wanted).radius()
        if radius is None:
            return connection.execute(self.sql, self.parameters).fetchall()
        statement = self.search.in_circle(radius)
        return connection.execute(statement.sql, statement.parameters).fetchall()


def nearest_query(
    schema: ClassSchema, near: Near, condition: Condition, options: FindOptions, page: Condition
) -> Query:
    """The find that `near` orders; `condition` holds besides."""
    field = near.path.key
    type_ = schema.type_of(field)
    table = names.table(schema.name)
    if near.path.nested or not shapes.is_placed(type_):
        return Query(schema.name, f"SELECT {SELECTED} FROM {table} WHERE {NEVER.sql}")
    search = _Search(table, shapes.table(schema.name, field), near, condition, page)
    every = search.everywhere()
    if type_ == POLYGON or options.limit is None:
        return Query(schema.name, every.sql, every.parameters)
    return NearestQuery(
        class_name=schema.name,
        sql=every.sql,
        parameters=every.parameters,
        search=search,
        wanted=options.skip + options.limit,
    )


class _Search(Struct, frozen=True):
    objects: str
    tree: str
    near: Near
    condition: Condition
    page: Condition

    @property
    def largest(self) -> float:
        return min(circle_of(self.near)[1], pi)

    @property
    def bounded(self) -> bool:
        return self.near.max_distance is not None

    def in_circle(self, radius: float) -> Condition:
        """Nearest first, of the places in the tree within `radius`."""
        possible = self._possible(radius)
        return self._page_of(
            f"SELECT row, distance FROM {self._with_objects(possible)}", possible.parameters
        )

    def everywhere(self) -> Condition:
        """Nearest first, of all that fit; an index of the other conditions may lead."""
        field = f"data->'{names.json_path(self.near.path.key)}'"
        return self._page_of(
            f"SELECT id AS row, {MATCHES}(?, {field}) AS distance FROM {self.objects}",
            (apsw.pyobject(_distance_in_field(self.near)),),
            "distance IS NOT NULL",
        )

    def sample(self, radius: float, most: int) -> Condition:
        """How many of the objects within `radius` were looked at, `most` at most, and how many of
        them fit."""
        possible = self._possible(radius)
        fits = "1" if self.condition is ALWAYS else f"({self.condition.sql}) IS TRUE"
        return Condition(
            f"SELECT count(*), total(fits) FROM"
            f" (SELECT {fits} AS fits FROM {self._with_objects(possible)} LIMIT ?)",
            (*self.condition.parameters, *possible.parameters, most),
        )

    def _with_objects(self, possible: Condition) -> str:
        """The rows that a condition is asked of; without one the tree alone will do."""
        source = f"({possible.sql})"
        if self.condition is ALWAYS:
            return source
        return f"{source} CROSS JOIN {self.objects} ON id = row"

    def _possible(self, radius: float) -> Condition:
        bounds = bounds_of_circle(self.near.point, radius)
        parts = [meeting(part) for part in (*bounds, _NOWHERE)[:2]]
        measure = apsw.pyobject(_distance_up_to(self.near.point, radius))
        each = f"SELECT id AS row, {AT_PLACE}(?, latitude, longitude) AS distance FROM {self.tree}"
        inside = " UNION ALL ".join(f"{each} WHERE {part.sql}" for part in parts)
        return Condition(
            f"SELECT row, distance FROM ({inside}) WHERE distance IS NOT NULL",
            tuple(value for part in parts for value in (measure, *part.parameters)),
        )

    def _page_of(
        self, source: str, parameters: tuple[Parameter, ...], measured: str = ""
    ) -> Condition:
        conditions = [] if self.condition is ALWAYS else [f"({self.condition.sql})"]
        conditions += [measured] if measured else []
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        page = f"{source}{where} ORDER BY distance, row{self.page.sql}"
        return Condition(
            f"SELECT {SELECTED} FROM ({page}) CROSS JOIN {self.objects} ON id = row"
            " ORDER BY distance, row",
            parameters + self.condition.parameters + self.page.parameters,
        )


def _distance_up_to(point: Position, radius: float) -> Distance:
    measure = distance_from(point)

    def distance(latitude: float, longitude: float) -> float | None:
        found = measure(latitude, longitude)
        return found if found is not None and found <= radius else None

    return distance


def _distance_in_field(near: Near) -> Callable[[str | None], float | None]:
    """Of the place or the polygon in the JSON text of a field."""
    to_place = _distance_up_to(*circle_of(near))

    def distance(text: str | None) -> float | None:
        value = None if text is None else orjson.loads(text)
        position = position_of(value)
        if position is not None:
            return to_place(position.latitude, position.longitude)
        polygon = SphericalPolygon.of(value)
        found = None if polygon is None else polygon.distance(near.point)
        return found if found is not None and found <= circle_of(near)[1] else None

    return distance


class _Rings:
    """Finds a radius within which enough objects fit, and not many times more."""

    def __init__(self, connection: apsw.Connection, search: _Search, wanted: int) -> None:
        self._connection = connection
        self._search = search
        self._wanted = wanted
        self._most = 50 + 4 * wanted
        """How many objects a circle may hold before it is no longer looked at to its end."""

    def radius(self) -> float | None:
        """`None` when it is not worth while to go by the tree."""
        largest = self._search.largest
        if self._search.bounded and self._sample(largest)[0] < self._most:
            return largest
        too_small, enough = 0.0, largest
        radius = min(_FIRST_RADIUS, largest)
        while True:
            seen, fitting = self._sample(radius)
            if fitting >= self._wanted:
                narrow = radius <= max(_FIRST_RADIUS, too_small * _NARROW_ENOUGH)
                if seen < self._most or narrow:
                    return radius
                enough = radius
                radius = sqrt(too_small * enough)
            elif seen >= self._most:
                self._most *= 8
                if self._most > _MOST_IN_VAIN:
                    return largest if self._search.bounded else None
            elif radius >= largest:
                return largest
            else:
                too_small = radius
                known = enough < largest
                radius = (
                    sqrt(radius * enough) if known else min(self._larger(radius, fitting), largest)
                )

    def _larger(self, radius: float, fitting: float) -> float:
        """Where as dense as within `radius`, twice as many as are wanted fit."""
        growth = sqrt(2 * self._wanted / fitting) if fitting else _GROWTH
        return radius * min(growth, _GROWTH)

    def _sample(self, radius: float) -> tuple[int, float]:
        statement = self._search.sample(radius, self._most)
        ((seen, fitting),) = self._connection.execute(
            statement.sql, statement.parameters
        ).fetchall()
        return cast("int", seen), cast("float", fitting)
