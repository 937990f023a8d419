"""The type check of the whole table, for everything without a message of its own."""

import re
from collections.abc import Iterable, Mapping

from parsepy.options.catalogue import OPTIONS
from parsepy.options.definition import Kind, Option
from parsepy.options.errors import OptionsError
from parsepy.options.validation.rules import is_array, is_boolean, is_number, is_object


def check_types(values: Mapping[str, object]) -> None:
    """Raises `OptionsError` for the first given option that is not what the table says."""
    _check(OPTIONS.values(), values, "")


def _check(options: Iterable[Option], values: Mapping[str, object], prefix: str) -> None:
    for option in options:
        value = values.get(option.name)
        if value is None:
            continue
        path = prefix + option.name
        if not matches(option.kind, value):
            raise OptionsError(f"Option {path} must be {_article(option.kind)} {option.kind}.")
        if option.members is not None:
            for element in value if is_array(value) else (value,):
                if is_object(element):
                    _check(option.members.options, element, f"{path}.")


def matches(kind: Kind, value: object) -> bool:
    """Whether `value` is of this kind; functions and objects may come from embedding code."""
    match kind:
        case Kind.BOOLEAN:
            return is_boolean(value)
        case Kind.NUMBER:
            return is_number(value)
        case Kind.STRING:
            return isinstance(value, str)
        case Kind.ARRAY:
            return is_array(value)
        case Kind.OBJECT:
            return is_object(value)
        case Kind.FUNCTION:
            return callable(value)
        case Kind.ADAPTER:
            return not (is_boolean(value) or is_number(value) or is_array(value))
        case _:
            return _matches_union(kind, value)


def _matches_union(kind: Kind, value: object) -> bool:
    match kind:
        case Kind.BOOLEAN_OR_FUNCTION:
            return is_boolean(value) or callable(value)
        case Kind.STRING_OR_FUNCTION:
            return isinstance(value, str) or callable(value)
        case Kind.CODE:
            return all(
                isinstance(one, str) or callable(one)
                for one in (value if is_array(value) else [value])
            )
        case Kind.STRING_OR_PATTERN:
            return isinstance(value, str | re.Pattern)
        case Kind.STRING_OR_ARRAY:
            return isinstance(value, str) or is_array(value)
        case Kind.STRING_OR_OBJECT:
            return not (is_boolean(value) or is_number(value) or is_array(value))
        case Kind.OBJECT_OR_FUNCTION:
            return is_object(value) or callable(value)
        case Kind.ARRAY_OR_OBJECT:
            return is_array(value) or is_object(value)
        case Kind.NUMBER_OR_BOOLEAN:
            return is_boolean(value) or is_number(value)
        case Kind.NUMBER_OR_STRING:
            return is_number(value) or isinstance(value, str)
        case _:
            return is_boolean(value) or is_number(value) or isinstance(value, str | list | tuple)


def _article(kind: Kind) -> str:
    return "an" if kind[0] in "ao" else "a"
