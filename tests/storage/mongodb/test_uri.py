"""`databaseURI` and `databaseOptions` on their way to the driver (sheet, section 18)."""

import pytest

from parsepy.storage.mongodb.uri import driver_options, escape_credentials
from parsepy.types import JSONObject


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("mongodb://h/db", "mongodb://h/db"),
        ("mongodb://u:p@h/db", "mongodb://u:p@h/db"),
        ("mongodb://u:p%40ss@h/db", "mongodb://u:p%40ss@h/db"),
        (
            "mongodb://u:p@s:s/w?d@h1:1,h2:2/db?x=1",
            "mongodb://u:p%40s%3As%2Fw%3Fd@h1:1,h2:2/db?x=1",
        ),
        ("mongodb://u s@h", "mongodb://u%20s@h"),
        ("mongodb+srv://u:ü@h/db", "mongodb+srv://u:%C3%BC@h/db"),
    ],
)
def test_credentials_are_escaped_once(written: str, escaped: str) -> None:
    assert escape_credentials(written) == escaped
    assert escape_credentials(escaped) == escaped


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"maxTimeMS": 5, "enableSchemaHooks": True, "createIndexRoleName": False}, {}),
        ({"useNewUrlParser": True, "proxyHost": "h"}, {}),
        ({"maxPoolSize": 7, "retryWrites": False}, {"maxPoolSize": 7, "retryWrites": False}),
        ({"maxIdleTimeMS": 0, "maxPoolSize": 0, "appName": None}, {"maxPoolSize": 0}),
    ],
)
def test_driver_gets_its_own_options_only(options: JSONObject, expected: JSONObject) -> None:
    given = driver_options("mongodb://h", options)

    assert given.pop("serverSelectionTimeoutMS") == 10_000
    assert given == expected


def test_wait_for_a_server_may_be_set_in_either_place() -> None:
    name = "serverSelectionTimeoutMS"

    assert driver_options("mongodb://h", {name: 5})[name] == 5
    assert name not in driver_options(f"mongodb://h/?{name}=5", {})


def test_client_metadata_names_the_app() -> None:
    options = driver_options("mongodb://h", {"clientMetadata": {"name": "app", "version": "1"}})

    assert (options["driver"].name, options["driver"].version) == ("app", "1")
