"""Which conditions a query is found by."""

import pytest

from parsepy.livequery.index_guard import MOST_PLACES, Guard, Place, Span, Value, guard_of
from parsepy.livequery.index_keys import NULL_KEY, TRUE_KEY
from parsepy.livequery.intervals import GREATEST, LEAST, after, at, before
from parsepy.protocol.field_types import ARRAY, DATE, NUMBER, FieldType
from parsepy.protocol.values import date, pointer
from parsepy.query import stored
from parsepy.query.parse import parse_where
from parsepy.query.tree import NOTHING, All, And, Compare, Equal, In, Or, Path, Where
from parsepy.types import JSONObject, JSONValue

FIELDS = {"n": NUMBER, "day": DATE, "list": ARRAY, "team": FieldType("Pointer", "Team")}
N, LIST, TEAM, TEXT = (
    Path("n", NUMBER),
    Path("list", ARRAY),
    Path("team", FIELDS["team"]),
    Path("t"),
)
NOON: JSONValue = "2020-02-29T12:00:00.000Z"


def guard(where: Where | JSONObject, **crowded: int) -> Guard | None:
    """With so many queries at the places of each key, and none elsewhere."""
    parsed = parse_where(where, FIELDS) if isinstance(where, dict) else where
    return guard_of(parsed, lambda place: crowded.get(place.path.key, 0))


def span(low: int, high: int) -> Span:
    return Span(N, stored.NUMBER, at(low), at(high))


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ({"n": 1}, [Value(N, 1)]),
        ({"n": 1.0}, [Value(N, 1)]),
        ({"n": True}, [Value(N, TRUE_KEY)]),
        ({"n": None}, [Value(N, NULL_KEY)]),
        ({"team": pointer("Team", "one")}, [Value(TEAM, "Team$one")]),
        ({"team": {"$in": [pointer("Team", "one")]}}, [Value(TEAM, "Team$one")]),
        ({"n": {"$in": [1, 2, 1]}}, [Value(N, 1), Value(N, 2)]),
        ({"n": {"$in": []}}, []),
        ({"list": {"$all": [1]}}, [Value(LIST, 1)]),
        ({"list": {"$all": []}}, []),
        ({"n": {"$gt": 1}}, [Span(N, stored.NUMBER, after(1), GREATEST)]),
        ({"n": {"$lte": 1}}, [Span(N, stored.NUMBER, LEAST, at(1))]),
        ({"n": {"$gte": 1, "$lt": 3}}, [Span(N, stored.NUMBER, at(1), before(3))]),
        ({"$and": [{"n": {"$gte": 1}}, {"n": {"$lte": 3}}]}, [span(1, 3)]),
        ({"$and": [{"n": {"$gte": 0, "$lte": 3}}, {"n": {"$gte": 1, "$lte": 9}}]}, [span(1, 3)]),
        (
            {"day": {"$lt": date(str(NOON))}},
            [Span(Path("day", DATE), stored.DATE, LEAST, before(NOON))],
        ),
        ({"t": {"$regex": "^\\Qab\\E"}}, [Span(TEXT, stored.TEXT, at("ab"), before("ac"))]),
        (
            {"t": {"$regex": "^\\Q\U0010ffff\\E"}},
            [Span(TEXT, stored.TEXT, at("\U0010ffff"), GREATEST)],
        ),
        ({"n": {"$lte": None}}, [Value(N, NULL_KEY)]),
        ({"n": {"$lt": None}}, []),
        ({"$or": [{"n": 1}, {"t": "a"}]}, [Value(N, 1), Value(TEXT, "a")]),
        ({"$or": [{"n": 1}, {"n": {"$in": []}}]}, [Value(N, 1)]),
    ],
    ids=str,
)
def test_a_condition_is_looked_up(where: JSONObject, places: list[Place]) -> None:
    assert guard(where) == tuple(places)


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"n": {"$ne": 1}},
        {"n": {"$nin": [1]}},
        {"n": {"$exists": True}},
        {"t": {"$regex": "^a"}},
        {"t": {"$regex": "^\\Qa\\E", "$options": "i"}},
        {"t": {"$regex": "^\\Qa\\E|b"}},
        {"t": {"$regex": "^\\Q\\E"}},
        {"t": {"$regex": "^\\Qa\\E*\\Qb\\E"}},
        {"$or": [{"n": 1}, {"t": {"$exists": False}}]},
        {"$nor": [{"n": 1}]},
        {"list": {"$containedBy": [1]}},
    ],
    ids=str,
)
def test_other_conditions_are_looked_at_each_time(where: JSONObject) -> None:
    assert guard(where) is None


def test_nothing_matches_nothing() -> None:
    assert guard(NOTHING) == ()


def test_lists_of_ids_have_a_limit() -> None:
    assert guard(In(N, tuple(range(MOST_PLACES)))) is not None
    assert guard(In(N, tuple(range(MOST_PLACES + 1)))) is None


@pytest.mark.parametrize(
    ("where", "chosen"),
    [
        ({"n": 1, "t": {"$exists": True}}, "n"),
        ({"n": {"$gt": 1}, "t": "a"}, "t"),
        ({"n": {"$gt": 1, "$lt": 2}, "t": "a"}, "t"),
        ({"n": {"$gt": 1, "$lt": 2}, "flag": True}, "n"),
        ({"n": {"$gt": 1}, "flag": True}, "flag"),
        ({"n": {"$gt": 1}, "t": None}, "n"),
        ({"flag": True, "t": None}, "flag"),
        ({"n": {"$in": [1, 2]}, "t": "a"}, "n"),
        ({"n": {"$in": list(range(40))}, "t": "a"}, "t"),
        ({"n": {"$in": list(range(40))}, "day": {"$gt": date(str(NOON))}}, "n"),
        ({"$or": [{"n": 1}, {"n": 2}], "t": None}, "n"),
        ({"t": "a", "n": {"$in": []}}, None),
    ],
    ids=str,
)
def test_of_several_the_one_that_tells_most(where: JSONObject, chosen: str | None) -> None:
    found = guard(where)
    assert found is not None
    assert {place.path.key for place in found} == {chosen} - {None}


def test_of_like_conditions_the_one_that_fewest_share() -> None:
    both = And((Equal(TEXT, "message"), Equal(N, 1)))
    assert guard(both) == (Value(TEXT, "message"),)
    assert guard(both, t=1) == (Value(N, 1),)
    assert guard(both, t=1, n=2) == (Value(TEXT, "message"),)


def test_a_crowded_value_gives_way_to_a_range() -> None:
    both = And((Equal(TEXT, "message"), Compare(N, ">=", 1), Compare(N, "<=", 2)))
    assert guard(both, t=3) == (Value(TEXT, "message"),)
    assert guard(both, t=30) == (span(1, 2),)


def test_bounds_the_wrong_way_round_hold_for_lists_only() -> None:
    assert guard({"n": {"$gte": 3, "$lte": 1}}) == (Span(N, stored.NUMBER, at(3), GREATEST),)


def test_bounds_of_different_kinds_are_two_conditions() -> None:
    assert guard(And((Compare(TEXT, ">", "a"), Compare(TEXT, "<", 1)))) == (
        Span(TEXT, stored.TEXT, after("a"), GREATEST),
    )


def test_branches_choose_for_themselves() -> None:
    where = Or((And((Compare(N, ">", 1), Equal(TEXT, "a"))), All(LIST, ("b", "c"))))
    assert guard(where) == (Value(TEXT, "a"), Value(LIST, "b"))
