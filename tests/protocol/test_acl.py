"""ACLs between the wire's map and the two lists."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol import acl
from parsepy.types import JSONValue


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        (None, None),
        ("", None),
        (0, None),
        (False, None),
        ({}, {}),
        ("public", {}),
        (5, {}),
        ([1], {}),
        ({"*": {"read": True}}, {"*": {"read": True}}),
        ({"u": {"read": True, "write": False}}, {"u": {"read": True}}),
        ({"u": {"read": False}}, {}),
        ({"u": {}}, {}),
        ({"u": {"read": 1, "write": "yes", "other": True}}, {"u": {"read": True, "write": True}}),
        ({"u": "read"}, {}),
        ({"u": False}, {}),
    ],
)
def test_only_granted_flags_are_kept(given: JSONValue, cleaned: JSONValue) -> None:
    assert acl.clean(given) == cleaned


@pytest.mark.parametrize("given", [{"*unresolved": {"read": True}}, {"u": None}])
def test_entries_that_cannot_be_meant_are_refused(given: JSONValue) -> None:
    with pytest.raises(ParseError) as refused:
        acl.clean(given)
    assert refused.value.code == 123


def test_lists_and_map_say_the_same() -> None:
    given: dict[str, JSONValue] = {
        "*": {"read": True},
        "u": {"read": True, "write": True},
        "role:A": {"write": True},
    }
    lists = acl.to_lists(given)
    assert lists == (["*", "u"], ["u", "role:A"])
    assert acl.from_lists(*lists) == given
    assert acl.to_lists({}) == ([], [])
    assert acl.from_lists([], []) == {}


@pytest.mark.parametrize(
    ("given", "flag", "group", "granted"),
    [
        (None, "read", ("u",), True),
        (None, "write", (), True),
        ({}, "read", ("*", "u"), False),
        ({"*": {"read": True}}, "read", ("*",), True),
        ({"*": {"read": True}}, "write", ("*",), False),
        ({"*": {"read": True}}, "read", (), False),
        ({"role:A": {"write": True}}, "write", ("u", "role:A"), True),
        ({"u": {"read": False}}, "read", ("u",), False),
    ],
)
def test_who_is_granted(given: JSONValue, flag: str, group: tuple[str, ...], granted: bool) -> None:
    assert acl.grants(given, flag, group) is granted
