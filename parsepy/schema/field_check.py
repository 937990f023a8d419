"""Field definitions of the schema API: from JSON, checked, and back."""

from typing import Final

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.protocol import values
from parsepy.protocol.field_types import PLAIN_TYPES, TARGETED_TYPES, FieldType, type_of
from parsepy.schema.classes import Field
from parsepy.schema.system_classes import is_valid_class_name
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_OPTIONED: Final = ("required", "defaultValue")


def read_field(class_name: str, name: str, definition: JSONValue) -> Field:
    """`{"type": "Pointer", "targetClass": "A"}` as a `Field`. Raises 103, 107, 111, 135."""
    if not isinstance(definition, dict):
        raise errors.invalid_json("invalid JSON")
    type_ = _read_type(definition)
    default = definition.get("defaultValue", MISSING)
    field = Field(type_, bool(definition.get("required")), default)
    _check_options(class_name, name, field, definition)
    return field


def storable(field: Field) -> Field:
    """The field if its default can be a value. It is kept as it was sent, and becomes canonical
    where an object takes it. Raises 111, 121."""
    if not isinstance(field.default, Missing):
        canonical(field)
        values.clean(field.default)
    return field


def canonical(field: Field) -> Field:
    """One form for all that mean the same default. A File's address is part of it."""
    if isinstance(field.default, Missing):
        return field
    clean = values.clean_nested if field.type.name == "File" else values.clean
    return Field(field.type, field.required, clean(field.default))


def is_deletion(definition: JSONValue) -> bool:
    return isinstance(definition, dict) and definition.get("__op") == "Delete"


def write_field(field: Field) -> JSONObject:
    written: JSONObject = {"type": field.type.name}
    if field.type.target_class is not None:
        written["targetClass"] = field.type.target_class
    if field.required:
        written["required"] = True
    if not isinstance(field.default, Missing):
        written["defaultValue"] = field.default
    return written


def invalid_class_name(class_name: str) -> ParseError:
    return ParseError(
        Code.INVALID_CLASS_NAME,
        f"Invalid classname: {class_name}, classnames can only have alphanumeric characters"
        " and _, and must start with an alpha character ",
    )


def _read_type(definition: JSONObject) -> FieldType:
    name = definition.get("type")
    if not isinstance(name, str):
        raise errors.invalid_json("invalid JSON")
    if name in TARGETED_TYPES:
        return FieldType(name, _target(name, definition))
    if name not in PLAIN_TYPES or name == "ACL":
        raise errors.incorrect_type(f"invalid field type: {name}")
    return FieldType(name)


def _target(type_name: str, definition: JSONObject) -> str:
    target = definition.get("targetClass")
    if not target and not isinstance(target, dict | list):
        raise ParseError(Code.MISSING_REQUIRED_FIELD, f"type {type_name} needs a class name")
    if not isinstance(target, str):
        raise errors.invalid_json("invalid JSON")
    if not is_valid_class_name(target):
        raise invalid_class_name(target)
    return target


def _check_options(class_name: str, name: str, field: Field, definition: JSONObject) -> None:
    if field.type.name == "Relation":
        _check_default(class_name, name, field)
        for option, shown in (("defaultValue", "default value"), ("required", "required")):
            if definition.get(option):
                raise errors.incorrect_type(
                    f"The '{shown}' option is not applicable for {field.type}"
                )
        return
    _check_default(class_name, name, field)


def _check_default(class_name: str, name: str, field: Field) -> None:
    if isinstance(field.default, Missing):
        return
    actual = type_of(field.default)
    if actual is None:
        raise errors.incorrect_type(
            f"schema mismatch for {class_name}.{name} default value; expected {field.type}"
            " but got null"
        )
    if actual != field.type:
        raise errors.incorrect_type(
            f"schema mismatch for {class_name}.{name} default value; expected {field.type}"
            f" but got {actual}"
        )
