"""Which groups an app has: the built-in ones, or those that its options list in their place."""

from collections.abc import Iterable
from typing import Final, cast

from parsepy.options.errors import OptionsError
from parsepy.options.functions import load_adapter
from parsepy.options.model import ServerOptions
from parsepy.security_check.base import CheckGroup, GroupMaker
from parsepy.security_check.configuration import configuration_group
from parsepy.security_check.database import database_group

BUILT_IN: Final[tuple[GroupMaker, ...]] = (database_group, configuration_group)


def groups_of(options: ServerOptions) -> tuple[CheckGroup, ...]:
    """The groups in order. Raises `OptionsError` for an entry that is no group and makes none."""
    own: Iterable[object] = options.security.check_groups
    return tuple(_group(index, entry, options) for index, entry in enumerate(own or BUILT_IN))


def _group(index: int, entry: object, options: ServerOptions) -> CheckGroup:
    path = f"security.checkGroups.{index}"
    found = load_adapter(path, entry, options.raw) if isinstance(entry, str) else entry
    if isinstance(found, CheckGroup):
        return found
    if not callable(found):
        raise OptionsError(f"Option {path} must be a CheckGroup, or a function that makes one.")
    try:
        made = cast("GroupMaker", found)(options)
    except Exception as error:
        raise OptionsError(f"Option {path} makes no group: {error}") from error
    if not isinstance(made, CheckGroup):
        raise OptionsError(f"Option {path} makes no CheckGroup.")
    return made
