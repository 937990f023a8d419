"""Variables of fixtures."""

import httpx
import pytest

from parsepy.types import JSONValue
from tests.wire.variables import CaptureError, at_place, capture, substitute

ANSWER = httpx.Response(200, headers={"ETag": 'W/"1"'})


def test_variables_are_replaced_in_strings_and_keys() -> None:
    value: JSONValue = {"${id}": ["/classes/A/${id}", 1, None]}

    assert substitute(value, {"id": "x"}) == {"x": ["/classes/A/x", 1, None]}


def test_unknown_variable_is_an_error() -> None:
    with pytest.raises(KeyError, match="missing"):
        substitute("${missing}", {})


def test_values_are_captured_from_body_and_headers() -> None:
    wanted = {"id": "results.1.objectId", "etag": "headers.ETag"}

    found = capture(wanted, ANSWER, {"results": [{}, {"objectId": "x"}]})

    assert found == {"id": "x", "etag": 'W/"1"'}


@pytest.mark.parametrize("place", ["results.0.objectId", "count", "count.x", "headers.Location"])
def test_capturing_what_is_not_there_is_an_error(place: str) -> None:
    with pytest.raises(CaptureError, match=place):
        capture({"id": place}, ANSWER, {"results": [], "count": 1})


def test_a_place_has_any_value_or_none() -> None:
    body: JSONValue = {"count": 3, "results": [{"a": None}]}

    places = ("count", "results.0", "results.1", "other.0", "headers.ETag", "headers.Location")
    found = [at_place(place, ANSWER, body) for place in places]

    assert found == [3, {"a": None}, None, None, 'W/"1"', None]
