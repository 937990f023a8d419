"""The index never misses a query that matches, and leaves out those it knows cannot."""

import os
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.livequery.index import Index
from parsepy.protocol.field_types import ARRAY, NUMBER, STRING
from parsepy.protocol.values import date, pointer
from parsepy.query.match import compile_matcher
from parsepy.query.parse import parse_where
from parsepy.query.tree import (
    EVERYTHING,
    NOTHING,
    Accessible,
    And,
    Compare,
    Equal,
    In,
    Matches,
    Path,
    Where,
)
from parsepy.types import JSONMapping, JSONObject, ParseObject
from tests.query.samples import EARLY, SCHEMA, objects, wheres

EXAMPLES = int(os.environ.get("PARSEPY_AGREEMENT_EXAMPLES", "40"))
N, TEXT, LIST = Path("number", NUMBER), Path("text", STRING), Path("list", ARRAY)


def parsed(where: JSONObject) -> Where | None:
    try:
        return parse_where(where, SCHEMA.types)
    except ParseError:
        return None


trees: st.SearchStrategy[Where] = (
    wheres.map(parsed).filter(lambda tree: tree is not None).map(lambda tree: tree or EVERYTHING)
)
conditions = st.one_of(
    trees, st.lists(trees, min_size=2, max_size=3).map(lambda parts: And(tuple(parts)))
)


def index_of(wheres: Sequence[Where]) -> Index[int]:
    index: Index[int] = Index()
    for number, where in enumerate(wheres):
        index.add(where, number)
    return index


def candidates(index: Index[int], *documents: JSONMapping) -> list[int]:
    found = list(index.candidates(*documents))
    assert len(found) == len(set(found))
    return sorted(found)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    documents=objects,
    asked=st.lists(conditions, min_size=4, max_size=16),
    removed=st.sets(st.integers(0, 15)),
    added=st.lists(conditions, max_size=4),
)
def test_every_query_that_matches_is_a_candidate(
    documents: list[ParseObject], asked: list[Where], removed: set[int], added: list[Where]
) -> None:
    index = index_of(asked)
    kept = dict(enumerate(asked))
    for number in sorted(removed & kept.keys()):
        index.remove(number)
        del kept[number]
    for number, where in enumerate(added, len(asked)):
        index.add(where, number)
        kept[number] = where
    matchers = {number: compile_matcher(where) for number, where in kept.items()}

    assert len(index) == len(kept)
    for before, after in zip(documents, reversed(documents), strict=True):
        found = set(candidates(index, before, after))
        assert found <= kept.keys()
        for number, matches in matchers.items():
            if matches(before) or matches(after):
                assert number in found, kept[number]


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(documents=objects, asked=st.lists(conditions, min_size=1, max_size=8))
def test_an_index_that_was_emptied_is_as_new(
    documents: list[ParseObject], asked: list[Where]
) -> None:
    index = index_of(asked)
    for number in range(len(asked)):
        index.remove(number)

    assert len(index) == 0
    assert candidates(index, *documents) == []
    for number, where in enumerate(asked):
        index.add(where, number)
    assert candidates(index, *documents) == candidates(index_of(asked), *documents)


@pytest.mark.parametrize(
    ("where", "document", "is_candidate"),
    [
        (Equal(N, 1), {"number": 1.0}, True),
        (Equal(N, 1), {"number": True}, False),
        (Equal(N, 0), {"number": -0.0}, True),
        (Equal(N, 1), {"number": "1"}, False),
        (Equal(N, None), {}, True),
        (Equal(N, None), {"number": None}, True),
        (Equal(N, None), {"number": 1}, False),
        (Equal(LIST, 1), {"list": [2, 1]}, True),
        (Equal(LIST, [1]), {"list": [1]}, True),
        (Equal(LIST, [-0.0]), {"list": [[0]]}, True),
        (Equal(LIST, 1), {"list": [[1]]}, False),
        (Equal(LIST, pointer("Team", "one")), {"list": [pointer("Team", "one")]}, True),
        (Equal(Path("list.0"), 2), {"list": [2, 1]}, True),
        (Equal(Path("list.a"), 2), {"list": [{"a": 2}]}, True),
        (Equal(Path("list.a"), None), {"list": [{"b": 2}]}, True),
        (Equal(Path("list.a"), None), {}, True),
        (Equal(Path("map.a.b"), 1), {"map": {"a": {"b": 1}}}, True),
        (Equal(Path("map.a.b"), 1), {"map": {"a": {"c": 1}}}, False),
        (Equal(Path("createdAt"), date(EARLY)), {"createdAt": EARLY}, True),
        (Compare(Path("createdAt"), ">", date(EARLY)), {"createdAt": EARLY}, False),
        (Compare(Path("updatedAt"), ">=", date(EARLY)), {"updatedAt": EARLY}, True),
        (Compare(N, "<", 1), {"number": False}, False),
        (Compare(N, "<", 1), {}, False),
        (Compare(N, "<=", None), {}, True),
        (Compare(TEXT, "<", "b"), {"text": "a"}, True),
        (Matches(TEXT, "^\\Qa\\E", ""), {"text": "ab"}, True),
        (Matches(TEXT, "^\\Qa\\E", ""), {"text": "b"}, False),
        (Matches(TEXT, "^\\Qa\\E", ""), {"text": "A"}, False),
        (In(Path("_rperm"), ("*", None)), {"ACL": {"*": {"read": True}}}, True),
        (In(Path("_rperm"), ("*",)), {"ACL": {"u": {"read": True}}}, False),
        (Equal(Path("_session_token"), "r:1"), {"sessionToken": "r:1"}, True),
        (Accessible("read", ("*",)), {}, True),
        (EVERYTHING, {}, True),
        (NOTHING, {}, False),
    ],
    ids=str,
)
def test_values_mean_what_they_mean_to_queries(
    where: Where, document: JSONObject, is_candidate: bool
) -> None:
    assert bool(candidates(index_of([where]), document)) == is_candidate
    assert is_candidate or not compile_matcher(where)(document)


@pytest.mark.parametrize(("low", "high"), [(5, 6), (6, 5), (5, 5), (0, 9), (2, 3), (1, 9)])
def test_different_elements_of_a_list_may_meet_the_two_bounds(low: int, high: int) -> None:
    where = And((Compare(LIST, ">", low), Compare(LIST, "<", high)))
    document: JSONObject = {"list": [1, 9]}
    assert compile_matcher(where)(document) == (low < 9 and high > 1)
    assert candidates(index_of([where]), document) == ([0] if low < 9 and high > 1 else [])


def test_one_of_the_documents_is_enough_and_a_query_comes_once() -> None:
    index = index_of([Equal(N, 1), Equal(N, 2), Equal(N, 3), In(N, (1, 2)), EVERYTHING])
    assert candidates(index, {"number": 1}, {"number": 2}) == [0, 1, 3, 4]
    assert candidates(index) == [4]


def test_other_values_are_not_looked_at() -> None:
    rooms = [And((Equal(TEXT, "message"), Equal(N, number))) for number in range(1_000)]
    votes: list[Where] = [Equal(Path(f"map.votes.{number}"), 1) for number in range(1_000)]
    ages: list[Where] = [
        And((Compare(Path("age"), ">=", number), Compare(Path("age"), "<", number + 1)))
        for number in range(1_000)
    ]
    index = index_of([*rooms, *votes, *ages])

    found = candidates(
        index, {"text": "message", "number": 7, "map": {"votes": {"8": 1}}, "age": 9.5}
    )

    # The first room is found by "message": nobody had asked for that yet.
    assert found == [0, 7, 1_008, 2_009]


def test_a_query_is_there_once() -> None:
    index = index_of([EVERYTHING, Equal(N, 1)])
    for number in (0, 1):
        with pytest.raises(ValueError, match="in the index already"):
            index.add(Equal(N, 2), number)
    assert candidates(index, {"number": 2}) == [0]
    index.remove(1)
    with pytest.raises(KeyError):
        index.remove(1)
