"""`Query`: a find as a trigger sees and changes it."""

from copy import deepcopy

from parsepy.cloud import values
from parsepy.types import JSONObject


class Query:
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

    def equal_to(self, key: str, value: object) -> "Query":
        self.where[key] = values.encode(value)
        return self

    def constrain(self, key: str, operator: str, value: object) -> "Query":
        """`query.constrain("score", "$gt", 10)`"""
        present = self.where.get(key)
        constraints = present if isinstance(present, dict) and _are_constraints(present) else {}
        self.where[key] = {**constraints, operator: values.encode(value)}
        return self

    def to_json(self) -> JSONObject:
        return deepcopy(self.json)


def _are_constraints(value: JSONObject) -> bool:
    return all(name.startswith("$") for name in value)
