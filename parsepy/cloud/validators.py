"""Validators: what has to be true before a function or trigger runs (cloud-code sheet, section 5).

`validator_from` reads the form in which parse-server has them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from parsepy.types import MISSING, JSONValue, Missing

Names: TypeAlias = Sequence[str] | Callable[[], Sequence[str] | Awaitable[Sequence[str]]]
ValidatorFunction: TypeAlias = Callable[[Any], object | Awaitable[object]]
"""Is called with the request, and refuses by raising."""

TYPES: Final[Mapping[object, str]] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a parameter, a field of the object or one of the user has to be.

    `type` is one of `TYPES`' keys, or a name among its values. `options` is one value, several, or
    a function that says of a value whether it is good, or raises. `constant` is for triggers.
    """

    type: object = None
    constant: bool = False
    default: JSONValue = None
    options: JSONValue | Callable[[object], object] | Missing = MISSING
    required: bool = False
    error: str | None = None

    @property
    def type_name(self) -> str | None:
        if self.type is None:
            return None
        return self.type.lower() if isinstance(self.type, str) else TYPES.get(self.type, "object")


Fields: TypeAlias = Sequence[str] | Mapping[str, Field | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    require_user: bool = False
    require_master: bool = False
    require_any_user_roles: Names = ()
    require_all_user_roles: Names = ()
    require_user_keys: Sequence[str] | Mapping[str, Field] = ()
    fields: Fields = ()
    """Names that are needed, or names with what they have to be."""
    validate_master_key: bool = False
    """Judges callers with the master key too."""
    skip_with_master_key: bool = False
    """With the master key a trigger is left out."""
    rate_limit: Mapping[str, object] | None = None
    """A rule of option `rateLimit` without its path."""
    function: ValidatorFunction | None = field(default=None, repr=False)
    """Decides alone; the rest does not count then."""


class InvalidValidator(ValueError):
    """A validator that cannot be; the message is parse-server's."""


_KEYS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "requireUser": ("require_user", ("boolean",)),
    "requireMaster": ("require_master", ("boolean",)),
    "requireAnyUserRoles": ("require_any_user_roles", ("array", "function")),
    "requireAllUserRoles": ("require_all_user_roles", ("array", "function")),
    "requireUserKeys": ("require_user_keys", ("array", "object")),
    "fields": ("fields", ("array", "object")),
    "validateMasterKey": ("validate_master_key", ("boolean",)),
    "skipWithMasterKey": ("skip_with_master_key", ("boolean",)),
    "rateLimit": ("rate_limit", ("object",)),
}
_FIELD_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "type": ("any",),
    "constant": ("boolean",),
    "default": ("any",),
    "options": ("array", "function", "any"),
    "required": ("boolean",),
    "error": ("string",),
}


def validator_from(given: Mapping[str, Any]) -> Validator:
    """From parse-server's form: `{"requireUser": True, "fields": {"a": {"type": …}}}`.

    Raises `InvalidValidator`.
    """
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in _KEYS:
            raise _unsupported(key)
        name, expected = _KEYS[key]
        _check_type(key, value, expected)
        values[name] = _fields_from(value) if key in ("fields", "requireUserKeys") else value
    return Validator(**values)


def _fields_from(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        name: _field_from(given) if isinstance(given, Mapping) else given
        for name, given in value.items()
    }


def _field_from(given: Mapping[str, Any]) -> Field:
    for key, value in given.items():
        if key not in _FIELD_KEYS:
            raise _unsupported(key)
        _check_type(key, value, _FIELD_KEYS[key])
    return Field(**given)


def _check_type(key: str, value: object, expected: tuple[str, ...]) -> None:
    if "any" in expected or (actual := _kind(value)) in expected:
        return
    raise InvalidValidator(
        f"Invalid type for Cloud Function validation key {key}."
        f" Expected {'|'.join(expected)}, actual {actual}"
    )


def _kind(value: object) -> str:
    if callable(value):
        return "function"
    return js_type(value)


def js_type(value: object) -> str:
    """What JavaScript calls it, a list apart."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list | tuple) else "object"


def _unsupported(key: str) -> InvalidValidator:
    return InvalidValidator(f"{key} is not a supported parameter for Cloud Function validations.")
