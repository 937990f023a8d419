"""Which groups an app has."""

import re

import pytest

from parsepy.options.errors import OptionsError
from parsepy.options.model import ServerOptions
from parsepy.security_check import Check, CheckGroup, configuration_group
from parsepy.security_check.groups import groups_of
from tests.security_check.settings import options_with

HOUSE = CheckGroup("House", [Check("Door locked", "Open.", "Lock it.", lambda: True)])


def garden(options: ServerOptions) -> CheckGroup:
    return CheckGroup(f"Garden of {options.app_id}")


def names_of(*entries: object) -> list[str]:
    options = options_with(security={"checkGroups": list(entries)} if entries else {})
    return [group.name for group in groups_of(options)]


def test_without_a_list_there_are_the_built_in_ones() -> None:
    assert names_of() == ["Database", "Parse Server Configuration"]


def test_a_list_stands_in_their_place_and_may_name_them() -> None:
    assert names_of(HOUSE, garden, configuration_group) == [
        *("House", "Garden of app", "Parse Server Configuration"),
    ]


def test_entries_may_be_names_of_what_python_finds() -> None:
    here = __name__

    assert names_of(f"{here}:HOUSE", f"{here}:garden", "parsepy.security_check:database_group") == [
        *("House", "Garden of app", "Database"),
    ]


def broken(_options: ServerOptions) -> CheckGroup:
    raise ValueError("no bricks")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (1, "security.checkGroups.0 must be a CheckGroup, or a function that makes one."),
        ({"name": "House"}, "security.checkGroups.0 must be a CheckGroup, or a function"),
        (broken, "security.checkGroups.0 makes no group: no bricks"),
        (lambda _options: None, "security.checkGroups.0 makes no CheckGroup."),
        (CheckGroup, "security.checkGroups.0 makes no group: "),
        ("nowhere.at:all", "security.checkGroups.0: nowhere.at:all cannot be loaded"),
    ],
)
def test_an_entry_that_is_no_group_is_told_at_the_start(entry: object, message: str) -> None:
    with pytest.raises(OptionsError, match=re.escape(message)):
        names_of(entry)
