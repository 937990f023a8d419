"""The classes that Parse itself defines, and which names there may be."""

import pytest

from parsepy.schema import system_classes
from parsepy.schema.system_classes import (
    DEFAULT_COLUMNS,
    REQUIRED_COLUMNS,
    SYSTEM_CLASSES,
    VOLATILE_CLASSES,
)

GOOD_NAMES = ["Game", "g", "A1", "a_b", "Z" * 200]
BAD_NAMES = ["", "1a", "_a", "a b", "a-b", "a.b", "a$", "ä", "a\n", "a\0", "length", " a", "a/b"]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_letters_digits_and_underscores_make_a_name(name: str) -> None:
    assert system_classes.is_valid_class_name(name)
    assert system_classes.is_valid_field_name(name)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_anything_else_makes_none(name: str) -> None:
    assert not system_classes.is_valid_class_name(name)
    assert not system_classes.is_valid_field_name(name)
    assert not system_classes.may_have_schema(name)


@pytest.mark.parametrize("name", sorted(SYSTEM_CLASSES | VOLATILE_CLASSES))
def test_system_classes_may_begin_with_an_underscore(name: str) -> None:
    assert system_classes.is_valid_class_name(name)
    assert not system_classes.is_valid_field_name(name)


@pytest.mark.parametrize("name", ["_SCHEMA", "_Users", "_user", "_User ", "_Join", "system.users"])
def test_other_underscores_are_no_classes(name: str) -> None:
    assert not system_classes.is_valid_class_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_Join:users:_Role", True),
        ("_Join:a:B", True),
        ("_Join:a", False),
        ("_Join::B", False),
        ("_Join:a:B:c", False),
        ("_Join:a:B\n", False),
        ("x_Join:a:B", False),
    ],
)
def test_the_rows_of_a_relation_have_a_name_of_three_parts(name: str, expected: bool) -> None:
    assert system_classes.is_join(name) is expected
    assert system_classes.is_valid_class_name(name) is expected
    assert not system_classes.may_have_schema(name)


def test_a_join_class_is_named_after_field_and_owner() -> None:
    assert system_classes.join_class("users", "_Role") == "_Join:users:_Role"


def test_hooks_alone_have_a_field_called_class_name() -> None:
    assert system_classes.is_valid_field_name("className", "_Hooks")
    assert not system_classes.is_valid_field_name("className", "Game")
    assert not system_classes.is_valid_field_name("className")


@pytest.mark.parametrize("name", ["_Hooks", "_GlobalConfig", "_GraphQLConfig"])
def test_internal_classes_get_no_schema_by_the_api(name: str) -> None:
    assert not system_classes.may_have_schema(name)


def test_volatile_classes_are_those_without_an_entry() -> None:
    assert system_classes.is_volatile("_JobStatus")
    assert not system_classes.is_volatile("_User")
    assert not system_classes.is_volatile("Game")


def test_default_columns_are_named_as_fields_may_be() -> None:
    bad = [
        (class_name, name)
        for class_name, columns in DEFAULT_COLUMNS.items()
        for name in columns
        if not system_classes.is_valid_field_name(name, class_name)
    ]

    assert not bad


def test_required_columns_exist() -> None:
    for class_name, names in REQUIRED_COLUMNS.items():
        assert set(names) <= {*DEFAULT_COLUMNS[class_name], "ACL"}
