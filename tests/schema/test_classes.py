"""A class as requests use it: everything that a request asks of it is there, precomputed."""

import pytest

from parsepy.protocol.field_types import (
    ACL,
    ARRAY,
    DATE,
    FILE,
    GEO_POINT,
    NUMBER,
    STRING,
    FieldType,
)
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class

TEAM = FieldType("Pointer", "Team")
FANS = FieldType("Relation", "_User")

GAME = ClassSchema(
    ClassDefinition(
        "Game",
        {
            "name": Field(STRING, required=True),
            "score": Field(NUMBER, default=0),
            "note": Field(STRING, default=None),
            "list": Field(ARRAY),
            "team": Field(TEAM),
            "fans": Field(FANS),
            "file": Field(FILE),
            "place": Field(GEO_POINT),
        },
    )
)


def test_every_class_has_the_four_common_columns() -> None:
    common = {"objectId": STRING, "createdAt": DATE, "updatedAt": DATE, "ACL": ACL}

    assert common.items() <= GAME.types.items()
    assert ClassSchema(ClassDefinition("Empty")).types == common


def test_fields_are_sorted_by_what_requests_need() -> None:
    assert GAME.pointers == {"team": "Team"}
    assert GAME.relations == {"fans": "_User"}
    assert GAME.arrays == {"list"}
    assert GAME.files == {"file"}
    assert GAME.required == {"name"}


def test_a_default_of_null_is_a_default() -> None:
    assert GAME.defaults == {"score": 0, "note": None}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (Field(STRING), False),
        (Field(STRING, required=True), True),
        (Field(STRING, default=""), True),
        (Field(STRING, default=None), True),
    ],
)
def test_a_field_knows_whether_it_has_options(field: Field, expected: bool) -> None:
    assert field.has_options is expected


def test_a_system_class_has_its_columns_before_it_is_stored() -> None:
    user = missing_class("_User")

    assert not user.exists
    assert user.type_of("email") == STRING
    assert user.type_of("sessionToken") is None


def test_a_stored_column_overrides_the_default_one() -> None:
    schema = ClassSchema(ClassDefinition("_User", {"email": Field(STRING, required=True)}))

    assert schema.required == {"email"}
    assert schema.type_of("username") == STRING


def test_a_stored_common_column_is_not_believed() -> None:
    schema = ClassSchema(ClassDefinition("Game", {"createdAt": Field(NUMBER)}))

    assert schema.type_of("createdAt") == DATE


@pytest.mark.parametrize(
    ("name", "exists"), [("_JobStatus", True), ("_Hooks", True), ("Game", False), ("_Role", False)]
)
def test_only_volatile_classes_exist_without_an_entry(name: str, exists: bool) -> None:
    assert missing_class(name).exists is exists


def test_an_unknown_field_has_no_type() -> None:
    assert GAME.type_of("nothing") is None
