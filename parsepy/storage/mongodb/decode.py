"""A document → its object in REST form (storage-mongodb sheet, section 5).

Liberal, since databases carry what earlier versions wrote. An unknown column with an underscore
is left out; parse-server refuses the whole query for it.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.columns import (
    ACL_COLUMN,
    AUTH_PREFIX,
    INTERNAL_COLUMNS,
    READ_COLUMN,
    RENAMED,
    WRITE_COLUMN,
    Columns,
)
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.read_values import (
    PLAIN,
    read_bytes,
    read_date,
    read_file,
    read_geo_point,
    read_iso,
    read_nested,
    read_polygon,
)
from parsepy.types import JSONObject, JSONValue, ParseObject

_Read: TypeAlias = Callable[[Any], JSONValue]
_Store: TypeAlias = Callable[[ParseObject, Any], None]

_READS: Final[dict[str, _Read | None]] = {
    "String": None,
    "Number": None,
    "Boolean": None,
    "Object": None,
    "Array": None,
    "Date": read_date,
    "Bytes": read_bytes,
    "File": read_file,
    "GeoPoint": read_geo_point,
    "Polygon": read_polygon,
}
"""By field type; `None` for what is read by its BSON type alone."""

_NEVER_READ: Final = ("objectId", "ACL", ACL_COLUMN)


class Decoder:
    """Makes the objects of one class. Takes the documents over: they are changed.

    This runs for every row of every answer: what most documents have is taken out first, a
    column is looked up once, and a value that needs nothing done costs no call.
    """

    __slots__ = ("_holds_auth_data", "_pointers", "_reads", "_stores")

    def __init__(self, schema: ClassSchema, columns: Columns) -> None:
        self._holds_auth_data = columns.holds_auth_data
        self._reads = _reads_by_column(schema)
        self._pointers = {columns.of(field): field for field in columns.pointers}
        self._stores = _stores_by_column(schema, columns)

    def decode(self, document: Document) -> ParseObject:
        take = document.pop
        decoded = _identity(take("_id"), take("_created_at", None), take("_updated_at", None))
        readers, writers = take(READ_COLUMN, None), take(WRITE_COLUMN, None)
        reads, pointers = self._reads, self._pointers
        for column, value in document.items():
            read = reads.get(column, _unknown)
            if read is None:
                decoded[column] = value if type(value) in PLAIN else read_nested(value)
            elif read is not _unknown:
                decoded[column] = read(value)
            elif column in pointers:
                _add_pointer(decoded, pointers[column], value)
            else:
                self._read_other(decoded, column, value)
        if readers is not None or writers is not None:
            _add_acl(decoded, readers, writers)
        return decoded

    def _read_other(self, decoded: ParseObject, column: str, value: Any) -> None:
        store = self._stores.get(column)
        if store is not None:
            store(decoded, value)
        elif column[:1] != "_":
            decoded[column] = read_nested(value)
        elif self._holds_auth_data and column.startswith(AUTH_PREFIX):
            auth_data = cast("JSONObject", decoded.setdefault("authData", {}))
            auth_data[column[len(AUTH_PREFIX) :]] = read_nested(value)


def _reads_by_column(schema: ClassSchema) -> dict[str, _Read | None]:
    """For columns that are called as their field and hold nothing but it."""
    reads = {
        field: _READS[type_.name]
        for field, type_ in schema.types.items()
        if type_.name in _READS and field not in RENAMED and field not in _NEVER_READ
    }
    if schema.name == "_User":
        reads.pop("authData", None)
    return reads


def _stores_by_column(schema: ClassSchema, columns: Columns) -> dict[str, _Store]:
    """For columns that are called otherwise, hold a field in an older layout, or are no field."""
    stores = {column: _into(column, read_nested) for column in INTERNAL_COLUMNS}
    for field in ("lastUsed", "timesUsed", "sessionToken"):
        type_ = schema.type_of(field)
        read = (_READS.get(type_.name) if type_ else None) or read_nested
        stores[columns.of(field)] = _into(field, read)
        stores[field] = _into_if_absent(field, read)
    stores["_expiresAt"] = _into_if_absent("expiresAt", read_date)
    stores |= {field: _into_if_absent(field, read_nested) for field in columns.pointers}
    stores |= {field: _into_if_absent(field, read_iso) for field in ("createdAt", "updatedAt")}
    never = [*_NEVER_READ, *schema.relations]
    if columns.holds_auth_data:
        never.append("authData")
    return stores | dict.fromkeys(never, _store_nothing)


def _into(field: str, read: _Read) -> _Store:
    def store(decoded: ParseObject, value: Any) -> None:
        decoded[field] = read(value)

    return store


def _into_if_absent(field: str, read: _Read) -> _Store:
    """For an older layout: the column of today's layout wins, wherever it stands."""

    def store(decoded: ParseObject, value: Any) -> None:
        if field not in decoded:
            decoded[field] = read(value)

    return store


def _store_nothing(_decoded: ParseObject, _value: Any) -> None:
    return None


def _unknown(_value: Any) -> JSONValue:
    """Stands for a column that `_reads` does not know, since `None` has a meaning there."""
    return None


def _identity(object_id: Any, created: Any, updated: Any) -> ParseObject:
    decoded: ParseObject = {"objectId": object_id if type(object_id) is str else str(object_id)}
    if created is not None:
        decoded["createdAt"] = read_iso(created)
    if updated is not None:
        never_changed = updated == created
        decoded["updatedAt"] = decoded["createdAt"] if never_changed else read_iso(updated)
    return decoded


def _add_pointer(decoded: ParseObject, field: str, value: Any) -> None:
    if value is None:
        decoded[field] = None
    elif isinstance(value, str):
        class_name, separator, object_id = value.partition("$")
        if separator:
            decoded[field] = {
                "__type": "Pointer",
                "className": class_name,
                "objectId": object_id,
            }


def _add_acl(decoded: ParseObject, readers: Any, writers: Any) -> None:
    """One list alone closes the other side; neither being a list leaves the object public."""
    entries: dict[str, JSONObject] = {}
    if isinstance(readers, list):
        for entry in readers:
            entries[entry] = {"read": True}
    elif not isinstance(writers, list):
        return
    for entry in writers if isinstance(writers, list) else ():
        if entry in entries:
            entries[entry]["write"] = True
        else:
            entries[entry] = {"write": True}
    decoded["ACL"] = cast("JSONObject", entries)
