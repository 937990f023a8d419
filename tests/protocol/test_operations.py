"""Atomic operations: decoding them, and what they make of a value."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.operations import (
    MAX_LIST_GROWTH,
    UNSET,
    Add,
    AddUnique,
    ChangeRelation,
    Increment,
    Operation,
    Remove,
    SetValue,
    apply,
    apply_at_path,
    check_paths,
    decode,
    decode_for_create,
    initial_value,
    is_operation,
)
from parsepy.protocol.values import date, pointer
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

A, B = pointer("A", "a"), pointer("A", "b")
LOOSE_DATE: JSONObject = {"iso": "2020-01-01", "__type": "Date"}
DAY = date("2020-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("value", "operation"),
    [
        (1, SetValue(1)),
        (None, SetValue(None)),
        (LOOSE_DATE, SetValue(DAY)),
        ({"a": {"__op": "Delete"}}, SetValue({"a": {"__op": "Delete"}})),
        ({"__op": "Delete"}, UNSET),
        ({"__op": "Increment", "amount": -1.5}, Increment(-1.5)),
        ({"__op": "Add", "objects": [1, LOOSE_DATE]}, Add([1, DAY])),
        ({"__op": "AddUnique", "objects": [1, 1]}, AddUnique([1, 1])),
        ({"__op": "Remove", "objects": []}, Remove([])),
        ({"__op": "AddRelation", "objects": [A, B]}, ChangeRelation("A", ("a", "b"), ())),
        ({"__op": "RemoveRelation", "objects": [A]}, ChangeRelation("A", (), ("a",))),
        (
            {
                "__op": "Batch",
                "ops": [
                    {"__op": "AddRelation", "objects": [A]},
                    {"__op": "RemoveRelation", "objects": [B]},
                ],
            },
            ChangeRelation("A", ("a",), ("b",)),
        ),
    ],
)
def test_operations_are_decoded(value: JSONValue, operation: Operation) -> None:
    assert decode(value) == operation


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ({"__op": "Increment"}, 107, "incrementing must provide a number"),
        ({"__op": "Increment", "amount": "1"}, 107, "incrementing must provide a number"),
        ({"__op": "Increment", "amount": True}, 107, "incrementing must provide a number"),
        ({"__op": "Add", "objects": 1}, 107, "objects to add must be an array"),
        ({"__op": "AddUnique"}, 107, "objects to add must be an array"),
        ({"__op": "Remove", "objects": {}}, 107, "objects to remove must be an array"),
        ({"__op": "Add", "objects": [{"a.b": 1}]}, 121, None),
        ({"__op": "SetOnInsert", "amount": 1}, 108, None),
        ({"__op": "Nonsense"}, 108, "The Nonsense operator is not supported yet."),
        ({"__op": None}, 108, None),
        ({"__op": ["Add"]}, 108, None),
        ({"__op": {}}, 108, None),
        ({"__op": "AddRelation", "objects": []}, 107, None),
        ({"__op": "AddRelation", "objects": [1]}, 107, None),
        ({"__op": "AddRelation", "objects": [A, pointer("B", "b")]}, 107, None),
        ({"__op": "Batch", "ops": 1}, 107, None),
        ({"__op": "Batch", "ops": [{"__op": "Add", "objects": []}]}, 107, None),
    ],
)
def test_malformed_operations_are_refused(value: JSONValue, code: int, message: str | None) -> None:
    with pytest.raises(ParseError) as refused:
        decode(value)
    assert refused.value.code == code
    assert message is None or refused.value.message == message


@pytest.mark.parametrize(
    "value",
    [
        {"__op": "Increment", "amount": "1"},
        {"__op": "Add"},
        {"__op": "AddUnique", "objects": 1},
        {"__op": "Remove", "objects": 1},
    ],
)
def test_on_create_the_message_is_the_same_for_all(value: JSONValue) -> None:
    with pytest.raises(ParseError) as refused:
        decode_for_create(value)
    assert refused.value.code == 107
    assert refused.value.message == "objects to add must be an array"


@pytest.mark.parametrize(
    ("operation", "initial"),
    [
        (SetValue(1), 1),
        (Increment(2), 2),
        (Add([1, 1]), [1, 1]),
        (AddUnique([1, 1]), [1, 1]),
        (Remove([1]), []),
        (UNSET, MISSING),
        (ChangeRelation("A", ("a",), ()), MISSING),
    ],
)
def test_a_new_object_starts_with(operation: Operation, initial: JSONValue | Missing) -> None:
    assert initial_value(operation) == initial


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (SetValue(1), "x", 1),
        (UNSET, "x", MISSING),
        (Increment(1), MISSING, 1),
        (Increment(1.5), 1, 2.5),
        (Add([1]), MISSING, [1]),
        (Add([1]), [1], [1, 1]),
        (AddUnique([1, True, "1", 1]), [1], [1, True, "1"]),
        (AddUnique([{"b": 1, "a": 2}]), [{"a": 2, "b": 1}], [{"a": 2, "b": 1}, {"b": 1, "a": 2}]),
        (Remove([1]), [1, True, 1], [True]),
        (Remove([1]), MISSING, MISSING),
    ],
)
def test_an_operation_changes_a_value(
    operation: Operation, before: JSONValue | Missing, after: JSONValue | Missing
) -> None:
    kept = repr(before)
    assert repr(apply(operation, before)) == repr(after)
    assert repr(before) == kept


@pytest.mark.parametrize(
    ("operation", "current"),
    [
        (Increment(1), "1"),
        (Increment(1), True),
        (Increment(1), None),
        (Add([1]), {}),
        (AddUnique([1]), None),
        (Remove([1]), 1),
    ],
)
def test_an_operation_that_does_not_fit_is_refused(
    operation: Operation, current: JSONValue
) -> None:
    with pytest.raises(ParseError) as refused:
        apply(operation, current)
    assert refused.value.code == 111


@pytest.mark.parametrize(
    ("document", "path", "operation", "after"),
    [
        ({}, "a.b", SetValue(1), {"a": {"b": 1}}),
        ({"a": {"b": 1}}, "a.b", Increment(1), {"a": {"b": 2}}),
        ({"a": {"b": 1}}, "a.b", UNSET, {"a": {}}),
        ({}, "a.b", UNSET, {}),
        ({}, "a.b", Remove([1]), {}),
        ({"a": [1]}, "a.0", SetValue(2), {"a": [2]}),
        ({"a": [1]}, "a.2", SetValue(2), {"a": [1, None, 2]}),
        ({"a": [{"b": 1}]}, "a.0.b", Increment(1), {"a": [{"b": 2}]}),
        ({"a": [1]}, "a.1.b", SetValue(1), {"a": [1, {"b": 1}]}),
        ({"a": [1, 2]}, "a.0", UNSET, {"a": [None, 2]}),
        ({"a": [1]}, "a.5", UNSET, {"a": [1]}),
        ({"a": {}}, "a.0", SetValue(1), {"a": {"0": 1}}),
        ({"a": 1}, "b", SetValue(2), {"a": 1, "b": 2}),
    ],
)
def test_an_operation_changes_what_a_path_names(
    document: JSONObject, path: str, operation: Operation, after: JSONObject
) -> None:
    apply_at_path(document, path, operation)
    assert document == after


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"a": 1}, "a.b"),
        ({"a": None}, "a.b"),
        ({"a": [1]}, "a.b"),
        ({"a": [1]}, "a.0.b"),
        ({"a": [1]}, "a.-1"),
        ({"a": [1]}, "a.\u0661"),
        ({"a": [1]}, f"a.{MAX_LIST_GROWTH + 2}"),
        ({"a": [1]}, "a.99999999999999999999.b"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(document: JSONObject, path: str) -> None:
    before = repr(document)
    with pytest.raises(ParseError) as refused:
        apply_at_path(document, path, SetValue(1))
    assert refused.value.code == 111
    assert repr(document) == before


@pytest.mark.parametrize(
    "paths",
    [
        ("a", "a.b"),
        ("a.b.c", "a"),
        ("a.1", "a.01"),
        ("a.0", "a.000"),
        ("a.01.b", "a.1"),
        ("a.1.b", "a.01", "c"),
    ],
)
def test_a_field_and_a_part_of_it_do_not_change_in_one_update(paths: tuple[str, ...]) -> None:
    with pytest.raises(ParseError) as refused:
        check_paths(dict.fromkeys(paths, UNSET))

    assert refused.value.code == 107


@pytest.mark.parametrize("paths", [("a", "ab.c"), ("a.b", "a.c"), ("a.01", "a.10"), ("a.0", "a.1")])
def test_fields_and_parts_beside_one_another_do(paths: tuple[str, ...]) -> None:
    check_paths(dict.fromkeys(paths, UNSET))


def test_what_an_operation_is() -> None:
    assert is_operation({"__op": "x"})
    assert not is_operation({"a": {"__op": "x"}})
    assert not is_operation("__op")
