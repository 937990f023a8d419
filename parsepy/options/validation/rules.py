"""What the checks have in common: truth and types as JavaScript sees them."""

import math
from collections.abc import Callable, Mapping
from typing import TypeGuard

from parsepy.options.errors import OptionsError


def require(condition: bool, message: str) -> None:
    """Raises `OptionsError(message)` unless `condition` holds."""
    if not condition:
        raise OptionsError(message)


def is_set(value: object) -> bool:
    """JavaScript's truth: an empty array or object counts as set."""
    return bool(value) or isinstance(value, list | tuple | Mapping)


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[list[object] | tuple[object, ...]]:
    return isinstance(value, list | tuple)


def is_number(value: object) -> TypeGuard[int | float]:
    """A finite number; Python counts booleans as integers, options do not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_integer(value: object) -> TypeGuard[int | float]:
    return is_number(value) and value == int(value)


def javascript_type(value: object) -> str:
    """What `typeof` answers, for messages that quote it."""
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    return "string" if isinstance(value, str) else "object"


def each_given(
    values: Mapping[str, object],
    names: tuple[str, ...],
    accepts: Callable[[object], bool],
    message: str,
) -> None:
    """Every given member of `names` has to be accepted; `{}` in the message is its name."""
    for name in names:
        value = values.get(name)
        require(value is None or accepts(value), message.format(name))


def is_boolean(value: object) -> bool:
    return isinstance(value, bool)


def is_string(value: object) -> bool:
    return isinstance(value, str)
