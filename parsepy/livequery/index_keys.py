"""Values that a path reaches, as keys of dictionaries and as ordered values of one kind.

Both follow `query.stored`: two values are equal there exactly when their keys are, and scalars of
one kind are ordered there as here.
"""

from collections.abc import Hashable
from typing import Any, Final, TypeAlias, cast

from parsepy.query.stored import BINARY, DATE, OBJECT, binary, is_object, kind
from parsepy.query.traversal import Reached
from parsepy.types import JSONObject, Missing

Key: TypeAlias = Hashable

NULL_KEY: Final = None
"""Of null, and of what is missing."""
TRUE_KEY: Final = ("boolean", True)
FALSE_KEY: Final = ("boolean", False)


def key_of(value: Reached) -> Key:
    """`1` and `1.0` have one key, `1` and `true` have two."""
    type_ = type(value)
    if type_ is str or type_ is int or type_ is float:
        return cast("Key", value)
    if value is None or isinstance(value, Missing):
        return NULL_KEY
    if type_ is bool:
        return TRUE_KEY if value else FALSE_KEY
    if type_ is list:
        return ("list", *map(key_of, cast("list[Reached]", value)))
    if is_object(value):
        # The order of names counts.
        return ("object", *((name, key_of(child)) for name, child in value.items()))
    return ordered(value)


def ordered(value: Reached) -> tuple[int, Any] | None:
    """The kind of a scalar, and by what it compares with others of this kind.

    `None` for null and for what has parts: nobody orders such.
    """
    type_ = type(value)
    if type_ is list or value is None or isinstance(value, Missing):
        return None
    group = kind(value)
    if group == OBJECT:
        return None
    if group == DATE:
        return group, cast("JSONObject", value)["iso"]
    if group == BINARY:
        content = binary(value)
        return group, (len(content), content)
    return group, value
