"""Objects → documents: what a pipeline sees where the store does not hold documents itself."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from parsepy.aggregation.stored_names import AUTH_PREFIX, COMMON, POINTER_PREFIX, SESSION
from parsepy.protocol import values
from parsepy.query.stored import stored_value
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject, JSONValue, ParseObject

_INTEGER_IDS: Final = frozenset(("_GlobalConfig", "_GraphQLConfig"))


class Documents:
    """Makes the documents of one class, with the columns in MongoDB's layout."""

    __slots__ = ("_class_name", "_pointers")

    def __init__(self, schema: ClassSchema) -> None:
        self._class_name = schema.name
        self._pointers = schema.pointers

    def document(self, found: ParseObject) -> JSONObject:
        """The document of an object without its `ACL`. Shares parts with the object."""
        document: JSONObject = {"_id": self._id(cast("str", found["objectId"]))}
        for name, value in found.items():
            if name in COMMON:
                continue
            if name == "authData" and self._class_name == "_User":
                document |= _auth_columns(value)
            else:
                document[self._column(name, value)] = stored_value(value)
        for name in ("createdAt", "updatedAt"):
            if name in found:
                document[COMMON[name]] = values.date(cast("str", found[name]))
        return document

    def _id(self, object_id: str) -> JSONValue:
        is_number = self._class_name in _INTEGER_IDS and object_id.isdecimal()
        return int(object_id) if is_number else object_id

    def _column(self, name: str, value: JSONValue) -> str:
        # A null has no class to point to: it stands under the field's own name.
        if name in self._pointers and value is not None:
            return POINTER_PREFIX + name
        return SESSION.get(name, name)


def permission_columns(readers: Sequence[str], writers: Sequence[str]) -> JSONObject:
    """The columns of an object that has an ACL."""
    entries: dict[str, JSONValue] = {entry: {"w": True} for entry in writers}
    for entry in readers:
        entries[entry] = {**cast("JSONObject", entries.get(entry, {})), "r": True}
    return {"_wperm": [*writers], "_rperm": [*readers], "_acl": entries}


def _auth_columns(value: JSONValue) -> JSONObject:
    providers: Mapping[str, JSONValue] = value if isinstance(value, dict) else {}
    return {
        AUTH_PREFIX + provider: data for provider, data in providers.items() if data is not None
    }
