"""Class-level permissions: every kind of rule against every kind of caller."""

from typing import Final

import pytest

from parsepy.errors import ParseError
from parsepy.permissions import class_level
from parsepy.permissions.caller import ANYONE, group_of
from parsepy.schema.class_permissions import OPERATIONS
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.types import JSONObject
from tests.support.refusals import refusal

NOBODY: Final = ANYONE
ANN: Final = group_of("ann", [])
BOB: Final = group_of("bob", [])
CHIEF: Final = group_of("chief", ["admins", "staff"])

ALLOWED, FORBIDDEN, LOG_IN = 0, 119, 101

RULES: Final[list[tuple[JSONObject, tuple[int, int, int, int]]]] = [
    # the rule, then what it answers to nobody, Ann, Bob, and the chief with the role admins
    ({"*": True}, (ALLOWED, ALLOWED, ALLOWED, ALLOWED)),
    ({}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"ann": True}, (FORBIDDEN, ALLOWED, FORBIDDEN, FORBIDDEN)),
    ({"ann": True, "bob": True}, (FORBIDDEN, ALLOWED, ALLOWED, FORBIDDEN)),
    ({"role:admins": True}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, ALLOWED)),
    ({"role:other": True}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"admins": True}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"requiresAuthentication": True}, (LOG_IN, ALLOWED, ALLOWED, ALLOWED)),
    ({"requiresAuthentication": True, "role:admins": True}, (LOG_IN, ALLOWED, ALLOWED, ALLOWED)),
    ({"requiresAuthentication": True, "*": True}, (ALLOWED, ALLOWED, ALLOWED, ALLOWED)),
    # Only `true` grants: parse-server stores nothing else, other tools may have.
    ({"*": False}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"*": "true"}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"*": 1}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"requiresAuthentication": False}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"ann": False}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
    ({"pointerFields": ["owner"]}, (FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN)),
]


def _class_with(permissions: JSONObject | None) -> ClassSchema:
    return ClassSchema(ClassDefinition("Game", {}, permissions))


def _answer(schema: ClassSchema, operation: str, group: tuple[str, ...]) -> int:
    logged_in = group is not NOBODY
    error = refusal(lambda: class_level.check(schema, operation, group, logged_in=logged_in))
    assert error is None or error.sanitised
    return ALLOWED if error is None else error.code


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(("rule", "expected"), RULES, ids=[str(rule) for rule, _ in RULES])
def test_a_rule_lets_in_whom_it_names(
    rule: JSONObject, expected: tuple[int, ...], operation: str
) -> None:
    schema = _class_with({operation: rule})

    assert tuple(_answer(schema, operation, group) for group in (NOBODY, ANN, BOB, CHIEF)) == (
        expected
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_that_a_clp_leaves_out_is_closed(operation: str) -> None:
    others: JSONObject = {name: {"*": True} for name in OPERATIONS if name != operation}

    assert _answer(_class_with(others), operation, CHIEF) == FORBIDDEN


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_class_that_never_got_a_clp_is_open(operation: str) -> None:
    assert _answer(_class_with(None), operation, NOBODY) == ALLOWED


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_rule_for_one_operation_says_nothing_of_another(operation: str) -> None:
    schema = _class_with({operation: {"*": True}})

    assert [name for name in OPERATIONS if _answer(schema, name, NOBODY) == ALLOWED] == [operation]


def test_the_refusal_names_operation_and_class() -> None:
    with pytest.raises(ParseError) as caught:
        class_level.check(_class_with({}), "find", NOBODY, logged_in=False)

    assert caught.value.message == "Permission denied for action find on class Game."


@pytest.mark.parametrize(
    ("rule", "needed"), [({"*": True}, False), ({}, True), ({"a": True}, True)]
)
def test_roles_are_looked_up_only_where_they_decide(rule: JSONObject, needed: bool) -> None:
    assert class_level.needs_group(_class_with({"find": rule}), "find") is needed


def test_no_roles_are_needed_where_there_is_no_clp() -> None:
    assert not class_level.needs_group(_class_with(None), "update")
