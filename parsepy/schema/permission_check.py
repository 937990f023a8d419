"""Whether a CLP that the schema API gets is well formed (rest-objects sheet, section 25)."""

import re
from collections.abc import Mapping
from typing import Final

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.protocol.field_types import FieldType
from parsepy.protocol.field_types import as_text as _shown
from parsepy.schema.class_permissions import OPERATIONS, POINTER_FIELDS, REQUIRES_AUTHENTICATION
from parsepy.schema.classes import COMMON_COLUMNS
from parsepy.types import JSONObject, JSONValue

_WHAT: Final = "class level permissions"
_USER_FIELDS: Final = ("readUserFields", "writeUserFields")
_USER_ID: Final = re.compile(r"[a-zA-Z0-9]+")
_ANY_ID: Final = re.compile(r"[^\n\r\u2028\u2029]+")
_ROLE: Final = re.compile(r"role:.*", re.DOTALL)
_USER_FIELD: Final = re.compile(r"userField:.*", re.DOTALL)


class PermissionCheck:
    """Raises 107 for the first thing wrong in a CLP of a class with `fields`."""

    def __init__(self, fields: Mapping[str, FieldType], *, custom_ids: bool) -> None:
        self._fields = fields
        self._custom_ids = custom_ids

    def check(self, permissions: JSONObject) -> None:
        for key, value in permissions.items():
            if key in _USER_FIELDS:
                self._user_fields(key, value)
            elif key == "protectedFields":
                self._protected_fields(value)
            elif key == "ACL":
                self._default_acl(value)
            elif key in OPERATIONS:
                self._operation(key, value)
            else:
                raise errors.invalid_json(f"{key} is not a valid operation for {_WHAT}")

    def _user_fields(self, key: str, value: JSONValue) -> None:
        if not isinstance(value, list):
            raise errors.invalid_json(
                f"'{_shown(value)}' is not a valid value for {_WHAT} {key} - must be an array"
            )
        for field in value:
            self._pointer_field(field, key)

    def _operation(self, operation: str, value: JSONValue) -> None:
        for entity, granted in _members(operation, value).items():
            self._entity(entity)
            if entity == POINTER_FIELDS:
                self._pointer_fields(operation, granted)
            elif granted is not True:
                raise errors.invalid_json(
                    f"'{_shown(granted)}' is not a valid value for {_WHAT} acl {operation}:{entity}"
                )

    def _pointer_fields(self, operation: str, value: JSONValue) -> None:
        if not isinstance(value, list):
            raise errors.invalid_json(
                f"'{_shown(value)}' is not a valid value for {operation}[{POINTER_FIELDS}]"
                " - expected an array."
            )
        for field in value:
            self._pointer_field(field, "[object Object]")

    def _pointer_field(self, field: JSONValue, where: str) -> None:
        type_ = self._fields.get(field) if isinstance(field, str) else None
        fits = type_ is not None and (
            type_.name == "Array" or type_ == FieldType("Pointer", "_User")
        )
        if not fits:
            raise errors.invalid_json(
                f"'{_shown(field)}' is not a valid column for class level pointer permissions"
                f" {where}"
            )

    def _protected_fields(self, value: JSONValue) -> None:
        for group, fields in _members("protectedFields", value).items():
            if _USER_FIELD.fullmatch(group) is None:
                self._entity(group, operation=False)
            if not isinstance(fields, list):
                raise errors.invalid_json(
                    f"'{_shown(fields)}' is not a valid value for protectedFields[{group}]"
                    " - expected an array."
                )
            for field in fields:
                self._protected_field(group, field)

    def _protected_field(self, group: str, field: JSONValue) -> None:
        if field in COMMON_COLUMNS:
            raise errors.invalid_json(f"Default field '{field}' can not be protected")
        if not isinstance(field, str) or field not in self._fields:
            raise errors.invalid_json(
                f"Field '{_shown(field)}' in protectedFields:{group} does not exist"
            )

    def _default_acl(self, value: JSONValue) -> None:
        for entity, flags in _members("ACL", value).items():
            self._entity(entity)
            if not isinstance(flags, dict):
                raise _bad_in_acl("value", flags)
            bad_flags: list[JSONValue] = [key for key in flags if key not in ("read", "write")]
            if bad_flags:
                raise _bad_in_acl("key", bad_flags)
            bad_values = [granted for granted in flags.values() if not isinstance(granted, bool)]
            if bad_values:
                raise _bad_in_acl("value", bad_values)

    def _entity(self, entity: str, *, operation: bool = True) -> None:
        if entity == "*" or _ROLE.fullmatch(entity):
            return
        if operation and entity in (REQUIRES_AUTHENTICATION, POINTER_FIELDS):
            return
        if (_ANY_ID if self._custom_ids else _USER_ID).fullmatch(entity):
            return
        raise errors.invalid_json(f"'{entity}' is not a valid key for {_WHAT}")


def _members(key: str, value: JSONValue) -> JSONObject:
    """The entries of a map; an array has its positions for keys, as in JavaScript."""
    if isinstance(value, list):
        return {str(place): item for place, item in enumerate(value)}
    if not isinstance(value, dict):
        raise errors.invalid_json(
            f"'{_shown(value)}' is not a valid value for {_WHAT} {key} - must be an object"
        )
    return value


def _bad_in_acl(what: str, found: JSONValue) -> ParseError:
    return errors.invalid_json(f"'{_shown(found)}' is not a valid {what} for {_WHAT} acl")
