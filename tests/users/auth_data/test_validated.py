"""What is an echo, what has changed, and the condition under which single-use values are used."""

import pytest

from parsepy.query.match import compile_matcher
from parsepy.types import JSONObject
from parsepy.users.auth_data.validated import canonical, differing, is_echo, still_as
from tests.support.refusals import refusal


@pytest.mark.parametrize(
    ("sent", "stored", "expected"),
    [
        ({"id": "1"}, {"id": "1", "token": "t"}, True),
        ({"id": "1", "token": "t"}, {"id": "1", "token": "t"}, True),
        ({"id": "1", "token": "u"}, {"id": "1", "token": "t"}, False),
        ({"id": "1", "more": None}, {"id": "1"}, False),
        ({"id": "1"}, None, False),
        ({}, {"id": "1"}, False),
        ({"n": 1}, {"n": True}, False),
        ({"o": {"a": 1, "b": 2}}, {"o": {"b": 2, "a": 1}}, True),
    ],
)
def test_an_echo_is_some_of_what_is_stored(
    sent: JSONObject, stored: JSONObject | None, expected: bool
) -> None:
    assert is_echo(sent, stored) is expected


@pytest.mark.parametrize(
    ("before", "after", "meanwhile", "holds"),
    [
        ({"token": "1"}, {}, {"token": "1"}, True),
        ({"token": "1"}, {}, {"token": "2"}, False),
        ({"token": "1"}, {}, {}, False),
        ({"codes": ["a", "b"]}, {"codes": ["b"]}, {"codes": ["a", "b"]}, True),
        ({"codes": ["a", "b"]}, {"codes": ["b"]}, {"codes": ["a"]}, False),
        ({"codes": ["a", "b"]}, {"codes": ["b"]}, {"codes": ["b"]}, False),
        ({}, {"step": 5}, {}, True),
        ({}, {"step": 5}, {"step": 5}, False),
        ({"step": 4}, {"step": 5}, {"step": 4}, True),
        ({"step": 4}, {"step": 5}, {"step": 5}, False),
        ({"same": "x"}, {"same": "x", "step": 1}, {"same": "x"}, True),
        ({"same": "x"}, {"same": "x", "step": 1}, {"same": "y"}, False),
        ({"codes": ["a", "b"]}, {"codes": ["a", "b"], "step": 1}, {"codes": ["b"]}, False),
        ({"pending": {"a": 1}}, {"pending": {}}, {"pending": {"b": 1}}, True),
    ],
)
def test_a_write_counts_only_if_nobody_else_has_written_meanwhile(
    before: JSONObject, after: JSONObject, meanwhile: JSONObject, holds: bool
) -> None:
    where = still_as(before, "authData.p", after)

    assert compile_matcher(where)({"objectId": "1", "authData": {"p": meanwhile}}) is holds


def test_only_what_differs_is_written() -> None:
    stored: dict[str, JSONObject] = {"a": {"id": "1"}, "b": {"id": "2"}, "c": {"id": "3"}}

    assert differing(stored, {"a": {"id": "1"}, "b": {"id": "x"}}) == {
        "b": {"id": "2"},
        "c": {"id": "3"},
    }


def test_proofs_are_stored_as_values_of_the_wire() -> None:
    assert canonical({"id": "1", "list": [{"b": 1}]}) == {"id": "1", "list": [{"b": 1}]}
    error = refusal(lambda: canonical({"id": "1", "$set": 1}))
    assert error is not None
    assert error.code == 121
