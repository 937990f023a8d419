"""What a request says of itself, from headers, Basic credentials and JavaScript bodies."""

import base64

import pytest

from parsepy.protocol import credentials as rules
from parsepy.protocol.credentials import Credentials
from parsepy.types import JSONObject, JSONValue
from tests.support.refusals import refusal

APP = "app"


def _basic(text: str | bytes) -> dict[bytes, bytes]:
    raw = text.encode() if isinstance(text, str) else text
    return {b"authorization": b"Basic " + base64.b64encode(raw)}


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        (b"x-parse-application-id", "application_id"),
        (b"x-parse-master-key", "master_key"),
        (b"x-parse-maintenance-key", "maintenance_key"),
        (b"x-parse-client-key", "client_key"),
        (b"x-parse-javascript-key", "javascript_key"),
        (b"x-parse-rest-api-key", "rest_api_key"),
        (b"x-parse-windows-key", "dot_net_key"),
        (b"x-parse-session-token", "session_token"),
        (b"x-parse-installation-id", "installation_id"),
    ],
)
@pytest.mark.parametrize("value", ["text", ""])
def test_each_header_is_one_credential(header: bytes, attribute: str, value: str) -> None:
    expected = Credentials()
    setattr(expected, attribute, value)

    assert rules.from_headers({header: value.encode()}, APP) == expected


def test_bytes_beyond_ascii_in_a_header_are_no_crash() -> None:
    found = rules.from_headers({b"x-parse-session-token": b"\xff\xe9"}, APP)

    assert found.session_token == "ÿé"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app:key", Credentials(application_id=APP, master_key="key")),
        ("app:", Credentials(application_id=APP)),
        ("app:javascript-key=js", Credentials(application_id=APP, javascript_key="js")),
        ("app:javascript-key=", Credentials(application_id=APP, javascript_key="")),
        ("other:key", Credentials()),
        ("app", Credentials()),
        ("app:a:b", Credentials()),
        ("", Credentials()),
        (b"\xff\xfe:key", Credentials()),
    ],
)
def test_basic_credentials_count_for_the_app_they_name(
    text: str | bytes, expected: Credentials
) -> None:
    assert rules.from_headers(_basic(text), APP) == expected


@pytest.mark.parametrize(
    "header", [b"", b"Basic", b"Basic ", b"Basic !!!", b"Bearer YXBwOmtleQ==", b"Basic YXBwOmtleQ"]
)
def test_another_authorization_says_nothing(header: bytes) -> None:
    assert rules.from_headers({b"authorization": header}, APP) == Credentials()


def test_a_body_gives_its_credentials_and_keeps_the_rest() -> None:
    body: JSONObject = {
        "_ApplicationId": APP,
        "_JavaScriptKey": "js",
        "_MasterKey": "master",
        "_SessionToken": "r:1",
        "_InstallationId": "i",
        "_ClientVersion": "js8",
        "_RevocableSession": "1",
        "_ContentType": "text/plain",
        "_context": {"a": 1},
        "_method": "GET",
        "score": 1,
    }
    found = Credentials()

    rules.take_from_body(found, body)

    assert found == Credentials(
        application_id=APP,
        javascript_key="js",
        master_key="master",
        session_token="r:1",
        installation_id="i",
        context={"a": 1},
        from_body=True,
    )
    assert body == {"_method": "GET", "score": 1}


def test_a_body_without_app_is_nobody_s() -> None:
    error = refusal(lambda: rules.take_from_body(Credentials(), {"_MasterKey": "x"}))

    assert error is not None
    assert error.http_status == 403


def test_a_key_of_a_header_does_not_count_beside_a_body() -> None:
    found = Credentials(javascript_key="of the header")

    rules.take_from_body(found, {"_ApplicationId": APP})

    assert found.javascript_key == ""


@pytest.mark.parametrize("value", [{"$ne": None}, ["x"], 1, True, None])
@pytest.mark.parametrize(
    "name",
    ["_ApplicationId", "_JavaScriptKey", "_MasterKey", "_SessionToken", "_InstallationId"],
)
def test_only_texts_are_credentials(name: str, value: JSONValue) -> None:
    error = refusal(
        lambda: rules.take_from_body(Credentials(), {"_ApplicationId": APP, name: value})
    )

    assert error is not None
    assert error.http_status == 403


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a":1}', {"a": 1}),
        ({}, {}),
        (None, {}),
        (0, {}),
        ([], {}),
        ("", None),
        ("[1]", None),
        ("{", None),
        ([1], None),
        (1, None),
        (True, None),
    ],
)
def test_a_context_is_an_object(value: JSONValue, expected: JSONObject | None) -> None:
    found = Credentials()
    error = refusal(lambda: rules.take_from_body(found, {"_ApplicationId": APP, "_context": value}))

    if expected is None:
        assert error is not None
        assert (error.code, error.message) == (107, "Invalid object for context.")
    else:
        assert error is None
        assert found.context == expected


@pytest.mark.parametrize("text", [b"[]", b"x", b"", b"1", b"\xff"])
def test_a_context_in_a_header_is_an_object_too(text: bytes) -> None:
    error = refusal(lambda: rules.from_headers({b"x-parse-cloud-context": text}, APP))

    assert error is not None
    assert error.code == 107


def test_contexts_of_two_requests_are_two() -> None:
    first, second = rules.from_headers({}, APP), rules.from_headers({}, APP)

    first.context["a"] = 1

    assert second.context == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [("PUT", "PUT"), ("delete", "DELETE"), ("", None), (None, None), (1, None), (["PUT"], None)],
)
def test_a_method_in_the_body_is_a_text(value: JSONValue, expected: str | None) -> None:
    body: JSONObject = {"_method": value, "a": 1}

    assert rules.method_override(body) == expected
    assert body == {"a": 1}
