"""Values of a write: what is refused, and the one form that the rest is brought into."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol import values
from parsepy.protocol.field_types import FieldType, is_number, type_of
from parsepy.types import JSONObject, JSONValue

DATE = values.date("2024-01-02T03:04:05.000Z")
POINTER = values.pointer("A", "x")


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ({"__type": "Date", "iso": "2024-01-02T03:04:05Z", "extra": 1}, DATE),
        ({"objectId": "x", "className": "A", "__type": "Pointer", "extra": 1}, POINTER),
        (
            {"longitude": 2, "__type": "GeoPoint", "latitude": 1, "extra": 3},
            {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
        ),
        ({"__type": "Bytes", "base64": "aGk"}, None),
        ({"__type": "Bytes", "base64": "aGVs\nbG8="}, {"__type": "Bytes", "base64": "aGVsbG8="}),
        ({"__type": "File", "name": "f", "url": "u"}, {"__type": "File", "name": "f"}),
        (
            {"__type": "Relation", "className": "A", "objects": []},
            {"__type": "Relation", "className": "A"},
        ),
        (
            {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1]]},
            {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [0, 0]]},
        ),
        ([{"iso": "2024-01-02T03:04:05Z", "__type": "Date"}], [DATE]),
        ({"p": {"objectId": "x", "className": "A", "__type": "Pointer"}}, {"p": POINTER}),
        (
            {"__type": "Pointer", "className": "A", "objectId": 1},
            {"__type": "Pointer", "className": "A", "objectId": "1"},
        ),
        (
            [{"__type": "File", "name": "f", "url": "u"}],
            [{"__type": "File", "name": "f", "url": "u"}],
        ),
        ({"a": {"__op": "Increment", "amount": 1}}, {"a": {"__op": "Increment", "amount": 1}}),
        ({"_id": 1, "": [None]}, {"_id": 1, "": [None]}),
    ],
)
def test_values_are_brought_into_one_form(given: JSONValue, cleaned: JSONValue) -> None:
    if cleaned is None:
        with pytest.raises(ParseError) as refused:
            values.clean(given)
        assert refused.value.code == 111
    else:
        assert repr(values.clean(given)) == repr(cleaned)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"__type": "Date"}, "This is not a valid Date"),
        ({"__type": "Date", "iso": "never"}, "This is not a valid Date"),
        ({"__type": "Date", "iso": 5}, "This is not a valid Date"),
        ({"__type": "Pointer", "objectId": "x"}, "This is not a valid Pointer"),
        ({"__type": "Pointer", "className": "A"}, "This is not a valid Pointer"),
        ({"__type": "Pointer", "className": "A", "objectId": 1.5}, "This is not a valid Pointer"),
        ({"__type": "Pointer", "className": "A", "objectId": True}, "This is not a valid Pointer"),
        ({"__type": "GeoPoint", "latitude": "1", "longitude": 2}, "This is not a valid GeoPoint"),
        ({"__type": "GeoPoint", "latitude": True, "longitude": 2}, "This is not a valid GeoPoint"),
        ({"__type": "Bytes", "base64": ""}, "This is not a valid Bytes"),
        ({"__type": "File"}, "This is not a valid File"),
        ({"__type": "Polygon", "coordinates": [[1]]}, "This is not a valid Polygon"),
        ({"__type": "Polygon", "coordinates": []}, "This is not a valid Polygon"),
        ({"__type": "Object", "className": "A"}, "This is not a valid Object"),
        ({"__type": 5}, "This is not a valid 5"),
        ([{"__type": "Date", "iso": "never"}], "This is not a valid Date"),
        ({"a": {"__type": "Bytes"}}, "This is not a valid Bytes"),
        (
            {"__type": "Polygon", "coordinates": [[0, 0], [1, 1], [0, 0]]},
            "GeoJSON: Loop must have at least 3 different vertices",
        ),
    ],
)
def test_malformed_typed_values_are_refused(given: JSONValue, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        values.clean(given)
    assert (refused.value.code, refused.value.message) == (111, message)


@pytest.mark.parametrize("key", ["a.b", "$a", "a$b", "a\0b", "."])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_nested_keys_that_databases_misread_are_refused(key: str, depth: int) -> None:
    given: JSONValue = {key: 1}
    for _ in range(depth):
        given = [{"a": given}]
    with pytest.raises(ParseError) as refused:
        values.clean(given)
    assert refused.value.code == 121


def test_cleaning_copies() -> None:
    inner: JSONObject = {"a": [1]}
    cleaned = values.clean({"inner": inner, "list": [inner]})
    inner["a"] = 2
    assert cleaned == {"inner": {"a": [1]}, "list": [{"a": [1]}]}


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ([1, True], [1, 1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": [POINTER]}, {"a": [values.pointer("A", "x")]}, True),
        (None, None, True),
    ],
)
def test_sameness_is_of_type_and_order_too(left: JSONValue, right: JSONValue, equal: bool) -> None:
    assert values.same(left, right) is equal


@pytest.mark.parametrize(
    ("value", "type_name"),
    [
        ("x", "String"),
        (True, "Boolean"),
        (1, "Number"),
        (1.5, "Number"),
        ([], "Array"),
        ({}, "Object"),
        ({"a": {"__type": "Date"}}, "Object"),
        (DATE, "Date"),
        (POINTER, "Pointer<A>"),
        ({"__type": "Relation", "className": "B"}, "Relation<B>"),
        ({"__op": "Increment", "amount": "x"}, "Number"),
        ({"__op": "Add"}, "Array"),
        ({"__op": "AddRelation", "objects": [POINTER]}, "Relation<A>"),
        (
            {"__op": "Batch", "ops": [{"__op": "RemoveRelation", "objects": [POINTER]}]},
            "Relation<A>",
        ),
    ],
)
def test_a_value_implies_the_type_of_its_field(value: JSONValue, type_name: str) -> None:
    assert str(type_of(value)) == type_name


@pytest.mark.parametrize("value", [None, {"__op": "Delete"}])
def test_nothing_implies_no_type(value: JSONValue) -> None:
    assert type_of(value) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"__op": "Nonsense"}, 108),
        ({"__op": 5}, 108),
        ({"__op": "AddRelation", "objects": []}, 107),
        ({"__op": "AddRelation", "objects": [1]}, 107),
        ({"__op": "Batch", "ops": []}, 107),
        ({"__op": "Batch", "ops": [{"__op": "Add"}]}, 107),
        ({"__op": "Batch", "ops": [{"__op": ["AddRelation"]}]}, 107),
        ({"__op": "Batch", "ops": [[]]}, 107),
    ],
)
def test_operations_without_a_type_are_refused(value: JSONValue, code: int) -> None:
    with pytest.raises(ParseError) as refused:
        type_of(value)
    assert refused.value.code == code


def test_a_boolean_is_no_number() -> None:
    assert is_number(1)
    assert is_number(0.5)
    assert not is_number(True)
    assert str(FieldType("Pointer", "Team")) == "Pointer<Team>"
