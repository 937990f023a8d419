"""Field names and values that become stored ones."""

import pytest

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.aggregation.rewrite import rewrite
from parsepy.errors import ParseError
from parsepy.protocol.values import date
from parsepy.types import JSONValue
from tests.query.samples import EARLY, SCHEMA

PLAIN = AggregateOptions()
RAW_NAMES = AggregateOptions(raw_field_names=True)
RAW_VALUES = AggregateOptions(raw_values=True)


def rewritten(stage: str, spec: JSONValue, options: AggregateOptions = PLAIN) -> JSONValue:
    (found,) = rewrite([{stage: spec}], SCHEMA, options).pipeline
    return found[stage]


@pytest.mark.parametrize(
    ("stage", "given", "expected"),
    [
        ("$group", {"_id": "$team"}, {"_id": "$_p_team"}),
        ("$group", {"_id": None, "d": {"$max": "$createdAt"}}, None),
        ("$group", {"_id": {"u": ["$updatedAt"]}}, {"_id": {"u": ["$_updated_at"]}}),
        ("$group", {"_id": "$objectId"}, {"_id": "$objectId"}),
        ("$match", {"team": "x"}, {"_p_team": "Team$x"}),
        ("$match", {"team": {"$in": ["Team$x"]}}, {"_p_team": {"$in": ["Team$x"]}}),
        ("$match", {"team": None}, {"_p_team": None}),
        ("$match", {"objectId": "a"}, {"_id": "a"}),
        ("$match", {"day": EARLY}, {"day": date(EARLY)}),
        ("$match", {"day": "2020-02-29"}, {"day": date(EARLY)}),
        ("$match", {"day": {"$in": [EARLY, "x"]}}, {"day": {"$in": [date(EARLY), "x"]}}),
        ("$match", {"day": date(EARLY)}, {"day": date(EARLY)}),
        ("$match", {"createdAt": {"$gt": EARLY}}, {"_created_at": {"$gt": date(EARLY)}}),
        ("$match", {"text": EARLY}, {"text": EARLY}),
        ("$match", {"$or": [{"team": "x"}]}, {"$or": [{"_p_team": "Team$x"}]}),
        ("$project", {"team": 1, "createdAt": 1}, {"_p_team": 1, "_created_at": 1}),
        ("$project", {"a": "$team"}, {"a": "$team"}),
        ("$geoNear", {"query": {"team": "x"}}, {"query": {"_p_team": "Team$x"}}),
        ("$sort", {"team": 1}, {"team": 1}),
        ("$lookup", {"localField": "team"}, {"localField": "team"}),
    ],
)
def test_names_and_values(stage: str, given: JSONValue, expected: JSONValue) -> None:
    wanted = expected or {"_id": None, "d": {"$max": "$_created_at"}}
    assert rewritten(stage, given) == wanted


def test_raw_names_stay_and_dates_are_still_read() -> None:
    given: JSONValue = {"team": "x", "createdAt": EARLY, "objectId": "a"}
    expected = {"team": "x", "createdAt": date(EARLY), "objectId": "a"}
    assert rewritten("$match", given, RAW_NAMES) == expected
    assert rewritten("$group", {"_id": "$team"}, RAW_NAMES) == {"_id": "$team"}
    assert rewritten("$project", {"team": 1}, RAW_NAMES) == {"team": 1}


def test_raw_values_stay_and_names_are_still_changed() -> None:
    given: JSONValue = {"team": "x", "day": EARLY}
    assert rewritten("$match", given, RAW_VALUES) == {"_p_team": "x", "day": EARLY}


@pytest.mark.parametrize(
    ("key", "by_pointer"), [("$team", True), ("$_p_team", True), ({"t": "$team"}, False)]
)
def test_a_group_by_a_pointer_is_known_as_such(key: JSONValue, by_pointer: bool) -> None:
    assert rewrite([{"$group": {"_id": key}}], SCHEMA, PLAIN).by_pointer is by_pointer


def test_typed_values_are_brought_into_their_one_form() -> None:
    given: JSONValue = {"_id": {"$max": ["$day", {"__type": "Date", "iso": "2020-02-29", "a": 1}]}}
    assert rewritten("$group", given) == {"_id": {"$max": ["$day", date(EARLY)]}}
    assert rewritten("$set", {"d": {"__type": "Date", "iso": "2020-02-29"}}) == {"d": date(EARLY)}
    assert rewritten("$project", {"d": {"__type": 1}}) == {"d": {"__type": 1}}


@pytest.mark.parametrize(
    "value",
    [{"__type": "Date"}, {"__type": "Date", "iso": "soon"}, {"__type": "Bytes", "base64": 1}],
)
def test_typed_values_that_are_none_are_refused(value: JSONValue) -> None:
    with pytest.raises(ParseError) as refused:
        rewritten("$set", {"d": [value]})
    assert refused.value.code == 111
