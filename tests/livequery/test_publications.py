"""The form of changes on parse-server's channels."""

import json

import pytest

from parsepy.livequery.publications import DELETED, SAVED, Publication, decode, encode
from parsepy.protocol.values import date, pointer
from parsepy.types import JSONObject, JSONValue, ParseObject

CREATED, UPDATED = "2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.679Z"
PERMISSIONS: JSONObject = {"find": {"*": True}}


def game(**fields: JSONValue) -> ParseObject:
    return {"objectId": "g1", "createdAt": CREATED, "updatedAt": UPDATED, **fields}


def full(**fields: JSONValue) -> JSONObject:
    return {**game(**fields), "__type": "Object", "className": "Game"}


def message(**told: JSONValue) -> bytes:
    return json.dumps(told).encode()


CHANGES = [
    Publication("Game", game(a=1), None),
    Publication("Game", game(a=2), game(a=1)),
    Publication("Game", game(a=2), None, deleted=True),
]


@pytest.mark.parametrize("change", CHANGES, ids=["created", "updated", "deleted"])
@pytest.mark.parametrize("permissions", [None, PERMISSIONS])
def test_what_is_told_is_heard(change: Publication, permissions: JSONObject | None) -> None:
    assert decode(change.kind, encode(change, permissions)) == change


def test_the_message_is_parse_servers() -> None:
    created, updated, deleted = CHANGES

    assert json.loads(encode(created, None)) == {"currentParseObject": full(a=1)}
    assert json.loads(encode(updated, PERMISSIONS)) == {
        "currentParseObject": full(a=2),
        "originalParseObject": full(a=1),
        "classLevelPermissions": PERMISSIONS,
    }
    assert json.loads(encode(deleted, PERMISSIONS)) == {
        "currentParseObject": full(a=2),
        "classLevelPermissions": PERMISSIONS,
    }
    assert [change.kind for change in CHANGES] == [SAVED, SAVED, DELETED]


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (
            {"_hashed_password": "x", "_a": 1, "1a": 1, "a-b": 1, "a": 1, "": 1, "A_1": 1},
            ["a", "A_1"],
        ),
        ({"aé": 1, "a\n": 1, "a.b": 1, "a$": 1}, []),
    ],
)
def test_what_is_no_field_is_dropped(told: JSONObject, heard: list[str]) -> None:
    decoded = decode(SAVED, message(currentParseObject=full(**told)))

    assert decoded.current == game(**dict.fromkeys(heard, 1))


@pytest.mark.parametrize(
    ("class_name", "secrets"),
    [("_User", ["authData", "password", "sessionToken"]), ("_Session", ["sessionToken"])],
)
def test_secrets_are_dropped(class_name: str, secrets: list[str]) -> None:
    told = {**full(name="x", **dict.fromkeys(secrets, "secret")), "className": class_name}

    decoded = decode(SAVED, message(currentParseObject=told, originalParseObject=told))

    assert decoded == Publication(class_name, game(name="x"), game(name="x"))


FETCHED: JSONObject = {"__type": "Object", "className": "A", "objectId": "a1", "name": "x"}


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (date("2024-01-02T03:04:05Z"), date("2024-01-02T03:04:05.000Z")),
        (FETCHED, pointer("A", "a1")),
        ([FETCHED, {"a": FETCHED}], [pointer("A", "a1"), {"a": pointer("A", "a1")}]),
        (
            {"className": "A", "objectId": "a1", "__type": "Pointer"},
            pointer("A", "a1"),
        ),
        (
            {"__type": "File", "name": "x", "url": "http://f/x"},
            {"__type": "File", "name": "x", "url": "http://f/x"},
        ),
        (
            {"__type": "GeoPoint", "longitude": 2, "latitude": 1},
            {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
        ),
        ({"__type": "Bytes", "base64": "AP8="}, {"__type": "Bytes", "base64": "AP8="}),
        (None, None),
        (1.0, 1),
        ({"a.b": 1}, {"a.b": 1}),
    ],
)
def test_values_are_heard_in_their_stored_form(told: JSONValue, heard: JSONValue) -> None:
    decoded = decode(SAVED, message(currentParseObject=full(a=told)))

    assert json.dumps(decoded.current["a"]) == json.dumps(heard)


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        ({"*": {"read": True}}, {"*": {"read": True}}),
        ({"u": {"read": True, "write": False}}, {"u": {"read": True}}),
        ({}, {}),
        ("text", {}),
        ({"u": None}, {}),
    ],
)
def test_an_acl_that_is_unreadable_opens_nothing(told: JSONValue, heard: JSONValue) -> None:
    assert decode(SAVED, message(currentParseObject=full(ACL=told))).current["ACL"] == heard


def test_no_acl_is_none() -> None:
    assert "ACL" not in decode(SAVED, message(currentParseObject=full(ACL=None))).current


def test_times_may_come_as_dates() -> None:
    told = full() | {"createdAt": date(CREATED), "updatedAt": "2024-01-02T03:04:05.679+00:00"}

    assert decode(SAVED, message(currentParseObject=told)).current == game()


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        message(currentParseObject=None),
        message(currentParseObject=[full()]),
        message(currentParseObject={"className": "Game"}),
        message(currentParseObject={"className": "Game", "objectId": 1}),
        message(currentParseObject={"objectId": "g1"}),
        message(currentParseObject={"className": "", "objectId": "g1"}),
        message(currentParseObject=full(), originalParseObject="text"),
        message(currentParseObject=full(), originalParseObject={"a": 1}),
        message(currentParseObject=full(), originalParseObject={**full(), "objectId": "g2"}),
        message(currentParseObject=full(), originalParseObject={**full(), "className": "A"}),
    ],
    ids=range(17),
)
def test_what_is_no_message_is_refused(told: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(SAVED, told)


def test_of_a_delete_the_original_does_not_count() -> None:
    told = message(currentParseObject=full(), originalParseObject=None)

    assert decode(DELETED, told) == Publication("Game", game(), None, deleted=True)
