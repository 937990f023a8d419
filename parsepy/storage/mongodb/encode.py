"""A new object → its document, with the columns in parse-server's order."""

from collections.abc import Callable
from typing import Final, TypeAlias

from parsepy import errors
from parsepy.protocol import acl
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import INTERNAL_DATE_COLUMNS
from parsepy.storage.mongodb.columns import (
    ACL_COLUMN,
    INTERNAL_COLUMNS,
    POINTER_PREFIX,
    READ_COLUMN,
    WRITE_COLUMN,
    Columns,
    auth_column,
)
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.values import (
    encode_date_or_text,
    encode_field,
    encode_verbatim,
)
from parsepy.types import JSONValue, ParseObject

DATE_FIELDS: Final = INTERNAL_DATE_COLUMNS | {"createdAt", "updatedAt", "lastUsed"}
"""Fields that are dates in every class, given as bare ISO text or as a typed Date."""

_PLAIN: Final = frozenset((str, bool, type(None)))
_Encode: TypeAlias = Callable[[JSONValue], object]
_Write: TypeAlias = Callable[[Document, JSONValue], None]


class Encoder:
    """Makes the documents of one class. Does not change the objects it is given."""

    __slots__ = ("_holds_auth_data", "_writers")

    def __init__(self, schema: ClassSchema, columns: Columns) -> None:
        self._holds_auth_data = columns.holds_auth_data
        self._writers = _writers_by_field(schema, columns)

    def encode(self, document: ParseObject) -> Document:
        """Raises 105, 111."""
        encoded: Document = {}
        writers = self._writers
        for field, value in document.items():
            write = writers.get(field)
            if write is not None:
                write(encoded, value)
            elif field[:1] == "_":
                # parse-server refuses to read a class with a column that it does not know.
                raise errors.invalid_field_name(field)
            elif type(value) in _PLAIN:
                encoded[field] = value
            else:
                _write_unknown_type(encoded, field, value)
        self._write_end(encoded, document)
        return encoded

    def _write_end(self, encoded: Document, document: ParseObject) -> None:
        """The columns that parse-server puts behind the fields."""
        access = document.get("ACL")
        if isinstance(access, dict):
            readers, writers = acl.to_lists(access)
            encoded[WRITE_COLUMN] = writers
            encoded[READ_COLUMN] = readers
        if self._holds_auth_data:
            _write_auth_data(encoded, document.get("authData"))
        if isinstance(access, dict):
            encoded[ACL_COLUMN] = legacy_acl(readers, writers)
        for field, column in (("createdAt", "_created_at"), ("updatedAt", "_updated_at")):
            if field in document:
                encoded[column] = encode_date_or_text(document[field])


def legacy_acl(readers: list[str], writers: list[str]) -> dict[str, dict[str, bool]]:
    """The mirror `_acl`, which parse-server writes beside the two lists and never reads."""
    entries = {entry: {"w": True} for entry in writers}
    for entry in readers:
        entries.setdefault(entry, {})["r"] = True
    return entries


def _writers_by_field(schema: ClassSchema, columns: Columns) -> dict[str, _Write]:
    encoders: dict[str, _Encode] = {
        **dict.fromkeys(INTERNAL_COLUMNS, encode_field),
        **dict.fromkeys(("sessionToken", "timesUsed"), encode_field),
        **dict.fromkeys(DATE_FIELDS, encode_date_or_text),
    }
    if columns.is_config:
        encoders |= dict.fromkeys(schema.types, encode_verbatim)
    writers = {field: _column(columns.of(field), encode) for field, encode in encoders.items()}
    writers["objectId"] = _id(columns)
    writers |= {field: _pointer(field, columns.of(field)) for field in columns.pointers}
    at_the_end = [
        "ACL",
        "createdAt",
        "updatedAt",
        *(["authData"] if columns.holds_auth_data else []),
    ]
    return writers | dict.fromkeys([*at_the_end, *schema.relations], _write_nothing)


def _column(column: str, encode: _Encode) -> _Write:
    def write(encoded: Document, value: JSONValue) -> None:
        encoded[column] = encode(value)

    return write


def _id(columns: Columns) -> _Write:
    def write(encoded: Document, value: JSONValue) -> None:
        encoded["_id"] = columns.id(value) if isinstance(value, str) else value

    return write


def _pointer(field: str, column: str) -> _Write:
    def write(encoded: Document, value: JSONValue) -> None:
        # A null has no class to point to: parse-server keeps it under the field's own name.
        encoded[field if value is None else column] = encode_field(value)

    return write


def _write_nothing(_encoded: Document, _value: JSONValue) -> None:
    return None


def _write_unknown_type(encoded: Document, field: str, value: JSONValue) -> None:
    type_name = value.get("__type") if isinstance(value, dict) else None
    if type_name == "Pointer":
        encoded[POINTER_PREFIX + field] = encode_field(value)
    elif type_name != "Relation":
        encoded[field] = encode_field(value)


def _write_auth_data(encoded: Document, auth_data: JSONValue) -> None:
    if not isinstance(auth_data, dict):
        return
    for provider, data in auth_data.items():
        if data is not None:
            encoded[auth_column(provider)] = encode_verbatim(data)
