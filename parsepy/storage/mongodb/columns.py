"""How fields are called in a collection, and back (storage-mongodb sheet, sections 3 and 11)."""

import re
from typing import Final

from parsepy import errors
from parsepy.aggregation import stored_names
from parsepy.schema.classes import ClassSchema

POINTER_PREFIX: Final = stored_names.POINTER_PREFIX
AUTH_PREFIX: Final = stored_names.AUTH_PREFIX
READ_COLUMN: Final = "_rperm"
WRITE_COLUMN: Final = "_wperm"
ACL_COLUMN: Final = "_acl"

RENAMED: Final = {**stored_names.COMMON, **stored_names.SESSION}

INTERNAL_COLUMNS: Final = stored_names.SECRETS - set(stored_names.SESSION.values())
"""Columns that keep their name on both sides."""

# A column with any other name behind the prefix makes parse-server refuse the whole class.
_PROVIDER: Final = re.compile(r"[a-zA-Z0-9_]+")

CONFIG_CLASSES: Final = frozenset(("_GlobalConfig", "_GraphQLConfig"))
"""Their `_id` is an integer and their values are kept in REST form."""


class Columns:
    """The column names of one class."""

    __slots__ = ("_names", "class_name", "holds_auth_data", "is_config", "pointers")

    def __init__(self, schema: ClassSchema) -> None:
        self.class_name = schema.name
        self.pointers = schema.pointers
        self.holds_auth_data = schema.name == "_User"
        self.is_config = schema.name in CONFIG_CLASSES
        self._names = RENAMED | {field: POINTER_PREFIX + field for field in schema.pointers}

    def of(self, key: str) -> str:
        """The column of a field or of a dotted path."""
        column = self._names.get(key)
        if column is not None:
            return column
        if self.holds_auth_data and key.startswith("authData."):
            provider, dot, rest = key[len("authData.") :].partition(".")
            return auth_column(provider) + dot + rest
        return key

    def id(self, object_id: str) -> str | int:
        """The stored `_id`: an integer in the configuration classes."""
        return int(object_id) if self.is_config and object_id.isdecimal() else object_id

    def projection_of(self, field: str) -> tuple[str, ...]:
        """Every column that may hold the field: older data has other names for some."""
        if field == "ACL":
            return READ_COLUMN, WRITE_COLUMN
        column = self.of(field)
        if field == "expiresAt":
            return field, "_expiresAt"
        return (column,) if column == field else (column, field)


def auth_column(provider: str) -> str:
    if _PROVIDER.fullmatch(provider) is None:
        raise errors.invalid_field_name(f"authData.{provider}")
    return AUTH_PREFIX + provider


def field_of_column(column: str) -> str:
    """The field or dotted path that is stored in `column`, whatever the class."""
    field = _FIELDS.get(column)
    if field is not None:
        return field
    if column.startswith(POINTER_PREFIX):
        return column[len(POINTER_PREFIX) :]
    if column.startswith(AUTH_PREFIX):
        return "authData." + column[len(AUTH_PREFIX) :]
    return column


_FIELDS: Final = {column: field for field, column in RENAMED.items()}
