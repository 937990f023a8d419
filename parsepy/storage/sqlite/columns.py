"""Where a field's value stands in a row, and what a value of a `where` is compared as there.

Only fields whose schema type is a scalar have an SQL expression; what is stored in them is of that
type or null, as schema enforcement saw to it.
"""

from typing import Final, cast

from parsepy.protocol.field_types import ARRAY, BOOLEAN, DATE, NUMBER, STRING, FieldType
from parsepy.query.stored import BOOLEAN as BOOLEAN_KIND
from parsepy.query.stored import DATE as DATE_KIND
from parsepy.query.stored import NUMBER as NUMBER_KIND
from parsepy.query.stored import TEXT as TEXT_KIND
from parsepy.query.stored import Stored, kind
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_join
from parsepy.storage.base import INTERNAL_DATE_COLUMNS
from parsepy.storage.sqlite import names
from parsepy.types import MISSING, JSONObject, Missing

OWN_COLUMNS: Final = frozenset(("objectId", "createdAt", "updatedAt"))
JOIN_COLUMNS: Final = frozenset(("owningId", "relatedId"))
PERMISSION_COLUMNS: Final = {"_rperm": "readers", "_wperm": "writers"}

_INTERNAL_TYPES: Final[dict[str, FieldType]] = {
    **dict.fromkeys("_hashed_password _email_verify_token _perishable_token".split(), STRING),
    **dict.fromkeys(INTERNAL_DATE_COLUMNS, DATE),
    "_failed_login_count": NUMBER,
    "_password_history": ARRAY,
}
_ALIASES: Final = {"_session_token": "sessionToken"}
# What of a typed value is compared; everything else of it follows from the schema.
_PARTS: Final = {
    "String": "",
    "Number": "",
    "Boolean": "",
    "Date": ".iso",
    "Pointer": ".objectId",
    "File": ".name",
}
_KINDS: Final = {
    STRING.name: TEXT_KIND,
    NUMBER.name: NUMBER_KIND,
    BOOLEAN.name: BOOLEAN_KIND,
    DATE.name: DATE_KIND,
    "Pointer": TEXT_KIND,
    "File": TEXT_KIND,
}


def stored_name(field: str) -> str:
    return _ALIASES.get(field, field)


def type_of(schema: ClassSchema, field: str) -> FieldType | None:
    """The type that every value of the root field has."""
    if field in JOIN_COLUMNS and is_join(schema.name):
        return STRING
    return schema.type_of(field) or _INTERNAL_TYPES.get(field)


def scalar(schema: ClassSchema, field: str, type_: FieldType | None) -> str | None:
    """An SQL expression that orders and equals like the stored value, if there is one."""
    if field in OWN_COLUMNS or (field in JOIN_COLUMNS and is_join(schema.name)):
        return field
    part = None if type_ is None else _PARTS.get(type_.name)
    return None if part is None else f"data->>'{names.json_path(field + part)}'"


def presence(field: str) -> str:
    """An SQL expression that is NULL exactly when the object does not have the root field."""
    return field if field in OWN_COLUMNS else f"json_type(data, '{names.json_path(field)}')"


def operand(type_: FieldType, value: Stored) -> str | int | float | Missing:
    """What `scalar` is compared with; `MISSING` when nothing stored there can equal `value`."""
    if kind(value) != _KINDS.get(type_.name):
        return MISSING
    if type_.name == "Date":
        return cast("str", cast("JSONObject", value)["iso"])
    if type_.name == "Pointer":
        class_name, _, object_id = cast("str", value).partition("$")
        return object_id if class_name == type_.target_class else MISSING
    return cast("str | int | float", value)
