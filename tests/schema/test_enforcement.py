"""Whether values fit a class: every type of value against every type of field."""

from functools import partial
from typing import Final

import pytest

from parsepy.protocol.field_types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DATE,
    FILE,
    GEO_POINT,
    NUMBER,
    OBJECT,
    POLYGON,
    STRING,
    FieldType,
)
from parsepy.schema import enforcement
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

TEAM: Final = FieldType("Pointer", "Team")
USER: Final = FieldType("Pointer", "_User")
FANS: Final = FieldType("Relation", "_User")

A_USER: Final[JSONObject] = {"__type": "Pointer", "className": "_User", "objectId": "u1"}
VALUES: Final[dict[FieldType, list[JSONValue]]] = {
    STRING: ["", "x"],
    NUMBER: [0, 1.5, -1, {"__op": "Increment", "amount": 1}],
    BOOLEAN: [True, False],
    DATE: [{"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"}],
    OBJECT: [{}, {"a": 1}],
    ARRAY: [
        [],
        [1],
        {"__op": "Add", "objects": []},
        {"__op": "AddUnique", "objects": []},
        {"__op": "Remove", "objects": []},
    ],
    GEO_POINT: [{"__type": "GeoPoint", "latitude": 1, "longitude": 2}],
    FILE: [{"__type": "File", "name": "a.txt"}],
    BYTES: [{"__type": "Bytes", "base64": "AA=="}],
    POLYGON: [{"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 0]]}],
    TEAM: [{"__type": "Pointer", "className": "Team", "objectId": "t1"}],
    USER: [A_USER],
    FANS: [
        {"__op": "AddRelation", "objects": [A_USER]},
        {"__op": "RemoveRelation", "objects": [A_USER]},
        {"__op": "Batch", "ops": [{"__op": "AddRelation", "objects": [A_USER]}]},
        {"__type": "Relation", "className": "_User"},
    ],
}


def _class_with(**fields: FieldType) -> ClassSchema:
    return ClassSchema(ClassDefinition("Game", {name: Field(t) for name, t in fields.items()}))


@pytest.mark.parametrize("of_value", VALUES, ids=str)
@pytest.mark.parametrize("of_field", VALUES, ids=str)
def test_a_value_fits_a_field_of_its_own_type_and_no_other(
    of_field: FieldType, of_value: FieldType
) -> None:
    schema = _class_with(f=of_field)
    for value in VALUES[of_value]:
        error = refusal(partial(enforcement.wanted_types, schema, {"f": value}))
        if of_field == of_value:
            assert error is None
        else:
            assert error is not None
            assert (error.code, error.message) == (
                111,
                f"schema mismatch for Game.f; expected {of_field} but got {of_value}",
            )


@pytest.mark.parametrize("of_value", VALUES, ids=str)
def test_an_unknown_field_wants_the_type_of_its_value(of_value: FieldType) -> None:
    schema = _class_with()
    for value in VALUES[of_value]:
        assert enforcement.wanted_types(schema, {"f": value}) == {"f": of_value}


@pytest.mark.parametrize("field_type", VALUES, ids=str)
@pytest.mark.parametrize("value", [None, {"__op": "Delete"}])
def test_null_and_delete_fit_every_field(field_type: FieldType, value: JSONValue) -> None:
    assert enforcement.wanted_types(_class_with(f=field_type), {"f": value}) == {}


@pytest.mark.parametrize("value", [None, {"__op": "Delete"}, 1])
@pytest.mark.parametrize("name", ["1a", "a b", "", "length", "className", "_a", "a$"])
def test_a_bad_name_is_refused_whatever_its_value(name: str, value: JSONValue) -> None:
    error = refusal(lambda: enforcement.wanted_types(_class_with(), {name: value}))

    assert error is not None
    assert (error.code, error.message) == (105, f"Invalid field name: {name}.")


def test_the_acl_is_not_the_schema_s() -> None:
    assert enforcement.wanted_types(_class_with(), {"ACL": {"*": {"read": True}}}) == {}


@pytest.mark.parametrize(
    ("path", "root_type", "expected"),
    [
        ("f.a", None, {"f": OBJECT}),
        ("f.a.b", OBJECT, {"f": OBJECT}),
        ("f.0", OBJECT, {"f": OBJECT}),
        ("f.0", ARRAY, {"f": ARRAY}),
        ("f.0.a", ARRAY, {"f": ARRAY}),
        ("f.0", None, {"f": OBJECT}),
        ("f.a", ARRAY, 111),
        ("f.a", STRING, 111),
        ("f.a", USER, 111),
        ("f.", OBJECT, 105),
        ("f..a", OBJECT, 105),
        ("f.a.", OBJECT, 105),
        ("f.$a", OBJECT, 105),
        ("f.a.$b", OBJECT, 105),
        ("1f.a", None, 105),
        (".a", None, 105),
    ],
)
def test_below_a_field_there_has_to_be_room(
    path: str, root_type: FieldType | None, expected: dict[str, FieldType] | int
) -> None:
    schema = _class_with() if root_type is None else _class_with(f=root_type)
    if isinstance(expected, dict):
        assert enforcement.wanted_types(schema, {path: 1}) == expected
        return
    error = refusal(lambda: enforcement.wanted_types(schema, {path: 1}))
    assert error is not None
    assert error.code == expected


@pytest.mark.parametrize(
    "value",
    [
        {"__type": "Nothing"},
        {"__type": None},
        {"__type": "Date"},
        {"__type": "Pointer", "objectId": "x"},
        {"__type": "GeoPoint", "latitude": "1", "longitude": 2},
        {"__type": "GeoPoint", "latitude": True, "longitude": 2},
        {"__type": "Polygon", "coordinates": [[0]]},
        {"__type": "File"},
        {"__type": "Bytes"},
    ],
)
def test_a_malformed_typed_value_fits_nowhere(value: JSONValue) -> None:
    for body in ({"f": value}, {"f.a": value}):
        error = refusal(partial(enforcement.wanted_types, _class_with(), body))
        assert error is not None
        assert error.code == 111


def test_a_class_has_one_geo_point() -> None:
    point = VALUES[GEO_POINT][0]
    schema = _class_with(place=GEO_POINT)

    assert enforcement.wanted_types(schema, {"place": point}) == {"place": GEO_POINT}
    another = refusal(lambda: enforcement.wanted_types(schema, {"other": point}))
    two = refusal(lambda: enforcement.wanted_types(_class_with(), {"a": point, "b": point}))
    assert [error and error.code for error in (another, two)] == [111, 111]


def test_new_fields_are_those_that_the_class_lacks() -> None:
    schema = _class_with(a=STRING)

    assert enforcement.new_fields(schema, {"a": STRING, "b": NUMBER}) == {"b": NUMBER}
    assert enforcement.new_fields(schema, {"a": NUMBER, "createdAt": DATE}) == {}


def test_types_are_compared_again_after_a_race() -> None:
    schema = _class_with(a=STRING)

    enforcement.check_types(schema, {"a": STRING, "b": NUMBER})
    error = refusal(lambda: enforcement.check_types(schema, {"a": NUMBER}))

    assert error is not None
    assert error.message == "schema mismatch for Game.a; expected String but got Number"
