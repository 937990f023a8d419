"""Keywords that no request data may hold: what a rule hits, and where it looks."""

from collections.abc import Sequence

import pytest

from parsepy.errors import ParseError
from parsepy.permissions.denylist import Denylist
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

RULE_AND_HITS: list[tuple[JSONObject, list[JSONObject], list[JSONObject]]] = [
    (
        {"key": "__proto__"},
        [
            {"__proto__": 1},
            {"a": {"__proto__": 1}},
            {"a": [1, [{"__proto__": None}]]},
            {"x__proto__x": 1},
        ],
        [{"a": "__proto__"}, {"_proto_": 1}, {}, {"a": ["__proto__"]}],
    ),
    (
        {"key": "^bad$"},
        [
            {"bad": 1},
            {"a": {"b": {"bad": {}}}},
            {"a.bad": 1},
            {"bad.a": 1},
            {"a.bad.b": {"__op": "Increment", "amount": 1}},
            {"m": {"a": {"b": 1}, "bad": 1}},
            {"l": {"__op": "Add", "objects": [{"bad": 1}]}},
            {"l": [[[{"bad": 1}]]]},
        ],
        [{"badly": 1}, {"notbad": 1}, {"a.badly": 1}, {"a": {"b": "bad"}}],
    ),
    (
        {"key": "_bsontype", "value": "Code"},
        [{"_bsontype": "Code"}, {"a": {"_bsontype": "CodeX"}}],
        [{"_bsontype": "Other"}, {"Code": 1}, {"_bsontype": {"value": "Code"}}],
    ),
    (
        {"value": "^evil$"},
        [{"a": "evil"}, {"a": ["evil"]}, {"a": {"b": [{"c": "evil"}]}}],
        [{"evil": 1}, {"a": "evils"}],
    ),
    ({"key": "a", "value": 1}, [{"a": 1}], [{"a": True}, {"a": "1"}, {"a": 1.5}, {"b": 1}]),
    ({"key": "a|b", "value": "^x"}, [{"b": "xy"}, {"m.a": "x"}], [{"b": "yx"}, {"c": "x"}]),
    ({"key": "(?!ok)^k"}, [{"k": 1}, {"m": {"k2": 1}}], [{"ok": 1}]),
    ({"key": 5}, [], [{"5": 5}, {"a": 5}]),
    ({"key": 5, "value": 5}, [], [{"a": 5}]),
    ({"key": "", "value": 5}, [{"a": 5}], [{"a": 6}]),
    ({"value": None}, [{"a": None}, {"a": [None]}], [{"a": 0}, {"a": ""}, {"a": False}]),
    ({"value": False}, [{"a": False}], [{"a": 0}, {"a": None}]),
    ({"key": "a", "value": [1]}, [{"a": [1]}], [{"a": [2]}, {"a": 1}]),
]


def _is_refused(rules: Sequence[JSONObject], data: JSONObject) -> bool:
    error = refusal(lambda: Denylist(rules).check(data))
    assert error is None or error.code == 105
    return error is not None


@pytest.mark.parametrize(
    ("rule", "hits", "passes"), RULE_AND_HITS, ids=[str(rule) for rule, _, _ in RULE_AND_HITS]
)
def test_a_rule_hits_what_it_names_at_any_depth(
    rule: JSONObject, hits: list[JSONObject], passes: list[JSONObject]
) -> None:
    assert [data for data in hits if not _is_refused([rule], data)] == []
    assert [data for data in passes if _is_refused([rule], data)] == []


@pytest.mark.parametrize("rules", [[], [{}], [{"key": ""}], [{"note": "no rule"}]])
def test_without_a_rule_everything_passes(rules: list[JSONObject]) -> None:
    assert not _is_refused(rules, {"__proto__": {"constructor": None}})


def test_the_refusal_shows_the_rule_and_not_the_data() -> None:
    rules: list[JSONObject] = [{"key": "other"}, {"key": "_bsontype", "value": "Code"}]

    with pytest.raises(ParseError) as caught:
        Denylist(rules).check({"a": {"_bsontype": "Code", "secret": 1}})

    assert caught.value.message == (
        'Prohibited keyword in request data: {"key":"_bsontype","value":"Code"}.'
    )


def test_the_first_rule_of_the_list_is_named() -> None:
    rules: list[JSONObject] = [{"key": "first"}, {"key": "second"}]

    with pytest.raises(ParseError, match="first"):
        Denylist(rules).check({"second": 1, "deep": {"first": 1}})


def test_deep_data_is_no_trouble() -> None:
    data: JSONValue = {"bad": 1}
    for _ in range(5_000):
        data = {"a": data}
    assert isinstance(data, dict)

    assert _is_refused([{"key": "bad"}], data)


def test_the_data_stays_as_it_was() -> None:
    data: JSONObject = {"a": {"b": [1, {"c": 2}]}}

    Denylist([{"key": "nothing"}, {"value": "nothing"}]).check(data)

    assert data == {"a": {"b": [1, {"c": 2}]}}
