"""Find parameters as the JSON of a query, and what a changed query changes."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.find_json import as_json, changed
from parsepy.protocol.find_parameters import decode_find
from parsepy.types import JSONObject

QUERIES: list[JSONObject] = [
    {"where": {}},
    {"where": {"a": {"$gt": 1}}, "limit": 7, "skip": 2, "order": "-a,b"},
    {"where": {}, "keys": "a,b.c", "excludeKeys": "d", "include": "b,b.c"},
    {"where": {}, "include": "*", "comment": "x", "hint": "_id_"},
    {"where": {}, "explain": "queryPlanner", "readPreference": "NEAREST",
     "includeReadPreference": "PRIMARY", "subqueryReadPreference": "SECONDARY"},
    {"where": {}, "limit": 0},
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_comes_back_as_it_went(query: JSONObject) -> None:
    parameters = decode_find(query)

    assert as_json(parameters) == query
    assert changed(parameters, as_json(parameters)) == parameters


def test_what_is_not_part_of_the_query_stays() -> None:
    parameters = decode_find({"count": 1, "redirectClassNameForKey": "games", "limit": "nonsense"})

    after = changed(parameters, {"where": {"a": 1}})

    assert (after.count, after.redirect_key, after.limit) == (True, "games", None)
    assert after.where == {"a": 1}


def test_a_change_replaces_and_emptiness_changes_nothing() -> None:
    parameters = decode_find({"where": {"a": 1}, "limit": 5, "order": "a", "keys": "a"})

    after = changed(parameters, {"where": {}, "limit": 0, "order": "", "keys": "b", "unknown": 1})

    assert as_json(after) == {"where": {"a": 1}, "limit": 5, "order": "a", "keys": "b"}


def test_a_change_is_judged_like_a_clients() -> None:
    with pytest.raises(ParseError) as raised:
        changed(decode_find({}), {"order": "$where"})
    assert raised.value.code == 105
