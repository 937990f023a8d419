"""Functions that a configuration file can only name: `package.module:function`."""

from collections.abc import Iterable, Mapping
from typing import Final

from parsepy.options.catalogue import OPTIONS
from parsepy.options.definition import Kind, Option
from parsepy.options.errors import OptionsError
from parsepy.options.functions import imported, is_name
from parsepy.options.validation.rules import is_array, is_object

_KINDS: Final = frozenset({Kind.FUNCTION, Kind.BOOLEAN_OR_FUNCTION, Kind.OBJECT_OR_FUNCTION})
_ALSO_TEXTS: Final = frozenset({"publicServerURL"})
"""Options that are texts as well, of which none looks like a name."""


def with_functions(values: Mapping[str, object]) -> dict[str, object]:
    """`values` with the functions that are named in them, members of groups included.

    Raises `OptionsError` where a name leads nowhere, or to something that cannot be called.
    """
    return _filled(OPTIONS.values(), values, "")


def _filled(
    options: Iterable[Option], values: Mapping[str, object], prefix: str
) -> dict[str, object]:
    filled = dict(values)
    for option in options:
        value, path = values.get(option.name), prefix + option.name
        if (option.kind in _KINDS or path in _ALSO_TEXTS) and isinstance(value, str):
            if is_name(value):
                filled[option.name] = _function(path, value)
        elif option.members is not None:
            filled_in = _member(option.members.options, value, f"{path}.")
            if filled_in is not value:
                filled[option.name] = filled_in
    return filled


def _member(options: Iterable[Option], value: object, prefix: str) -> object:
    if is_array(value):
        return [_member(options, each, prefix) for each in value]
    return _filled(options, value, prefix) if is_object(value) else value


def _function(path: str, name: str) -> object:
    found = imported(path, name)
    if not callable(found):
        raise OptionsError(
            f"Option {path}: {name} is no function. Name one as package.module:function."
        )
    return found
