"""The query language of `$match`, where it is not what a `where` of REST is."""

import pytest

from parsepy.types import JSONObject, JSONValue
from tests.aggregation.evaluate.running import refusal, run

DOCUMENTS: list[JSONObject] = [
    {"_id": "a", "n": 4, "s": "Ab", "l": [1, 5], "o": [{"k": 1, "m": 2}, {"k": 3}]},
    {"_id": "b", "n": 2.5, "s": "ab\n", "l": [], "o": {"k": 1}},
    {"_id": "c", "n": None, "s": "x", "l": [[1, 5]]},
    {"_id": "d", "n": 1e300, "x": True},
]


def ids(query: JSONValue) -> str:
    return "".join(str(row["_id"]) for row in run([{"$match": query}], DOCUMENTS))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "abcd"),
        ({"$comment": "nothing"}, "abcd"),
        ({"n": None}, "c"),
        ({"x": None}, "abc"),
        ({"n": {"$gt": None}}, ""),
        ({"n": {"$gte": None}}, "c"),
        ({"n": {"$mod": [2, 0]}}, "ab"),
        ({"n": {"$type": "number"}}, "abd"),
        ({"n": {"$type": ["int", 10]}}, "ac"),
        ({"l": [1, 5]}, "ac"),
        ({"l": 5}, "a"),
        ({"l": {"$size": 0}}, "b"),
        ({"l": {"$all": [1, 5]}}, "a"),
        ({"l": {"$all": []}}, ""),
        ({"l": {"$all": [{"$elemMatch": {"$gt": 4}}]}}, "a"),
        ({"l": {"$elemMatch": {"$gt": 1, "$lt": 5}}}, ""),
        ({"l": {"$gt": 1, "$lt": 5}}, "a"),
        ({"l": {"$not": {"$gt": 4}}}, "bcd"),
        ({"l.0": 1}, "a"),
        ({"l.0.1": 5}, "c"),
        ({"o.k": 1}, "ab"),
        ({"o": {"$elemMatch": {"k": 3, "m": None}}}, "a"),
        ({"o": {"$elemMatch": {"$or": [{"m": 2}]}}}, "a"),
        ({"o": {"k": 1}}, "b"),
        ({"o.m": {"$exists": True}}, "a"),
        ({"s": {"$regex": "^a", "$options": "i"}}, "ab"),
        ({"s": {"$not": {"$regex": "b"}}}, "cd"),
        ({"s": {"$in": ["x", None]}}, "cd"),
        ({"s": {"$nin": ["x", None]}}, "ab"),
        ({"$nor": [{"n": 4}, {"s": "x"}]}, "bd"),
        ({"$expr": {"$gt": ["$n", {"$size": {"$ifNull": ["$l", []]}}]}}, "abd"),
        ({"$expr": "$x"}, "d"),
    ],
)
def test_selected(query: JSONValue, expected: str) -> None:
    assert ids(query) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (1, "the match filter must be an expression in an object"),
        ({"$where": "1"}, "The query operator $where is not supported by this store."),
        ({"$text": {}}, "The query operator $text is not supported by this store."),
        ({"a": {"$geoWithin": {}}}, "The query operator $geoWithin is not supported"),
        ({"a": {"$foo": 1}}, "unknown operator: $foo"),
        ({"a": {"$gt": 1, "b": 2}}, "unknown operator: b"),
        ({"a": {"$in": [{"$regex": "a"}]}}, "cannot nest $ under $in"),
        ({"a": {"$not": 1}}, "$not needs a regex or a document"),
        ({"a": {"$all": 1}}, "$all needs an array"),
        ({"a": {"$elemMatch": 1}}, "$elemMatch needs an Object"),
        ({"a": {"$mod": [0, 1]}}, "divisor cannot be 0"),
        ({"a": {"$mod": [1]}}, "malformed mod"),
        ({"a": {"$type": "foo"}}, "Unknown type name alias: foo"),
        ({"a": {"$type": 99}}, "Invalid numerical type code"),
        ({"a": {"$size": -1}}, "Expected a non-negative number"),
        ({"a": {"$regex": 1}}, "$regex has to be a string"),
        ({"a": {"$regex": "a", "$options": "q"}}, "invalid flag in regex options: q"),
        ({"$and": []}, "$and/$or/$nor must be a nonempty array"),
        ({"$or": [1]}, "$or/$and/$nor entries need to be full objects"),
    ],
)
def test_refused(query: JSONValue, message: str) -> None:
    assert message in refusal([{"$match": query}])


def test_a_hostile_pattern_costs_a_blink() -> None:
    hostile = r"^(?:a|aa)*(?<!a)$"
    documents: list[JSONObject] = [{"_id": 1, "s": "a" * 60}]
    queries: list[JSONValue] = [
        {"s": {"$regex": hostile}},
        {"$expr": {"$regexMatch": {"input": "$s", "regex": hostile}}},
    ]
    for query in queries:
        assert "too much time" in refusal([{"$match": query}], documents)


def test_conditions_as_deep_as_json_may_be() -> None:
    query: JSONValue = {"n": 4}
    for _ in range(60):
        query = {"$and": [query]}
    assert ids(query) == "a"
