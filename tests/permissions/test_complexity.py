"""How much one query may ask for, judged on the request as it came."""

import pytest

from parsepy.errors import ParseError
from parsepy.options.model import RequestComplexity
from parsepy.permissions import complexity
from parsepy.protocol.find_parameters import KeyPath
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal


def _nested(operator: str, depth: int) -> JSONObject:
    """`depth` logical operators around one condition."""
    where: JSONObject = {"score": 1}
    for _ in range(depth):
        where = {operator: [where]}
    return where


def _refusal(where: JSONValue, limits: RequestComplexity) -> str | None:
    error = refusal(lambda: complexity.check_where(where, limits))
    assert error is None or error.code == 102
    return None if error is None else error.message


@pytest.mark.parametrize("operator", ["$or", "$and", "$nor"])
@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_conditions_nest_as_deep_as_allowed_and_no_deeper(operator: str, allowed: int) -> None:
    limits = RequestComplexity(query_depth=allowed)

    assert _refusal(_nested(operator, allowed), limits) is None
    assert _refusal(_nested(operator, allowed + 1), limits) == (
        f"Query condition nesting depth exceeds maximum allowed depth of {allowed}"
    )


def test_depth_is_that_of_the_deepest_branch() -> None:
    where: JSONObject = {"$or": [{"a": 1}, {"$and": [{"b": 2}, {"$or": [{"c": 3}]}]}]}

    assert _refusal(where, RequestComplexity(query_depth=3)) is None
    assert _refusal(where, RequestComplexity(query_depth=2)) is not None


def test_conditions_side_by_side_are_not_deep() -> None:
    where: JSONObject = {"$or": [{"a": number} for number in range(100)]}

    assert _refusal(where, RequestComplexity(query_depth=1)) is None


@pytest.mark.parametrize(
    "where",
    [
        {"a": {"$regex": "^x"}},
        {"$or": [{"a": 1}, {"b": {"$regex": "^x"}}]},
        {"a": {"$not": {"$regex": "^x"}}},
        {"a": {"$all": [{"$regex": "^x"}]}},
    ],
)
def test_an_expression_is_refused_wherever_it_stands(where: JSONObject) -> None:
    assert _refusal(where, RequestComplexity(allow_regex=False)) == "$regex operator is not allowed"
    assert _refusal(where, RequestComplexity()) is None


def test_other_operators_pass_without_expressions() -> None:
    where: JSONObject = {"a": {"$in": ["$regex"]}, "b": {"$gt": 1}}

    assert _refusal(where, RequestComplexity(allow_regex=False)) is None


@pytest.mark.parametrize("where", [None, [], {}, "text", 3, {"$or": 3}, [[{"$or": [{}]}]]])
def test_odd_shapes_are_left_to_the_parser(where: JSONValue) -> None:
    assert _refusal(where, RequestComplexity(query_depth=5, allow_regex=False)) is None


def test_no_limit_is_set_from_the_start() -> None:
    assert _refusal(_nested("$or", 100), RequestComplexity()) is None


INCLUDED: tuple[KeyPath, ...] = (("a",), ("a", "b"), ("a", "b", "c"))


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (RequestComplexity(), None),
        (RequestComplexity(include_depth=3, include_count=3), None),
        (
            RequestComplexity(include_depth=2),
            "Include depth of 3 exceeds maximum allowed depth of 2",
        ),
        (
            RequestComplexity(include_depth=0),
            "Include depth of 3 exceeds maximum allowed depth of 0",
        ),
        (
            RequestComplexity(include_count=2),
            "Number of include fields (3) exceeds maximum allowed (2)",
        ),
        (
            RequestComplexity(include_count=0),
            "Number of include fields (3) exceeds maximum allowed (0)",
        ),
    ],
)
def test_includes_are_counted_and_measured(limits: RequestComplexity, message: str | None) -> None:
    if message is None:
        complexity.check_include(INCLUDED, limits)
        return
    with pytest.raises(ParseError) as caught:
        complexity.check_include(INCLUDED, limits)
    assert (caught.value.code, caught.value.message) == (102, message)


def test_no_include_is_within_every_limit() -> None:
    complexity.check_include((), RequestComplexity(include_depth=0, include_count=0))


def _in_query(depth: int, operator: str = "$inQuery") -> JSONObject:
    where: JSONObject = {"score": 1}
    for _ in range(depth):
        if operator in ("$select", "$dontSelect"):
            where = {"a": {operator: {"query": {"className": "A", "where": where}, "key": "k"}}}
        else:
            where = {"a": {operator: {"className": "A", "where": where}}}
    return where


@pytest.mark.parametrize("operator", ["$inQuery", "$notInQuery", "$select", "$dontSelect"])
@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_subqueries_nest_as_deep_as_allowed_and_no_deeper(operator: str, allowed: int) -> None:
    limits = RequestComplexity(subquery_depth=allowed)

    assert _refusal(_in_query(allowed, operator), limits) is None
    assert _refusal(_in_query(allowed + 1, operator), limits) == (
        f"Subquery nesting depth exceeds maximum allowed depth of {allowed}"
    )


@pytest.mark.parametrize(
    "where",
    [
        {"$or": [{"b": 1}, _in_query(2)]},
        {"b": {"$not": _in_query(2)}},
        {"b": [_in_query(2)]},
        {"a": {"$inQuery": {"className": "A", "where": {"$and": [_in_query(1, "$select")]}}}},
    ],
)
def test_a_subquery_counts_wherever_it_stands(where: JSONObject) -> None:
    assert _refusal(where, RequestComplexity(subquery_depth=1)) is not None
    assert _refusal(where, RequestComplexity(subquery_depth=2)) is None


def test_subqueries_side_by_side_are_not_deep() -> None:
    where: JSONObject = {"$or": [_in_query(1) for _ in range(50)]}

    assert _refusal(where, RequestComplexity(subquery_depth=1)) is None


def test_conditions_in_a_subquery_count_with_those_around_it() -> None:
    where: JSONObject = {"$or": [{"a": {"$inQuery": {"where": _nested("$and", 2)}}}]}

    assert _refusal(where, RequestComplexity(query_depth=3)) is None
    assert _refusal(where, RequestComplexity(query_depth=2)) is not None
