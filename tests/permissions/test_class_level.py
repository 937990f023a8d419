"""Class-level permissions: every kind of rule against every kind of caller."""

from typing import Final

import pytest

from parsepy.errors import ParseError
from parsepy.permissions import class_level
from parsepy.permissions.caller import ANYONE, group_of
from parsepy.protocol.field_types import ARRAY, OBJECT, STRING, FieldType
from parsepy.query import tree
from parsepy.schema.class_permissions import OPERATIONS
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject
from tests.support.refusals import refusal

NOBODY: Final = ANYONE
ANN: Final = group_of("ann", [])
BOB: Final = group_of("bob", [])
CHIEF: Final = group_of("chief", ["admins", "staff"])
CHIEF_ANN: Final = group_of("ann", ["admins"])

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
]


def _class_with(permissions: JSONObject | None) -> ClassSchema:
    return ClassSchema(ClassDefinition("Game", {}, permissions))


def _answer(schema: ClassSchema, operation: str, group: tuple[str, ...]) -> int:
    error = refusal(lambda: class_level.opened(schema, operation, group, _user_of(group)))
    if error is not None:
        assert error.sanitised
        return error.code
    opened = class_level.opened(schema, operation, group, _user_of(group))
    assert opened == tree.EVERYTHING
    return ALLOWED


def _user_of(group: tuple[str, ...]) -> str | None:
    return None if group is NOBODY else group[1]


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
        class_level.opened(_class_with({}), "find", NOBODY, None)

    assert caught.value.message == "Permission denied for action find on class Game."


@pytest.mark.parametrize(
    ("rule", "needed"), [({"*": True}, False), ({}, True), ({"a": True}, True)]
)
def test_roles_are_looked_up_only_where_they_decide(rule: JSONObject, needed: bool) -> None:
    assert class_level.needs_group(_class_with({"find": rule}), "find") is needed


def test_no_roles_are_needed_where_there_is_no_clp() -> None:
    assert not class_level.needs_group(_class_with(None), "update")


OWNER: JSONObject = {"__type": "Pointer", "className": "_User", "objectId": "ann"}
FIELDS = {
    "owner": Field(FieldType("Pointer", "_User")),
    "editors": Field(ARRAY),
    "map": Field(OBJECT),
    "text": Field(STRING),
}
POINTS_TO_ANN: dict[str, tree.Where] = {
    "owner": tree.Equal(tree.Path("owner", FieldType("Pointer", "_User")), OWNER),
    "editors": tree.All(tree.Path("editors", ARRAY), (OWNER,)),
    "map": tree.Equal(tree.Path("map", OBJECT), OWNER),
}


def _opened(
    permissions: JSONObject,
    operation: str,
    group: tuple[str, ...] = ANN,
    *,
    creating: bool = False,
) -> tree.Where:
    schema = ClassSchema(ClassDefinition("Game", dict(FIELDS), permissions))
    return class_level.opened(schema, operation, group, _user_of(group), creating=creating)


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "create"])
@pytest.mark.parametrize("field", POINTS_TO_ANN)
def test_pointer_fields_open_the_objects_that_point_to_the_user(operation: str, field: str) -> None:
    opened = _opened({operation: {"pointerFields": [field]}}, operation)

    assert opened == POINTS_TO_ANN[field]


def test_several_pointer_fields_are_alternatives() -> None:
    permissions: JSONObject = {"find": {"pointerFields": ["owner"]}, "readUserFields": ["editors"]}

    opened = _opened(permissions, "find")

    assert opened == tree.Or((POINTS_TO_ANN["owner"], POINTS_TO_ANN["editors"]))


@pytest.mark.parametrize(
    "operation", [name for name in OPERATIONS if name not in ("create", "get")]
)
def test_nobody_is_pointed_to_without_a_log_in(operation: str) -> None:
    opened = _opened({operation: {"pointerFields": ["owner"]}}, operation, NOBODY)

    assert opened == tree.NOTHING


def test_one_object_is_missing_to_nobody_where_pointers_open_it() -> None:
    error = refusal(lambda: _opened({"get": {"pointerFields": ["owner"]}}, "get", NOBODY))

    assert error is not None
    assert (error.code, error.message) == (101, "Object not found.")


@pytest.mark.parametrize("permission", [{"*": True}, {"ann": True}, {"role:admins": True}])
def test_who_is_named_is_not_restricted_by_pointer_fields(permission: JSONObject) -> None:
    rule: JSONObject = {**permission, "pointerFields": ["owner"]}

    assert _opened({"find": rule}, "find", CHIEF_ANN) == tree.EVERYTHING


def test_a_log_in_opens_only_what_pointer_fields_open_where_both_are_asked_for() -> None:
    rule: JSONObject = {"requiresAuthentication": True, "pointerFields": ["owner"]}

    assert _opened({"find": rule}, "find") == POINTS_TO_ANN["owner"]
    assert refusal(lambda: _opened({"find": rule}, "find", NOBODY)) is not None


@pytest.mark.parametrize("name", ["text", "gone"])
def test_a_field_that_cannot_point_to_a_user_opens_nothing(name: str) -> None:
    assert _opened({"find": {"pointerFields": [name]}}, "find") == tree.Or(())


def test_pointer_fields_never_open_creation() -> None:
    permissions: JSONObject = {
        "create": {"pointerFields": ["owner"]},
        "writeUserFields": ["owner"],
    }

    error = refusal(lambda: _opened(permissions, "create", creating=True))

    assert error is not None
    assert error.code == FORBIDDEN


def test_a_new_object_adds_fields_by_the_shared_list_only() -> None:
    shared: JSONObject = {"writeUserFields": ["owner"]}
    own: JSONObject = {"addField": {"pointerFields": ["owner"]}}

    assert _opened(shared, "addField", creating=True) == tree.EVERYTHING
    assert refusal(lambda: _opened(own, "addField", creating=True)) is not None
    assert _opened(own, "addField") == POINTS_TO_ANN["owner"]
