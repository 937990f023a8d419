"""Extended JSON without MongoDB's own library."""

import math

import pytest

from parsepy.aggregation.extended_json import decode_extended, encode_extended
from parsepy.errors import ParseError
from parsepy.protocol.values import date
from parsepy.types import JSONValue
from tests.query.samples import EARLY


@pytest.mark.parametrize(
    ("extended", "stored"),
    [
        ({"$date": "2020-02-29T00:00:00Z"}, date(EARLY)),
        ({"$date": {"$numberLong": "1582934400000"}}, date(EARLY)),
        ({"$numberInt": "5"}, 5),
        ({"$numberLong": "-5"}, -5),
        ({"$numberDouble": "1.5"}, 1.5),
        (
            {"$binary": {"base64": "AA==", "subType": "00"}},
            {"__type": "Bytes", "base64": "AA=="},
        ),
        ([{"a": {"$date": 1582934400000}}], [{"a": date(EARLY)}]),
        ({"$gt": 1}, {"$gt": 1}),
    ],
)
def test_decoded(extended: JSONValue, stored: JSONValue) -> None:
    assert decode_extended(extended) == stored


@pytest.mark.parametrize(
    "extended",
    [
        {"$oid": "507f1f77bcf86cd799439011"},
        {"$numberDecimal": "1"},
        {"$regularExpression": {"pattern": "a", "options": ""}},
        {"$date": "soon"},
        {"$numberInt": "x"},
        {"$numberDouble": None},
        {"$binary": "AA=="},
    ],
)
def test_refused(extended: JSONValue) -> None:
    with pytest.raises(ParseError) as refused:
        decode_extended({"a": [extended]})
    assert refused.value.code == 102


def test_encoded() -> None:
    value: JSONValue = [date(EARLY), date("2020-02-29T00:00:00.001Z"), math.inf, {"a": 1.5}]
    assert encode_extended(value) == [
        {"$date": "2020-02-29T00:00:00Z"},
        {"$date": "2020-02-29T00:00:00.001Z"},
        {"$numberDouble": "Infinity"},
        {"a": 1.5},
    ]
    assert encode_extended({"__type": "Bytes", "base64": "AA=="}) == {
        "$binary": {"base64": "AA==", "subType": "00"}
    }
