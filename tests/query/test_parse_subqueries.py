"""Constraints that ask other classes: their shapes, and how they stand beside other constraints."""

import pytest

from parsepy.protocol.field_types import FieldType
from parsepy.query import tree
from parsepy.query.parse import parse_where
from parsepy.query.tree import InQuery, Path, Selected, SubQuery
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

TEAM = Path("team", FieldType("Pointer", "Team"))
FIELDS = {"team": FieldType("Pointer", "Team")}
RED: JSONObject = {"where": {"name": "red"}, "className": "Team"}
ASKED = SubQuery("Team", {"name": "red"})


def _parsed(constraint: JSONValue) -> tree.Where:
    return parse_where({"team": constraint}, FIELDS)


@pytest.mark.parametrize(("operator", "negated"), [("$inQuery", False), ("$notInQuery", True)])
def test_a_query_that_pointers_have_to_be_found_by(operator: str, negated: bool) -> None:
    assert _parsed({operator: RED}) == InQuery(TEAM, ASKED, negated)


@pytest.mark.parametrize(("operator", "negated"), [("$select", False), ("$dontSelect", True)])
def test_a_query_whose_values_are_selected(operator: str, negated: bool) -> None:
    value: JSONObject = {"query": RED, "key": "info.city"}

    assert _parsed({operator: value}) == Selected(TEAM, ASKED, "info.city", negated)


def test_a_sub_query_may_be_redirected() -> None:
    asked = _parsed({"$inQuery": {**RED, "redirectClassNameForKey": "likes"}})

    assert asked == InQuery(TEAM, SubQuery("Team", {"name": "red"}, "likes"), negated=False)


def test_a_selecting_query_may_leave_out_where() -> None:
    asked = _parsed({"$select": {"query": {"className": "Team"}, "key": "city"}})

    assert asked == Selected(TEAM, SubQuery("Team", {}), "city", negated=False)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Team",
        [],
        {},
        {"className": "Team"},
        {"where": {}},
        {"where": {}, "className": ""},
        {"where": {}, "className": 3},
        {"where": {}, "className": {"$gt": ""}},
        {"where": [], "className": "Team"},
        {"where": "{}", "className": "Team"},
    ],
)
@pytest.mark.parametrize("operator", ["$inQuery", "$notInQuery"])
def test_a_sub_query_without_class_or_where_is_refused(operator: str, value: JSONValue) -> None:
    error = refusal(lambda: _parsed({operator: value}))

    assert error is not None
    assert (error.code, error.message) == (102, f"improper usage of {operator}")


@pytest.mark.parametrize(
    "value",
    [
        None,
        [RED, "key"],
        {"query": RED},
        {"key": "city"},
        {"query": RED, "key": ""},
        {"query": RED, "key": 3},
        {"query": RED, "key": "city", "limit": 1},
        {"query": "Team", "key": "city"},
        {"query": {"where": {}}, "key": "city"},
        {"query": {"className": "Team", "where": []}, "key": "city"},
    ],
)
@pytest.mark.parametrize("operator", ["$select", "$dontSelect"])
def test_a_selection_that_is_not_query_and_key_is_refused(operator: str, value: JSONValue) -> None:
    error = refusal(lambda: _parsed({operator: value}))

    assert error is not None
    assert (error.code, error.message) == (102, f"improper usage of {operator}")


def test_values_that_may_be_equal_are_one_list() -> None:
    other: JSONObject = {"__type": "Pointer", "className": "Team", "objectId": "x"}

    asked = _parsed({"$inQuery": RED, "$in": [other], "$exists": True})

    assert asked == tree.And(
        (
            tree.Or((tree.In(TEAM, (other,)), InQuery(TEAM, ASKED, negated=False))),
            tree.Exists(TEAM, exists=True),
        )
    )


def test_values_that_must_not_be_equal_all_count() -> None:
    asked = _parsed({"$notInQuery": RED, "$nin": ["x"]})

    assert isinstance(asked, tree.And)
    assert {type(child) for child in asked.children} == {InQuery, tree.NotIn}


OWNER: JSONObject = {"__type": "Pointer", "className": "Post", "objectId": "p"}


def test_the_objects_in_a_relation_of_another() -> None:
    asked = parse_where({"$relatedTo": {"object": OWNER, "key": "likes"}}, {})

    assert asked == tree.RelatedTo("Post", "p", "likes")


@pytest.mark.parametrize(
    "value",
    [
        {"object": OWNER},
        {"object": "p", "key": "likes"},
        {"object": OWNER, "key": 3},
        {"object": {"__type": "Pointer", "className": "Post"}, "key": "likes"},
        {"object": {"className": {"$ne": ""}, "objectId": "p"}, "key": "likes"},
    ],
)
def test_a_relation_of_nothing_holds_nothing(value: JSONValue) -> None:
    assert parse_where({"$relatedTo": value}, {}) == tree.NOTHING


@pytest.mark.parametrize(
    ("value", "code"), [(None, 105), ({}, 105), ("", 105), ("x", 102), ({"key": "likes"}, 102)]
)
def test_a_relation_without_owner_is_refused(value: JSONValue, code: int) -> None:
    error = refusal(lambda: parse_where({"$relatedTo": value}, {}))

    assert error is not None
    assert error.code == code
