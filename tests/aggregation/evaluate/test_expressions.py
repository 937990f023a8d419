"""Expressions whose meaning has an edge; the common cases are recorded exchanges
(`compat_fixtures/aggregate`), agreement with MongoDB is `tests/aggregation/test_stores_agree`."""

import pytest

from parsepy.aggregation.evaluate.operators import OPERATORS, UNSUPPORTED
from parsepy.protocol.values import date
from parsepy.types import JSONObject, JSONValue
from tests.aggregation.evaluate.running import refusal, value_of

DOCUMENT: JSONObject = {
    "_id": "a",
    "n": 5,
    "text": "héllo",
    "list": [{"k": 1}, {"k": None}, 3, [{"k": 9}], {}],
    "day": date("2024-03-10T06:30:00.000Z"),
    "null": None,
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Below a list a path reaches each object, and nothing below lists in it.
        ("$list.k", [1, None]),
        ("$n.k", "nothing"),
        ("$null", None),
        # Nothing is below null, which `$eq` tells apart and `$ifNull` does not.
        ({"$lt": ["$gone", None]}, True),
        ({"$eq": ["$gone", None]}, False),
        ({"$ifNull": ["$gone", "$null", "$other"]}, "nothing"),
        ([1, "$gone"], [1, None]),
        ({"a": "$gone"}, {}),
        # Types order before values.
        ({"$gt": ["", 10**9]}, True),
        ({"$gt": [{"$literal": {}}, "z"]}, True),
        ({"$lt": [[], {"$literal": False}]}, True),
        ({"$add": [2**62, 2**62]}, 2.0**63),
        ({"$multiply": [2**62, 4]}, 2.0**64),
        ({"$pow": [10, 400]}, float("inf")),
        ({"$pow": [-1, 10**9 + 1]}, -1),
        ({"$pow": [0, 0]}, 1),
        ({"$mod": [-7, 3]}, -1),
        ({"$round": [0.5]}, 0),
        ({"$round": [1.5]}, 2),
        ({"$trunc": [-1.99]}, -1),
        ({"$substrBytes": ["$text", 0, 1]}, "h"),
        ({"$toUpper": "éa"}, "éA"),
        ({"$strLenBytes": "$text"}, 6),
        ({"$split": ["a", "b"]}, ["a"]),
        ({"$concat": []}, ""),
        ({"$cond": ["", 1, 2]}, 1),
        ({"$slice": [[1, 2, 3], -2, 1]}, [2]),
        ({"$slice": [[1, 2, 3], -9, 1]}, [1]),
        ({"$arrayElemAt": [[1], -2]}, "nothing"),
        ({"$range": [5, 0, -2]}, [5, 3, 1]),
        ({"$setUnion": [[1, 1.0], [True]]}, [1, True]),
        ({"$setDifference": [[2, 1, 2], [1]]}, [2]),
        ({"$mergeObjects": [{"$literal": {"a": 1}}, None, {"$literal": {"a": 2}}]}, {"a": 2}),
        ({"$type": {"$divide": [4, 2]}}, "double"),
        ({"$type": {"$add": [4, 2]}}, "int"),
        ({"$toString": 2.0}, "2"),
        ({"$convert": {"input": [1], "to": "string", "onError": "bad"}}, "bad"),
        ({"$toInt": "-12"}, -12),
        ({"$toDate": 0.5}, date("1970-01-01T00:00:00.000Z")),
        ({"$sum": ["$list.k", 1]}, 1),
        ({"$sum": "$list.k"}, 1),
        # On that day clocks in New York were put forward.
        ({"$hour": {"date": "$day", "timezone": "America/New_York"}}, 1),
        (
            {
                "$dateAdd": {
                    "startDate": "$day",
                    "unit": "day",
                    "amount": 1,
                    "timezone": "America/New_York",
                }
            },
            date("2024-03-11T05:30:00.000Z"),
        ),
        (
            {"$dateAdd": {"startDate": "$day", "unit": "hour", "amount": 24}},
            date("2024-03-11T06:30:00.000Z"),
        ),
        ({"$year": {"date": "$day", "timezone": "$gone"}}, None),
        ({"$dateToString": {"date": "$gone", "onNull": "-"}}, "-"),
        ({"$let": {"vars": {"n": 1}, "in": {"$let": {"vars": {"n": 2}, "in": "$$n"}}}}, 2),
    ],
)
def test_value(expression: JSONValue, expected: JSONValue) -> None:
    assert value_of(expression, DOCUMENT) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ({"$foo": 1}, "Unrecognized expression '$foo'"),
        ({"$function": {}}, "The expression $function is not supported by this store."),
        ("$$nobody", "Use of undefined variable: nobody"),
        ({"$map": {"input": [], "as": "Bad", "in": 1}}, "'Bad' starts with an invalid character"),
        ({"$map": {"input": [], "as": "x", "in": "$$this"}}, "Use of undefined variable: this"),
        ([{"a": 1, "$d": 1}], "an expression specification must contain exactly one field"),
        ([{"b.c": 1}], "FieldPath field names may not contain '.'"),
        ({"$cond": [1]}, "Expression $cond takes exactly 3 arguments. 1 were passed in."),
        ({"$slice": [[1], 1, 0]}, "Third argument to $slice must be positive: 0"),
        ({"$range": [0, 10**9]}, "$range would make a list that is too long."),
        ({"$range": [0, 10**40]}, "$range would make a list that is too long."),
        ({"$dateAdd": {"startDate": "$day", "unit": "year", "amount": 10**5}}, "overflowed"),
        ({"$dateTrunc": {"date": "$day", "unit": "eon"}}, "unknown time unit value: eon"),
        ({"$hour": {"date": "$day", "timezone": "../etc/passwd"}}, "unrecognized time zone"),
        ({"$regexMatch": {"input": "a", "regex": "("}}, "not a valid regular expression"),
        ({"$sqrt": -1}, "$sqrt's argument must be greater than or equal to 0"),
        ("$a..b", "FieldPath"),
        ("$", "FieldPath"),
    ],
)
def test_refused(expression: JSONValue, message: str) -> None:
    assert message in refusal([{"$addFields": {"r": expression}}], [DOCUMENT])


def test_texts_and_lists_cannot_be_made_to_fill_the_memory() -> None:
    def doubled(operator: str, value: JSONValue) -> JSONValue:
        twice: JSONValue = {operator: ["$$value", "$$value"]}
        return {
            "$reduce": {"input": {"$range": [0, 40]}, "initialValue": value, "in": twice},
        }

    assert "too long" in refusal([{"$set": {"r": doubled("$concat", "ab")}}])
    assert "too long" in refusal([{"$set": {"r": doubled("$concatArrays", [1, 2])}}])


def test_what_is_supported_and_what_is_not_do_not_overlap() -> None:
    assert UNSUPPORTED.isdisjoint(OPERATORS)
