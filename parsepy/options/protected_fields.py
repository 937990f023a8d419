"""`protectedFields` with the default that parse-server always merges in."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from parsepy.options.errors import OptionsError

ProtectedFields: TypeAlias = dict[str, dict[str, tuple[str, ...]]]

_USER: Final = "_User"
_EVERYBODY: Final = "*"
_ALWAYS: Final = ("email",)


def merged_protected_fields(
    configured: Mapping[str, object], sensitive: Iterable[object], *, owner_exempt: bool
) -> ProtectedFields:
    """Class to group to hidden fields.

    `email` of `_User` is added for everybody, except where the owner is not exempt and the group
    is configured: then the configuration is taken as it stands.
    """
    fields = {name: _groups(name, groups) for name, groups in configured.items()}
    everybody = fields.setdefault(_USER, {})
    if owner_exempt or _EVERYBODY not in everybody:
        everybody[_EVERYBODY] = _union(everybody.get(_EVERYBODY, ()), _ALWAYS)
    everybody[_EVERYBODY] = _union(everybody[_EVERYBODY], map(str, sensitive))
    return fields


def _groups(class_name: str, groups: object) -> dict[str, tuple[str, ...]]:
    path = f"protectedFields.{class_name}"
    if not isinstance(groups, Mapping):
        raise OptionsError(f"Option {path} must be an object.")
    return {str(group): _names(f"{path}.{group}", names) for group, names in groups.items()}


def _names(path: str, names: object) -> tuple[str, ...]:
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise OptionsError(f"Option {path} must be an array of strings.")
    return tuple(names)


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
