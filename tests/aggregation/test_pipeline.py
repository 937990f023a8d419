"""Reading the parameters of an aggregation."""

import pytest

from parsepy.aggregation.pipeline import AggregateOptions, decode_aggregate
from parsepy.errors import ParseError
from parsepy.types import JSONObject, JSONValue

LIMIT: JSONObject = {"$limit": 1}
GROUP: JSONObject = {"$group": {"_id": None}}


@pytest.mark.parametrize(
    "given",
    [
        {"pipeline": [GROUP, LIMIT]},
        {"pipeline": {**GROUP, **LIMIT}},
        {**GROUP, **LIMIT},
        {**GROUP, **LIMIT, "distinct": "", "where": {}},
    ],
)
def test_a_pipeline_comes_as_a_list_an_object_or_as_parameters(given: JSONObject) -> None:
    assert decode_aggregate(given).pipeline == (GROUP, LIMIT)


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        ([{"$a": 1, "$b": 2}], "Pipeline stages should only have one key but found $a, $b."),
        ([{}], "Pipeline stages should only have one key but found ."),
        ([3], "Pipeline stages should only have one key but found ."),
        ([None], "Pipeline stages should only have one key but found ."),
        (["ab"], "Pipeline stages should only have one key but found 0, 1."),
        ("ab", "Invalid aggregate stage '0'."),
        ([{"limit": 1}], "Invalid aggregate stage 'limit'."),
        ([{"": 1}], "Invalid aggregate stage ''."),
        (
            [{"$group": {"objectId": 1}}],
            "Cannot use 'objectId' in aggregation stage $group.",
        ),
        ([{"$group": {}}], "Invalid parameter for query: group. Missing key _id"),
        ([{"$group": None}], "Invalid parameter for query: group. Missing key _id"),
        ([{"$match": {}}] * 1001, "A pipeline takes at most 1000 stages."),
    ],
)
def test_what_is_no_pipeline_is_refused(pipeline: JSONValue, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        decode_aggregate({"pipeline": pipeline})
    assert (refused.value.code, refused.value.message) == (102, message)


def test_options_are_taken_out_of_the_parameters() -> None:
    found = decode_aggregate(
        {
            "hint": "a_1",
            "comment": "c",
            "explain": "executionStats",
            "readPreference": "nearest",
            "rawValues": True,
            "rawFieldNames": False,
        },
        raw_field_names=True,
    )
    assert found.pipeline == ()
    assert found.options == AggregateOptions(
        raw_values=True,
        hint="a_1",
        comment="c",
        explain="executionStats",
        read_preference="NEAREST",
    )


def test_defaults_hold_for_what_is_not_given() -> None:
    options = decode_aggregate({"pipeline": []}, raw_values=True, raw_field_names=True).options
    assert options == AggregateOptions(raw_values=True, raw_field_names=True)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"explain": "all"}, 102),
        ({"explain": 1}, 102),
        ({"readPreference": "MIDDLE"}, 102),
        ({"readPreference": ["PRIMARY"]}, 102),
        ({"rawValues": "yes"}, 102),
        ({"where": "{"}, 107),
        ({"where": ""}, 107),
    ],
)
def test_wrong_options_are_refused(given: JSONObject, code: int) -> None:
    with pytest.raises(ParseError) as refused:
        decode_aggregate(given)
    assert refused.value.code == code


def test_distinct_with_where_as_text() -> None:
    found = decode_aggregate({"distinct": "name", "where": '{"a":1}'})
    assert (found.distinct, found.where) == ("name", {"a": 1})
