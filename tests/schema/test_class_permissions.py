"""From a stored CLP to rules: what grants, what closes, what is taken for nothing."""

from typing import Final

import pytest

from parsepy.schema import class_permissions
from parsepy.schema.class_permissions import OPEN, OPERATIONS, READS, Rule
from parsepy.types import JSONObject, JSONValue

CLOSED: Final = Rule(public=False)


def test_no_clp_leaves_everything_open() -> None:
    permissions = class_permissions.read(None)

    assert permissions.rules == dict.fromkeys(OPERATIONS, OPEN)
    assert permissions.protected_fields == {}
    assert permissions.default_acl is None


def test_an_empty_clp_closes_everything() -> None:
    assert class_permissions.read({}).rules == dict.fromkeys(OPERATIONS, CLOSED)


@pytest.mark.parametrize(
    ("granted", "rule"),
    [
        ({"*": True}, OPEN),
        ({"*": False}, CLOSED),
        ({"*": 1}, CLOSED),
        ({"*": None}, CLOSED),
        ({}, CLOSED),
        (None, CLOSED),
        ([], CLOSED),
        ("*", CLOSED),
        (True, CLOSED),
        ({"requiresAuthentication": True}, Rule(public=False, authenticated=True)),
        ({"requiresAuthentication": "yes"}, CLOSED),
        ({"ann": True, "bob": False}, Rule(public=False, entities=frozenset({"ann"}))),
        ({"role:a": True}, Rule(public=False, entities=frozenset({"role:a"}))),
        ({"*": True, "ann": True}, Rule(public=True, entities=frozenset({"ann"}))),
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_true_grants(granted: JSONValue, rule: Rule, operation: str) -> None:
    assert class_permissions.read({operation: granted}).rules[operation] == rule


@pytest.mark.parametrize("operation", OPERATIONS)
def test_pointer_fields_come_from_the_operation_and_from_the_lock(operation: str) -> None:
    permissions: JSONObject = {
        operation: {"pointerFields": ["owner", "editor"]},
        "readUserFields": ["reader", "owner"],
        "writeUserFields": ["writer", "owner"],
    }
    lock = "reader" if operation in READS else "writer"

    rule = class_permissions.read(permissions).rules[operation]

    expected = () if operation == "create" else ("owner", "editor", lock)
    assert rule.restricting_fields == expected
    assert not rule.public
    assert not rule.entities


@pytest.mark.parametrize("value", [None, {}, "owner", 3, [1, None, {}]])
def test_pointer_fields_that_are_no_names_are_none(value: JSONValue) -> None:
    permissions: JSONObject = {"find": {"pointerFields": value}, "readUserFields": value}

    assert class_permissions.read(permissions).rules["find"].restricting_fields == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"*": ["a", "b", "a"]}, {"*": frozenset({"a", "b"})}),
        ({"*": [], "role:x": ["a"]}, {"*": frozenset(), "role:x": frozenset({"a"})}),
        ({"*": None, "ann": "a"}, {"*": frozenset(), "ann": frozenset()}),
        ({"*": ["a", 1, None]}, {"*": frozenset({"a"})}),
        (None, {}),
        ([], {}),
        ("x", {}),
    ],
)
def test_protected_fields_are_read_group_by_group(
    value: JSONValue, expected: dict[str, frozenset[str]]
) -> None:
    assert class_permissions.read({"protectedFields": value}).protected_fields == expected


@pytest.mark.parametrize(
    ("acl", "expected"),
    [
        ({"*": {"read": True, "write": True}}, None),
        (None, None),
        ("open", None),
        ({"*": {"read": True}}, {"*": {"read": True}}),
        ({"currentUser": {"read": True}}, {"currentUser": {"read": True}}),
        ({}, {}),
    ],
)
def test_the_default_acl_is_none_where_objects_are_public(
    acl: JSONValue, expected: JSONObject | None
) -> None:
    assert class_permissions.read({"ACL": acl}).default_acl == expected
