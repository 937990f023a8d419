"""Frames of clients: read as parse-server reads them, and refused in its words."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.livequery.messages import (
    KEY_NAMES,
    BadMessage,
    Connect,
    NotJSON,
    Subscribe,
    Unsubscribe,
    decode,
)
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue
from tests.livequery.recorded_messages import PATH, load, sent, text_of

CONTENT = load()
FRAMES: list[dict[str, Any]] = CONTENT["frames"]

ACCEPTED, IGNORED = "accepted", "ignored"
UNKNOWN = "Additional properties not allowed"
BY_NAME = "Names of fields are data: none is let through for what JavaScript calls its own."
KEYS_TOO = "Older SDKs and those for Swift and Flutter call the keys so."
OURS: dict[str, tuple[str, str]] = {
    "an empty text": (IGNORED, "parse-server looks at the event that brought it."),
    "connect with what every JavaScript object has": (UNKNOWN, BY_NAME),
    "connect with the prototype of JavaScript objects": (UNKNOWN, BY_NAME),
    "connect with a number for a name before a wrong type": (
        "Invalid type: number (expected string)",
        "JavaScript takes such names first; each of the two faults is one.",
    ),
    "subscribe with a request id that no number holds": (
        "number is infinity when parsed as double: position 30",
        "No such number is read anywhere.",
    ),
    "subscribe with fields": (ACCEPTED, KEYS_TOO),
    "subscribe with fields and keys": (ACCEPTED, KEYS_TOO),
    "subscribe with null for fields": ("Invalid type: null (expected array)", KEYS_TOO),
    "subscribe with a position": (ACCEPTED, "A client may ask for what it missed."),
    "subscribe with a number for the position": (
        "Invalid type: number (expected string)",
        "A position is a text.",
    ),
}
"""By the name of a frame: what we make of it, and why we do otherwise."""


def outcome(text: str | bytes) -> str:
    try:
        decode(text)
    except NotJSON:
        return IGNORED
    except BadMessage as refused:
        return str(refused)
    return ACCEPTED


def recorded_outcome(frame: dict[str, Any]) -> str:
    """An error with another code than 1 comes from later than from reading the frame."""
    answers = frame["answers"]
    if not answers:
        return IGNORED
    return str(answers[0]["error"]) if answers[0].get("code") == 1 else ACCEPTED


@pytest.mark.parametrize("frame", FRAMES, ids=[frame["name"] for frame in FRAMES])
def test_frames_are_judged_as_recorded(frame: dict[str, Any]) -> None:
    recorded = recorded_outcome(frame)
    ours, _why = OURS.get(frame["name"], (recorded, ""))
    assert outcome(sent(frame)) == ours


def test_differences_are_differences() -> None:
    recorded = {frame["name"]: recorded_outcome(frame) for frame in FRAMES}
    assert [name for name, (ours, _why) in OURS.items() if recorded[name] == ours] == []


def test_the_file_is_as_recording_writes_it() -> None:
    assert PATH.read_text(encoding="utf-8") == text_of(CONTENT)
    assert len({frame["name"] for frame in FRAMES}) == len(FRAMES)


def test_every_answer_to_a_bad_frame_asks_the_client_to_reconnect() -> None:
    answers = [answer for frame in FRAMES for answer in frame["answers"]]
    errors = [answer for answer in answers if answer.get("code") == 1]
    assert len(errors) > 60
    assert {(error["reconnect"], error["requestId"]) for error in errors} == {(True, None)}


def subscribe(**more: JSONValue) -> JSONObject:
    return {"op": "subscribe", "requestId": 7, "query": {"className": "A", "where": {}}, **more}


def decoded(message: JSONObject) -> object:
    return decode(json.dumps(message))


def test_connect() -> None:
    keys = {name: f"the {name}" for name in KEY_NAMES}
    message: JSONObject = {"op": "connect", **keys, "sessionToken": "r:1", "installationId": "i"}
    assert decoded(message) == Connect(keys, "r:1", "i")
    assert decoded({"op": "connect", "applicationId": "app"}) == Connect({"applicationId": "app"})


def test_subscribe_and_update() -> None:
    where: JSONObject = {"n": {"$gt": 1}}
    query: JSONObject = {"className": "A", "where": where, "keys": ["a", "b"], "watch": ["b"]}
    message = subscribe(query=query, sessionToken="r:1", since="12")
    expected = Subscribe(7, "A", where, ("a", "b"), ("b",), "r:1", is_update=False, since="12")
    assert decoded(message) == expected
    assert decoded(subscribe()) == Subscribe(7, "A", {})
    assert decoded(subscribe(op="update")) == Subscribe(7, "A", {}, is_update=True)


def test_unsubscribe() -> None:
    assert decoded({"op": "unsubscribe", "requestId": 7}) == Unsubscribe(7)


def test_fields_are_another_name_for_keys() -> None:
    query: JSONObject = {"className": "A", "where": {}, "fields": ["a"]}
    assert decoded(subscribe(query=query)) == Subscribe(7, "A", {}, keys=("a",))
    assert decoded(subscribe(query={**query, "keys": ["b"]})) == Subscribe(7, "A", {}, ("b",))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ([], "Array is too short (0), minimum 1"),
        ("a,b", "Invalid type: string (expected array)"),
        ([1], "Invalid type: number (expected string)"),
        (["a", "a"], "Array items are not unique (indices 0 and 1)"),
    ],
    ids=str,
)
def test_fields_are_checked_like_keys(fields: JSONValue, text: str) -> None:
    query: JSONObject = {"className": "A", "where": {}, "fields": fields}
    assert outcome(json.dumps(subscribe(query=query))) == text


@pytest.mark.parametrize("since", [None, 1, [], {}], ids=str)
def test_a_position_is_a_text(since: JSONValue) -> None:
    assert outcome(json.dumps(subscribe(since=since))).endswith(" (expected string)")


def test_an_empty_token_is_none() -> None:
    assert decoded(subscribe(sessionToken="")) == Subscribe(7, "A", {})
    connect: JSONObject = {"op": "connect", "applicationId": "app", "sessionToken": ""}
    assert decoded(connect) == Connect({"applicationId": "app"})


def test_request_ids_come_back_as_they_were_sent() -> None:
    for text, number in [("1.0", 1), ("-3", -3), ("2.5", 2.5), ("1e300", 1e300)]:
        message = decode(f'{{"op":"unsubscribe","requestId":{text}}}')
        assert message == Unsubscribe(number)
        assert repr(message) == repr(Unsubscribe(number))


@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("levels", [200, 8_000, 200_000])
def test_deep_frames_are_refused(opening: str, levels: int) -> None:
    closing = "]" if opening == "[" else "}"
    deep = opening * levels + "1" + closing * levels
    frame = f'{{"op":"subscribe","requestId":1,"query":{{"className":"A","where":{deep}}}}}'
    assert re.match("JSON is nested deeper than|depth limit exceeded", outcome(frame))
    assert re.match("JSON is nested deeper than", outcome(frame.replace("A", r"\ud800")))


def test_numbers_beyond_doubles_are_refused() -> None:
    huge = "1" + "0" * 5_000
    assert outcome(f'{{"op":"unsubscribe","requestId":{huge}}}').startswith("number is infinity")


def test_bytes_that_are_no_text_are_ignored() -> None:
    assert outcome(b'{"op":"\xff"}') == IGNORED
    assert outcome('{"op":"\ud800"}') == IGNORED


def test_bytes_are_read_like_text() -> None:
    assert decode(b'{"op":"unsubscribe","requestId":1}') == Unsubscribe(1)


NAMES = st.sampled_from(
    [*KEY_NAMES, *"op requestId query className where keys watch fields since sessionToken".split()]
) | st.text(max_size=3)
VALUES: st.SearchStrategy[JSONValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=4),
    max_leaves=8,
)
OPS = st.sampled_from(["connect", "subscribe", "update", "unsubscribe"])


@given(
    st.fixed_dictionaries({"op": OPS}, optional={"requestId": VALUES, "query": VALUES})
    | st.dictionaries(NAMES, VALUES)
)
def test_any_json_is_decoded_or_refused(message: JSONObject) -> None:
    assert outcome(json.dumps(message)) != IGNORED
