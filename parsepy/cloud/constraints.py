"""What a query asks for, as it goes over the wire; every method gives back the query itself."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final, Self

from parsepy.cloud import values
from parsepy.cloud.geo import EARTH_RADIUS_KM, EARTH_RADIUS_MILES, GeoPoint, Polygon
from parsepy.types import JSONObject, JSONValue

_UNITS: Final = {"radians": 1.0, "kilometers": EARTH_RADIUS_KM, "miles": EARTH_RADIUS_MILES}


class Constraints:
    """`json` is the query as it goes over the wire: `where`, `limit`, `skip`, `order`, `keys`,
    `excludeKeys`, `include`, …"""

    __slots__ = ("class_name", "json")

    def __init__(self, class_name: str, json: JSONObject | None = None) -> None:
        self.class_name = class_name
        self.json: JSONObject = json if json is not None else {"where": {}}

    @property
    def where(self) -> JSONObject:
        """The constraints themselves: what is changed in them is changed in the query."""
        found = self.json.get("where")
        if not isinstance(found, dict):
            found = self.json["where"] = {}
        return found

    def to_json(self) -> JSONObject:
        return deepcopy(self.json)

    # -- values

    def equal_to(self, key: str, value: object) -> Self:
        """Also: that a list has `value` among its elements; `None`: that there is no value."""
        self.where[key] = values.encode(value)
        return self

    def not_equal_to(self, key: str, value: object) -> Self:
        return self.constrain(key, "$ne", value)

    def less_than(self, key: str, value: object) -> Self:
        return self.constrain(key, "$lt", value)

    def less_than_or_equal_to(self, key: str, value: object) -> Self:
        return self.constrain(key, "$lte", value)

    def greater_than(self, key: str, value: object) -> Self:
        return self.constrain(key, "$gt", value)

    def greater_than_or_equal_to(self, key: str, value: object) -> Self:
        return self.constrain(key, "$gte", value)

    def contained_in(self, key: str, options: Sequence[object]) -> Self:
        return self.constrain(key, "$in", list(options))

    def not_contained_in(self, key: str, options: Sequence[object]) -> Self:
        return self.constrain(key, "$nin", list(options))

    def contained_by(self, key: str, options: Sequence[object]) -> Self:
        """That a list has no element but these."""
        return self.constrain(key, "$containedBy", list(options))

    def contains_all(self, key: str, items: Sequence[object]) -> Self:
        return self.constrain(key, "$all", list(items))

    def contains_all_starting_with(self, key: str, beginnings: Sequence[str]) -> Self:
        return self.constrain(key, "$all", [{"$regex": _beginning(each)} for each in beginnings])

    def exists(self, key: str) -> Self:
        return self.constrain(key, "$exists", True)

    def does_not_exist(self, key: str) -> Self:
        return self.constrain(key, "$exists", False)

    # -- texts

    def matches(self, key: str, pattern: str, flags: str = "") -> Self:
        """A regular expression; `flags` are some of `imxs`."""
        self.constrain(key, "$regex", pattern)
        return self.constrain(key, "$options", flags) if flags else self

    def starts_with(self, key: str, text: str) -> Self:
        return self.constrain(key, "$regex", _beginning(text))

    def ends_with(self, key: str, text: str) -> Self:
        return self.constrain(key, "$regex", f"{_quoted(text)}$")

    def contains(self, key: str, text: str) -> Self:
        return self.constrain(key, "$regex", _quoted(text))

    def full_text(
        self,
        key: str,
        term: str,
        *,
        language: str | None = None,
        case_sensitive: bool | None = None,
        diacritic_sensitive: bool | None = None,
    ) -> Self:
        search: dict[str, object] = {"$term": term}
        given = {
            "$language": language,
            "$caseSensitive": case_sensitive,
            "$diacriticSensitive": diacritic_sensitive,
        }
        search.update({name: value for name, value in given.items() if value is not None})
        return self.constrain(key, "$text", {"$search": search})

    def sort_by_text_score(self) -> Self:
        return self.ascending("$score").select("$score")

    # -- other objects

    def matches_query(self, key: str, query: "Constraints") -> Self:
        """That the Pointer in `key` leads to an object of `query`."""
        return self.constrain(key, "$inQuery", query._as_subquery())

    def does_not_match_query(self, key: str, query: "Constraints") -> Self:
        return self.constrain(key, "$notInQuery", query._as_subquery())

    def matches_key_in_query(self, key: str, query_key: str, query: "Constraints") -> Self:
        """That the value in `key` is the one in `query_key` of an object of `query`."""
        return self.constrain(key, "$select", {"key": query_key, "query": query._as_subquery()})

    def does_not_match_key_in_query(self, key: str, query_key: str, query: "Constraints") -> Self:
        return self.constrain(key, "$dontSelect", {"key": query_key, "query": query._as_subquery()})

    def related_to(self, owner: values.HasPointer, key: str) -> Self:
        """That the object is in the relation `key` of `owner`."""
        self.where["$relatedTo"] = {"object": owner.to_pointer(), "key": key}
        return self

    # -- places

    def near(
        self,
        key: str,
        point: GeoPoint,
        max_distance: float | None = None,
        unit: str = "radians",
        *,
        ordered: bool = True,
    ) -> Self:
        """Nearest first, unless not `ordered`. `unit` is `radians`, `kilometers` or `miles`."""
        if max_distance is None:
            return self.constrain(key, "$nearSphere", point)
        angle = max_distance / _UNITS[unit]
        if ordered:
            return self.constrain(key, "$nearSphere", point).constrain(key, "$maxDistance", angle)
        return self.constrain(key, "$geoWithin", {"$centerSphere": [point, angle]})

    def within_geo_box(self, key: str, southwest: GeoPoint, northeast: GeoPoint) -> Self:
        return self.constrain(key, "$within", {"$box": [southwest, northeast]})

    def within_polygon(self, key: str, polygon: Polygon | Sequence[GeoPoint]) -> Self:
        corners = polygon.points if isinstance(polygon, Polygon) else polygon
        return self.constrain(key, "$geoWithin", {"$polygon": list(corners)})

    def polygon_contains(self, key: str, point: GeoPoint) -> Self:
        return self.constrain(key, "$geoIntersects", {"$point": point})

    # -- any

    def constrain(self, key: str, operator: str, value: object) -> Self:
        """`query.constrain("score", "$gt", 10)`"""
        present = self.where.get(key)
        constraints = present if isinstance(present, dict) and _are_constraints(present) else {}
        self.where[key] = {**constraints, operator: values.encode(value)}
        return self

    # -- what comes, and in which order

    def select(self, *keys: str) -> Self:
        return self._list("keys", keys)

    def exclude(self, *keys: str) -> Self:
        return self._list("excludeKeys", keys)

    def include(self, *keys: str) -> Self:
        """Pointers that are replaced by their objects; `"*"`: all."""
        return self._list("include", keys)

    def ascending(self, *keys: str) -> Self:
        self.json["order"] = ",".join(keys)
        return self

    def descending(self, *keys: str) -> Self:
        self.json["order"] = ",".join(f"-{key}" for key in keys)
        return self

    def add_ascending(self, *keys: str) -> Self:
        return self._list("order", keys)

    def add_descending(self, *keys: str) -> Self:
        return self._list("order", [f"-{key}" for key in keys])

    def limit(self, most: int) -> Self:
        self.json["limit"] = most
        return self

    def skip(self, first: int) -> Self:
        self.json["skip"] = first
        return self

    # -- how it is run

    def hint(self, index: str | JSONObject) -> Self:
        self.json["hint"] = index
        return self

    def comment(self, text: str) -> Self:
        self.json["comment"] = text
        return self

    def read_preference(
        self, objects: str, *, includes: str | None = None, subqueries: str | None = None
    ) -> Self:
        self.json["readPreference"] = objects
        if includes is not None:
            self.json["includeReadPreference"] = includes
        if subqueries is not None:
            self.json["subqueryReadPreference"] = subqueries
        return self

    # -- parts

    def _list(self, name: str, keys: Sequence[str]) -> Self:
        present = self.json.get(name)
        listed = present.split(",") if isinstance(present, str) and present else []
        self.json[name] = ",".join([*listed, *keys])
        return self

    def _as_subquery(self) -> JSONObject:
        names = ("where", "limit", "skip", "order")
        described: JSONObject = {name: self.json[name] for name in names if name in self.json}
        return deepcopy({**described, "className": self.class_name})


def combined(operator: str, queries: Sequence[Constraints]) -> Mapping[str, Any]:
    """The class and the `where` of several queries together. Raises `ValueError` unless they are
    of one class."""
    names = {query.class_name for query in queries}
    if len(names) != 1:
        raise ValueError("All queries must be for the same class.")
    children: list[JSONValue] = [deepcopy(query.where) for query in queries]
    return {"class_name": names.pop(), "json": {"where": {operator: children}}}


def _are_constraints(value: JSONObject) -> bool:
    return all(name.startswith("$") for name in value)


def _beginning(text: str) -> str:
    return f"^{_quoted(text)}"


def _quoted(text: str) -> str:
    """As SDKs quote: stores find a beginning in an index by that."""
    return "\\Q" + text.replace("\\E", "\\E\\\\E\\Q") + "\\E"
