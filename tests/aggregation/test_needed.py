"""Which fields a store has to bring."""

import pytest

from parsepy.aggregation.needed import needed_fields
from parsepy.types import JSONObject


@pytest.mark.parametrize(
    ("pipeline", "needed"),
    [
        ([{"$group": {"_id": "$a", "n": {"$sum": {"$add": ["$b.c", 1]}}}}], {"a", "b"}),
        ([{"$match": {"x.y": 1, "$or": [{"z": 1}]}}, {"$count": "n"}], {"x", "z"}),
        ([{"$match": {"$expr": {"$gt": ["$a", "$b"]}}}, {"$count": "n"}], {"a", "b"}),
        ([{"$project": {"a": 1, "b.c": 1, "d": "$e"}}], {"_id", "a", "b", "d", "e"}),
        ([{"$unwind": "$a"}, {"$sortByCount": "$b"}], {"a", "b"}),
        ([{"$sort": {"a": 1}}, {"$limit": 1}, {"$group": {"_id": None}}], {"a"}),
        ([{"$addFields": {"a.b": "$c"}}, {"$count": "n"}], {"a", "c"}),
        ([{"$facet": {"x": [{"$count": "n"}], "y": [{"$group": {"_id": "$a"}}]}}], {"a"}),
        (
            [
                {"$lookup": {"from": "T", "localField": "a", "foreignField": "b", "as": "c"}},
                {"$group": {"_id": "$c.d"}},
            ],
            {"a", "c"},
        ),
        ([{"$replaceRoot": {"newRoot": "$a"}}], {"a"}),
        ([{"$bucket": {"groupBy": "$a", "boundaries": [0, 1]}}], {"a"}),
        ([{"$group": {"_id": "$a"}}, {"$match": {"b": 1}}], {"a"}),
    ],
)
def test_named_fields_are_needed(pipeline: list[JSONObject], needed: set[str]) -> None:
    assert needed_fields(pipeline) == frozenset(needed)


@pytest.mark.parametrize(
    "pipeline",
    [
        [],
        [{"$match": {"a": 1}}],
        [{"$project": {"a": 0}}],
        [{"$project": {"_id": 0}}],
        [{"$group": {"_id": "$$ROOT"}}],
        [{"$group": {"_id": "$$CURRENT.a"}}],
        [{"$group": {"_id": {"$getField": "a"}}}],
        [{"$facet": {"x": [{"$limit": 1}]}}],
        [{"$unionWith": "T"}, {"$count": "n"}],
    ],
)
def test_everything_is_needed_where_that_is_not_known(pipeline: list[JSONObject]) -> None:
    assert needed_fields(pipeline) is None
