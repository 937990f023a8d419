"""What a recording keeps, and what it replaces by matchers and variables."""

import httpx
import pytest

from parsepy.types import JSONObject, JSONValue
from tests.wire.matching import JSON_CONTENT_TYPE
from tests.wire.normalising import Normaliser, recorded
from tests.wire.player import Exchange

STARTED = "2026-01-01T00:00:00"
TOKEN = "r:0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"objectId": "abcDEF0123"}, {"objectId": "<objectId>"}),
        ({"name": "abcDEF0123"}, {"name": "abcDEF0123"}),
        ({"objectId": "customId01"}, {"objectId": "customId01"}),
        ({"createdAt": "2026-05-01T00:00:00.000Z"}, {"createdAt": "<date>"}),
        ({"when": "2024-05-01T00:00:00.000Z"}, {"when": "2024-05-01T00:00:00.000Z"}),
        ({"sessionToken": TOKEN}, {"sessionToken": "<token>"}),
        ({"username": "a" * 25}, {"username": "<username>"}),
        ({"_perishable_token": "a" * 25}, {"_perishable_token": "<mailToken>"}),
        ({"recovery": f"{'a' * 30}, {'B' * 30}"}, {"recovery": "<recovery>"}),
        ({"_password_history": ["$2b$10$" + "a" * 53]}, {"_password_history": ["<hash>"]}),
        ({"title": "Door", "warning": "Open."}, {"title": "Door", "warning": "<text>"}),
        ({"userId00id": {"read": True}}, {"${alice}": {"read": True}}),
        ("Cannot modify user userId00id.", "Cannot modify user ${alice}."),
        ([1, 1.5, None, True, "x"], [1, 1.5, None, True, "x"]),
    ],
)
def test_volatile_values_are_replaced(value: JSONValue, kept: JSONValue) -> None:
    normalise = Normaliser({"alice": "userId00id"}, '["customId01"]', STARTED)

    assert normalise.value(value) == kept


def test_order_of_schema_fields_is_fixed() -> None:
    fields: JSONObject = {"b": {"type": "String"}, "a": {"type": "Number"}}

    kept = Normaliser({}, "", STARTED).value({"fields": fields})

    assert isinstance(kept, dict)
    assert isinstance(kept["fields"], dict)
    assert list(kept["fields"]) == ["a", "b"]


def test_location_names_the_new_object() -> None:
    headers = {"Content-Type": JSON_CONTENT_TYPE, "Location": "http://h/parse/classes/A/abcDEF0123"}
    body: JSONObject = {"objectId": "abcDEF0123"}
    answer = httpx.Response(201, headers=headers)
    exchange = Exchange(
        {}, answer, body, True, {"url": "http://h/parse"}, {"url": "http://h/parse"}
    )

    assert recorded(exchange, "", STARTED) == {
        "status": 201,
        "headers": {"Location": "${url}/classes/A/<objectId>"},
        "json": {"objectId": "<objectId>"},
    }


def test_unusual_content_types_and_asked_for_headers_are_kept() -> None:
    answer = httpx.Response(200, headers={"Content-Type": "text/plain", "ETag": 'W/"1"'})
    step = {"record_headers": ["ETag", "Vary"]}

    kept = recorded(Exchange(step, answer, "OK", False, {}, {}), "", STARTED)

    assert kept["headers"] == {"Content-Type": "text/plain", "ETag": "<etag>", "Vary": None}
    assert kept["text"] == "OK"
