"""One path's queries, and that what was taken away is gone."""

import pytest

from parsepy.livequery.index_fields import ENOUGH, Field, Fields
from parsepy.livequery.index_guard import Place, Span, Value
from parsepy.livequery.index_keys import NULL_KEY
from parsepy.livequery.intervals import GREATEST, LEAST, at
from parsepy.query.stored import NUMBER
from parsepy.query.tree import Path
from parsepy.types import JSONObject

N = Path("n")
NULL, ONE = Value(N, NULL_KEY), Value(N, 1)
PLACES: list[Place] = [NULL, ONE, Span(N, NUMBER, at(1), at(3)), Value(Path("_rperm"), "*")]


def found_in(fields: Fields[str], document: JSONObject) -> list[str]:
    found: dict[str, None] = {}
    fields.find(document, found)
    return list(found)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_field_without_queries_is_forgotten(place: Place) -> None:
    fields: Fields[str] = Fields()
    fields.put(place, "first")
    fields.put(place, "second")
    fields.take(place, "first")
    document: JSONObject = {"n": None if place == NULL else 1, "ACL": {"*": {"read": True}}}
    assert found_in(fields, document) == ["second"]

    fields.take(place, "second")

    assert not fields


def test_documents_without_the_field_concern_it_while_one_asks_for_null() -> None:
    fields: Fields[str] = Fields()
    fields.put(ONE, "one")
    fields.put(NULL, "null")
    assert found_in(fields, {}) == ["null"]
    fields.take(NULL, "null")
    assert found_in(fields, {}) == []
    assert found_in(fields, {"n": 1}) == ["one"]


def test_load_is_how_many_are_met() -> None:
    field: Field[int] = Field(N)
    spans = [Span(N, NUMBER, at(number), at(number + 1)) for number in range(10)]
    for number, span in enumerate(spans):
        field.put(span, number)

    assert field.load(Span(N, NUMBER, at(3), at(50))) == 2
    assert field.load(Span(N, NUMBER, at(30), GREATEST)) == 0
    assert field.load(Span(N, NUMBER, LEAST, at(0))) == 1
    assert field.load(ONE) == 0


def test_load_is_counted_no_further_than_what_matters() -> None:
    field: Field[int] = Field(N)
    for number in range(2 * ENOUGH):
        field.put(ONE, number)
        field.put(Span(N, NUMBER, at(0), at(number)), number)

    assert field.load(ONE) == ENOUGH
    assert field.load(Span(N, NUMBER, at(0), GREATEST)) == ENOUGH
