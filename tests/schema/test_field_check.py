"""Field definitions of the schema API: from JSON, checked, and back."""

import pytest

from parsepy.protocol.field_types import PLAIN_TYPES, TARGETED_TYPES, FieldType
from parsepy.schema import field_check
from parsepy.schema.classes import Field
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

A_POINTER: JSONObject = {"__type": "Pointer", "className": "Team", "objectId": "t1"}
VALUE_OF_TYPE: dict[str, JSONValue] = {
    "String": "x",
    "Number": 1.5,
    "Boolean": False,
    "Date": {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"},
    "Object": {"a": 1},
    "Array": [],
    "GeoPoint": {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
    "File": {"__type": "File", "name": "a.txt"},
    "Bytes": {"__type": "Bytes", "base64": "AA=="},
    "Polygon": {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 0]]},
}
PLAIN = sorted(PLAIN_TYPES - {"ACL"})


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("required", [False, True])
def test_a_definition_is_read_and_written_back(name: str, required: bool) -> None:
    definition: JSONObject = {"type": name}
    if required:
        definition["required"] = True

    field = field_check.read_field("Game", "f", definition)

    assert field == Field(FieldType(name), required=required)
    assert field_check.write_field(field) == definition


@pytest.mark.parametrize("name", sorted(TARGETED_TYPES))
def test_a_targeted_type_names_its_class(name: str) -> None:
    definition: JSONObject = {"type": name, "targetClass": "Team"}

    field = field_check.read_field("Game", "f", definition)

    assert field == Field(FieldType(name, "Team"))
    assert field_check.write_field(field) == definition


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("of", [*PLAIN, "Pointer", "null"])
def test_a_default_is_of_the_field_s_type(name: str, of: str) -> None:
    default = A_POINTER if of == "Pointer" else VALUE_OF_TYPE.get(of)
    definition: JSONObject = {"type": name, "defaultValue": default}

    error = refusal(lambda: field_check.read_field("Game", "f", definition))

    if of == name:
        assert error is None
        return
    assert error is not None
    shown = {"Pointer": "Pointer<Team>"}.get(of, of)
    assert (error.code, error.message) == (
        111,
        f"schema mismatch for Game.f default value; expected {name} but got {shown}",
    )


@pytest.mark.parametrize(
    ("target", "fits"), [("Team", True), ("_User", False)], ids=["same", "another"]
)
def test_a_default_pointer_points_to_the_field_s_class(target: str, fits: bool) -> None:
    definition: JSONObject = {"type": "Pointer", "targetClass": target, "defaultValue": A_POINTER}

    error = refusal(lambda: field_check.read_field("Game", "f", definition))

    assert (error is None) is fits


@pytest.mark.parametrize(
    ("definition", "code", "message"),
    [
        (None, 107, "invalid JSON"),
        ("String", 107, "invalid JSON"),
        ([], 107, "invalid JSON"),
        ({}, 107, "invalid JSON"),
        ({"type": 3}, 107, "invalid JSON"),
        ({"type": None}, 107, "invalid JSON"),
        ({"type": "Text"}, 111, "invalid field type: Text"),
        ({"type": "ACL"}, 111, "invalid field type: ACL"),
        ({"type": "string"}, 111, "invalid field type: string"),
        ({"type": "Pointer"}, 135, "type Pointer needs a class name"),
        ({"type": "Relation", "targetClass": ""}, 135, "type Relation needs a class name"),
        ({"type": "Pointer", "targetClass": 3}, 107, "invalid JSON"),
        (
            {"type": "Pointer", "targetClass": "no class"},
            103,
            "Invalid classname: no class, classnames can only have alphanumeric characters and _,"
            " and must start with an alpha character ",
        ),
        (
            {"type": "Relation", "targetClass": "Team", "required": True},
            111,
            "The 'required' option is not applicable for Relation<Team>",
        ),
    ],
)
def test_a_malformed_definition_is_refused(definition: JSONValue, code: int, message: str) -> None:
    error = refusal(lambda: field_check.read_field("Game", "f", definition))

    assert error is not None
    assert (error.code, error.message) == (code, message)


def test_a_default_is_written_back_even_if_it_is_falsy() -> None:
    falsy: tuple[JSONValue, ...] = (False, 0, "", [], {})
    for value in falsy:
        written = field_check.write_field(Field(FieldType("X"), default=value))
        assert written == {"type": "X", "defaultValue": value}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ({"__op": "Delete"}, True),
        ({"__op": "Add"}, False),
        ({"type": "String"}, False),
        ("Delete", False),
        (None, False),
    ],
)
def test_a_deletion_is_told_from_a_definition(definition: JSONValue, expected: bool) -> None:
    assert field_check.is_deletion(definition) is expected
