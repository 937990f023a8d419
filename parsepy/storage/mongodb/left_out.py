"""Which columns of a document are part of no object: what a reader of objects never sees.

parse-server drops some of them silently and refuses to read a class for others.
"""

from math import isfinite
from typing import Any, Final

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

OWN_COLUMNS: Final = frozenset(
    (*RENAMED.values(), *INTERNAL_COLUMNS, ACL_COLUMN, READ_COLUMN, WRITE_COLUMN, "_expiresAt")
)
"""Columns of objects of every class that are not called as a field."""

_HIDDEN_FIELDS: Final = frozenset(("objectId", "ACL"))
_SCALARS: Final = frozenset((str, bool, int, type(None)))


class LeftOut:
    """Finds them in the documents of one class."""

    def __init__(self, schema: ClassSchema, columns: Columns) -> None:
        self._holds_auth_data = columns.holds_auth_data
        self._pointers = {columns.of(field) for field in columns.pointers}
        self._hidden = _HIDDEN_FIELDS.union(schema.relations)
        if self._holds_auth_data:
            self._hidden |= {"authData"}

    def of(self, document: Document) -> tuple[str, ...]:
        return tuple(
            column for column, value in document.items() if self._is_left_out(column, value)
        )

    def _is_left_out(self, column: str, value: Any) -> bool:
        if column[:1] != "_":
            return column in self._hidden or _is_unspeakable(value)
        if column in OWN_COLUMNS:
            return column in (READ_COLUMN, WRITE_COLUMN) and not _is_permission_list(value)
        if column in self._pointers:
            return value is not None and not (isinstance(value, str) and "$" in value)
        if self._holds_auth_data and column.startswith(AUTH_PREFIX):
            return _is_unspeakable(value)
        return True


def _is_permission_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_unspeakable(value: Any) -> bool:
    """Whether JSON has no word for some number in it: NaN and the infinities become null."""
    kind = type(value)
    if kind in _SCALARS:
        return False
    if kind is float:
        return not isfinite(value)
    if kind is dict:
        return any(map(_is_unspeakable, value.values()))
    return kind is list and any(map(_is_unspeakable, value))
