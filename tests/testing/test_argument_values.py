"""What functions of the test's process are called with."""

from dataclasses import dataclass

import pytest

from parsepy.auth.base import AuthRequest
from parsepy.cloud.objects import Object
from parsepy.testing.argument_values import argument_json
from parsepy.types import MISSING, JSONObject, ParseObject

TIME = "2024-01-02T03:04:05.678Z"
ANN: ParseObject = {
    "objectId": "ann",
    "createdAt": TIME,
    "email": "ann@example.com",
    "_hashed_password": "secret",
}
ANN_AS_SENT = {
    "__t": "Object",
    "className": "_User",
    "objectId": "ann",
    "existed": False,
    "state": {"createdAt": TIME, "email": "ann@example.com"},
    "ops": {},
}


@dataclass(frozen=True)
class Asked:
    object: ParseObject
    original: ParseObject | None
    resend_request: bool
    created_with: JSONObject | None = None


def test_plain_values_are_themselves() -> None:
    value = {"a": [1, None, "x", {"__type": "Date", "iso": TIME}]}

    assert argument_json(value) == value


def test_an_argument_that_is_left_out() -> None:
    assert argument_json(MISSING) == {"__t": "Undefined"}


def test_objects_are_whole_and_tagged() -> None:
    one = Object("Game", "x", {"objectId": "x", "n": 1}, {"n": 2})

    sent = argument_json([one])

    assert sent == [
        {
            "__t": "Object",
            "className": "Game",
            "objectId": "x",
            "existed": False,
            "state": {"n": 1},
            "ops": {"n": 2},
        }
    ]


def test_a_request_has_parse_server_s_names_and_users_without_secrets() -> None:
    sent = argument_json(Asked(object=ANN, original=None, resend_request=True))

    assert sent == {"object": ANN_AS_SENT, "resendRequest": True}


def test_a_request_of_a_provider() -> None:
    request = AuthRequest(user=ANN, object={"username": "x"}, ip="127.0.0.1", headers={"a": "b"})

    sent = argument_json(request)

    assert isinstance(sent, dict)
    new = {"__t": "Object", "className": "_User", "existed": False, "ops": {}}
    assert sent == {
        "user": ANN_AS_SENT,
        "object": {**new, "state": {"username": "x"}},
        "master": False,
        "isReadOnly": False,
        "ip": "127.0.0.1",
        "headers": {"a": "b"},
    }


def test_only_a_challenge_is_told_to_be_one() -> None:
    sent = argument_json(AuthRequest(is_challenge=True))

    assert isinstance(sent, dict)
    assert sent["isChallenge"] is True


def test_what_cannot_be_sent_is_an_error() -> None:
    with pytest.raises(TypeError):
        argument_json({"a": object()})
