"""The whole option table, assembled: chapters, lookup by name, lookup by environment variable."""

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

import msgspec

from parsepy.options.definition import Group, Option, Section
from parsepy.options.definitions.cloud import CLOUD
from parsepy.options.definitions.database import DATABASE
from parsepy.options.definitions.files import FILES, PUSH
from parsepy.options.definitions.identity import IDENTITY
from parsepy.options.definitions.operation import OPERATION
from parsepy.options.definitions.pages import MAIL_AND_PAGES
from parsepy.options.definitions.server import SERVER
from parsepy.options.definitions.users import USERS

SECTIONS: Final[tuple[Section, ...]] = (
    IDENTITY,
    SERVER,
    DATABASE,
    USERS,
    MAIL_AND_PAGES,
    FILES,
    PUSH,
    CLOUD,
    OPERATION,
)

_PREFIX: Final = "PARSE_SERVER"
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Entry(msgspec.Struct, frozen=True):
    """An option at its place: `path` is its keys from the top, `listed` says inside a list."""

    path: tuple[str, ...]
    option: Option
    environment: str
    listed: bool

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


def environment_name(prefix: str, option: Option) -> str:
    """The variable of an option: its own, or prefix and name in upper snake case."""
    return option.environment or f"{prefix}_{_WORD_STARTS.sub('_', option.name).upper()}"


def group_entries(group: Group, path: tuple[str, ...], listed: bool) -> Iterator[Entry]:
    """The options of a group below `path`, and those of the groups inside it."""
    for option in group.options:
        here = (*path, option.name)
        yield Entry(here, option, environment_name(group.prefix, option), listed)
        if option.members is not None:
            yield from group_entries(option.members, here, listed or option.repeated)


def _all_entries() -> Iterator[Entry]:
    for section in SECTIONS:
        for option in section.options:
            yield Entry((option.name,), option, environment_name(_PREFIX, option), listed=False)
            if option.members is not None:
                yield from group_entries(option.members, (option.name,), option.repeated)


ENTRIES: Final[tuple[Entry, ...]] = tuple(_all_entries())
OPTIONS: Final = MappingProxyType({e.option.name: e.option for e in ENTRIES if len(e.path) == 1})
BY_ENVIRONMENT: Final = MappingProxyType({entry.environment: entry for entry in ENTRIES})
