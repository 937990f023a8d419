"""What no log shows, by its name or by its shape."""

import json
import time

import pytest

from parsepy.telemetry.masking import MASK, Masker, is_secret, mask_text

SECRET = "hunter2-hunter2"

SECRET_NAMES = [
    *("password", "_hashed_password", "newPassword", "_password_history", "sessionToken"),
    *("_session_token", "_SessionToken", "X-Parse-Session-Token", "X-Parse-Master-Key"),
    *("_MasterKey", "X-Parse-Maintenance-Key", "X-Parse-REST-API-Key", "X-Parse-Javascript-Key"),
    *("X-Parse-Client-Key", "X-Parse-Windows-Key", "X-Parse-Webhook-Key", "Authorization"),
    *("Proxy-Authorization", "Cookie", "Set-Cookie", "authData", "_auth_data_facebook"),
    *("access_token", "id_token", "refreshToken", "token", "_perishable_token"),
    *("_email_verify_token", "client_secret", "apiKey", "privateKey", "fileKey"),
]


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_secret_names(name: str) -> None:
    assert is_secret(name)
    assert is_secret(name.upper())


@pytest.mark.parametrize(
    "name", ["username", "objectId", "deviceToken", "X-Parse-Application-Id", "tokens_left", "keys"]
)
def test_other_names(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_values_of_secret_names_are_masked_at_any_depth(name: str) -> None:
    value = {"a": [{name: {"deep": SECRET}}], "b": 1, "c": f'{{"{name}":"{SECRET}"}}'}

    masked = Masker().value(value)

    assert SECRET not in json.dumps(masked)
    assert isinstance(masked, dict)
    assert masked["a"] == [{name: MASK}]
    assert masked["b"] == 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"password": "%s", "a": 1}', '{"password": "********", "a": 1}'),
        ('{\\"password\\":\\"%s\\"}', '{\\"password\\":\\"********\\"}'),
        ("{'sessionToken': '%s'}", "{'sessionToken': '********'}"),
        ("GET /login?username=a&password=%s", "GET /login?username=a&password=********"),
        ("GET /login?password=%s: {}", None),
        ("http://x/files/app/a?X-Parse-Expires=1&X-Parse-Signature=%s", None),
        ("GET /users?where=%%7B%%22sessionToken%%22%%3A%%22%s%%22%%7D", None),
        ("POST https://ann:%s@db.test/x", "POST https://********@db.test/x"),
        ("mongodb://ann:%s@db.test:27017/app", "mongodb://********@db.test:27017/app"),
        ("X-Parse-Master-Key: %s", "X-Parse-Master-Key: ********"),
        ("Authorization: Bearer %s", None),
        ("Basic %s", "Basic ********"),
        ('password="%s"', 'password="********"'),
    ],
)
def test_texts_are_masked(text: str, left: str | None) -> None:
    masked = mask_text(text % SECRET)

    assert SECRET not in masked
    assert MASK in masked.replace("%2A", "*")
    assert left is None or masked == left


@pytest.mark.parametrize(
    "secret",
    [
        "r:0123456789abcdef0123456789abcdef",
        "$2b$10$" + "a" * 53,
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    ],
)
def test_what_is_a_secret_by_its_shape_is_masked_wherever_it_stands(secret: str) -> None:
    assert mask_text(f"it was {secret}, he says") == f"it was {MASK}, he says"


def test_keys_of_the_app_are_masked_wherever_they_stand() -> None:
    masker = Masker(["a-master-key", "a-master-key-longer", "app"])

    assert masker.text("app: a-master-key-longer and a-master-key") == f"app: {MASK} and {MASK}"
    assert masker.value(["a-master-key"]) == [MASK]


def test_ordinary_texts_stay() -> None:
    for text in (
        "Parse error: Object not found.",
        "Invalid session token",
        "Ran cloud function f for user None with:\n  Input: {}\n  Result: 100%",
        "a=1&b=2 50% key",
        "deviceToken=abc",
    ):
        assert mask_text(text) == text


def test_masking_twice_changes_nothing() -> None:
    once = mask_text('REQUEST for [GET] /1/login?username=a&password=x: {"password":"y"}')

    assert mask_text(once) == once


@pytest.mark.parametrize(
    "part", ["a", '"', "a=", "{", 'password":"', '\\"', "password: [", "://a:", "eyJ", "?a=b%25&"]
)
def test_no_text_takes_long(part: str) -> None:
    text = "password token r: $ eyJ :// " + part * (8000 // len(part))
    started = time.thread_time()

    mask_text(text)

    assert time.thread_time() - started < 1, "a quadratic rule would take minutes"


def test_what_is_nested_without_end_ends() -> None:
    value: object = "x"
    for _ in range(1000):
        value = [value]

    assert "…" in json.dumps(Masker().value(value), ensure_ascii=False)
