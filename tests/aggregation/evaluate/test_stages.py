"""Stages: laziness, edges and refusals."""

from collections.abc import Iterator
from typing import cast

import pytest

from parsepy.aggregation.evaluate import compile_pipeline
from parsepy.types import JSONObject, JSONValue
from tests.aggregation.evaluate.running import refusal, run

THREE: list[JSONObject] = [
    {"_id": "a", "n": 1, "t": ["x", "y"]},
    {"_id": "b", "n": 2, "t": []},
    {"_id": "c", "n": None, "o": {"p": [1, 2], "q": 3}},
]


def test_limit_reads_no_more_than_it_shows() -> None:
    read: list[str] = []

    def documents() -> Iterator[JSONObject]:
        for number in range(10):
            read.append(str(number))
            yield {"_id": number, "t": [1, 2]}

    pipeline: list[JSONObject] = [
        {"$match": {"_id": {"$gte": 1}}},
        {"$addFields": {"x": 1}},
        {"$unwind": "$t"},
        {"$limit": 3},
    ]
    evaluate = compile_pipeline(pipeline, lambda _name: list)
    assert len(list(evaluate(documents()))) == 3
    assert len(read) == 3


def test_documents_are_not_changed() -> None:
    before = repr(THREE)
    pipeline: list[JSONObject] = [
        {"$set": {"o.p": 1, "t": "$n", "z.y": 2}},
        {"$unset": ["o.q", "n"]},
        {"$unwind": {"path": "$t", "includeArrayIndex": "o.i", "preserveNullAndEmptyArrays": True}},
    ]
    assert len(run(pipeline, THREE)) == 3
    assert repr(THREE) == before


@pytest.mark.parametrize(
    ("pipeline", "ids"),
    [
        ([{"$sort": {"n": 1}}], "cab"),
        ([{"$sort": {"n": -1}}], "bac"),
        ([{"$sort": {"t": 1, "_id": -1}}], "bca"),
        ([{"$skip": 1}, {"$limit": 1}], "b"),
        ([{"$unwind": "$t"}], "aa"),
        ([{"$unwind": {"path": "$t", "preserveNullAndEmptyArrays": True}}], "aabc"),
        ([{"$unwind": "$n"}], "ab"),
        ([{"$unwind": "$o.p"}], "cc"),
        ([{"$sample": {"size": 9}}, {"$sort": {"_id": 1}}], "abc"),
    ],
)
def test_which_documents_come_out(pipeline: list[JSONObject], ids: str) -> None:
    assert "".join(str(row["_id"]) for row in run(pipeline, THREE)) == ids


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ({"$project": {"n": 1}}, {"_id": "c", "n": None}),
        ({"$project": {"o.p": 1, "_id": 0}}, {"o": {"p": [1, 2]}}),
        ({"$project": {"o.p": 0}}, {"_id": "c", "n": None, "o": {"q": 3}}),
        ({"$project": {"_id": 0, "o": {"z": "$n", "q": 1}}}, {"o": {"q": 3, "z": None}}),
        ({"$project": {"_id": 0, "x": "$$REMOVE", "y": "text"}}, {"y": "text"}),
        ({"$project": {"_id": 0}}, {"n": None, "o": {"p": [1, 2], "q": 3}}),
        ({"$project": {"_id": 1}}, {"_id": "c"}),
        ({"$set": {"o.p.r": 1, "n": "$$REMOVE"}}, {"_id": "c", "o": {"p": [{"r": 1}] * 2, "q": 3}}),
        ({"$set": {"o": {"q": 4}}}, {"_id": "c", "n": None, "o": {"p": [1, 2], "q": 4}}),
        ({"$replaceRoot": {"newRoot": "$o"}}, {"p": [1, 2], "q": 3}),
    ],
)
def test_what_becomes_of_a_document(stage: JSONObject, expected: JSONValue) -> None:
    assert run([stage], THREE[2:]) == [expected]


def test_groups() -> None:
    documents: list[JSONObject] = [
        {"k": 1, "v": 1},
        {"k": 1.0, "v": 0.5},
        {"k": True, "v": "text"},
        {"k": None},
        {},
    ]
    rows = run(
        [{"$group": {"_id": "$k", "n": {"$count": {}}, "s": {"$sum": "$v"}, "a": {"$avg": "$v"}}}],
        documents,
    )
    assert rows == [
        {"_id": 1, "n": 2, "s": 1.5, "a": 0.75},
        {"_id": True, "n": 1, "s": 0, "a": None},
        {"_id": None, "n": 2, "s": 0, "a": None},
    ]


def test_a_compound_id_tells_null_from_nothing() -> None:
    rows = run([{"$group": {"_id": {"k": "$k"}}}], [{"k": None}, {}, {"k": None}])
    assert rows == [{"_id": {"k": None}}, {"_id": {}}]


def test_sums_of_fractions_do_not_lose_the_small_ones() -> None:
    documents: list[JSONObject] = [{"v": value} for value in (1e16, 1.5, -1e16, 0.25)]
    assert run([{"$group": {"_id": None, "s": {"$sum": "$v"}}}], documents) == [
        {"_id": None, "s": 1.75}
    ]


def test_lookup_of_every_form() -> None:
    others: list[JSONObject] = [{"_id": 1, "k": ["x"]}, {"_id": 2, "k": "y"}, {"_id": 3}]
    by_field: JSONObject = {"from": "O", "localField": "t", "foreignField": "k", "as": "r"}
    rows = run([{"$lookup": by_field}], THREE, O=others)
    # A list without elements and a field that is not there both meet what has no such field.
    assert [[each["_id"] for each in row["r"]] for row in rows] == [[1, 2], [3], [3]]  # type: ignore[index,call-overload,union-attr]
    narrowed = {**by_field, "let": {"n": "$n"}, "pipeline": [{"$project": {"m": "$$n"}}]}
    (first, *_) = run([{"$lookup": cast("JSONObject", narrowed)}], THREE, O=others)
    assert first["r"] == [{"_id": 1, "m": 1}, {"_id": 2, "m": 1}]


def test_a_sub_pipeline_knows_the_time() -> None:
    inner: list[JSONValue] = [{"$project": {"_id": 0, "kind": {"$type": "$$NOW"}}}]
    stage: JSONObject = {"$lookup": {"from": "O", "pipeline": inner, "as": "r"}}
    (row,) = run([stage], O=[{"_id": 1}])
    assert row["r"] == [{"kind": "date"}]


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"$foo": 1}, "Unrecognized pipeline stage name: '$foo'"),
        (
            {"$graphLookup": {}},
            "The aggregation stage $graphLookup is not supported by this store.",
        ),
        ({"$out": "x"}, "The aggregation stage $out is not supported by this store."),
        ({"$group": {"_id": None, "x": {"$top": {}}}}, "The accumulator $top is not supported"),
        ({"$limit": 0}, "the limit must be positive"),
        ({"$limit": 1.5}, "Expected an integer"),
        ({"$skip": -1}, "Expected a non-negative number"),
        ({"$sort": {f"k{n}": 1 for n in range(40)}}, "$sort takes at most 32 keys"),
        ({"$sort": {"a": True}}, "$sort key ordering must be 1"),
        ({"$unwind": {"path": "$a", "includeArrayIndex": "$i"}}, "includeArrayIndex"),
        ({"$count": "a.b"}, "the count field cannot contain '.'"),
        ({"$facet": {"$a": []}}, "a $facet field cannot be a $-prefixed path"),
        ({"$replaceWith": 1}, "must evaluate to an object"),
        ({"$project": {"a": {}}}, "An empty sub-projection is not a valid value."),
        ({"$project": {"a.b": 1, "a": 1}}, "Path collision at a"),
        ({"$project": {"_id": "$x", "a": 0}}, "Cannot compute _id in exclusion projection"),
        ({"$unionWith": {"coll": "x", "foo": 1}}, "is an unknown field"),
        ({"$lookup": {"from": "x", "as": "y", "pipeline": 1}}, "A pipeline must be an array"),
        ({"$lookup": {"from": "x", "as": "y", "pipeline": [{}]}}, "exactly one field"),
    ],
)
def test_refused(stage: JSONObject, message: str) -> None:
    assert message in refusal([stage])
