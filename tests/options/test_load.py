"""What the options look like once they are loaded."""

import pytest

from parsepy.options import ServerOptions, load_options

KEYS = {"appId": "app", "masterKey": "master"}


def options(**given: object) -> ServerOptions:
    return load_options({**KEYS, **given}).options


def test_defaults_are_those_of_parse_server() -> None:
    found = options()

    assert (found.app_id, found.master_key) == ("app", "master")
    assert (found.host, found.port, found.mount_path) == ("0.0.0.0", 1337, "/parse")
    assert found.server_url == "http://localhost:1337/parse"
    assert found.database_uri == "sqlite:///parse-data/parse.sqlite"
    assert found.max_upload_size == 20 * 1024 * 1024
    assert found.session_length == 31536000
    assert (found.default_limit, found.max_limit) == (100, None)
    assert found.allow_client_class_creation is False
    assert found.enforce_private_users is True
    assert found.enable_sanitized_error_response is True
    assert (found.cache_ttl, found.cache_max_size) == (5000, 10000)
    assert found.allow_origin == ("*",)
    assert found.cluster == 1
    assert found.client_key is found.javascript_key is found.rest_api_key is None
    assert [rule["key"] for rule in found.request_keyword_denylist] == [
        "_bsontype",
        "constructor",
        "__proto__",
    ]


def test_none_means_unset() -> None:
    found = options(port=None, maxLimit=None, clientKey=None)

    assert (found.port, found.max_limit, found.client_key) == (1337, None, None)


@pytest.mark.parametrize(
    ("given", "expected"),
    [("/parse", "/parse"), ("parse", "/parse"), ("/a/b/", "/a/b"), ("/", ""), ("", "")],
)
def test_mount_path_begins_with_a_slash_and_does_not_end_with_one(
    given: str, expected: str
) -> None:
    found = options(mountPath=given, port=8000)

    assert found.mount_path == expected
    assert found.server_url == f"http://localhost:8000{expected}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("20mb", 20 << 20),
        ("512KB", 512 << 10),
        ("1.5mb", 3 << 19),
        ("100", 100),
        ("7b", 7),
        (" 1 gb ", 1 << 30),
    ],
)
def test_max_upload_size_is_in_bytes(given: str, expected: int) -> None:
    assert options(maxUploadSize=given).max_upload_size == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://a", ("https://a",)),
        (["https://a", "https://b"], ("https://a", "https://b")),
        ("", ("*",)),
    ],
)
def test_allow_origin_is_a_list(given: object, expected: tuple[str, ...]) -> None:
    assert options(allowOrigin=given).allow_origin == expected


@pytest.mark.parametrize(("given", "expected"), [(None, 1), (False, 1), (0, 1), (1, 1), (3, 3)])
def test_cluster_is_a_number_of_processes(given: object, expected: int) -> None:
    assert options(cluster=given).cluster == expected


def test_cluster_true_is_one_process_per_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 6)

    assert options(cluster=True).cluster == 6


def test_request_complexity_fills_in_what_is_not_given() -> None:
    found = options(requestComplexity={"queryDepth": 3, "allowRegex": False}).request_complexity

    assert (found.query_depth, found.include_depth, found.allow_regex) == (3, -1, False)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"_User": {"*": ("email",)}}),
        (
            {"protectedFields": {"Note": {"role:a": ["x"]}}},
            {"Note": {"role:a": ("x",)}, "_User": {"*": ("email",)}},
        ),
        (
            {"protectedFields": {"_User": {"*": ["phone"]}}},
            {"_User": {"*": ("phone", "email")}},
        ),
        (
            {
                "protectedFields": {"_User": {"*": ["phone"]}},
                "protectedFieldsOwnerExempt": False,
            },
            {"_User": {"*": ("phone",)}},
        ),
        (
            {"protectedFields": {"_User": {}}, "protectedFieldsOwnerExempt": False},
            {"_User": {"*": ("email",)}},
        ),
        (
            {"userSensitiveFields": ["phone", "email"]},
            {"_User": {"*": ("email", "phone")}},
        ),
    ],
)
def test_email_is_always_protected(given: dict[str, object], expected: object) -> None:
    assert options(**given).protected_fields == expected


def test_raw_has_every_option_that_has_a_value() -> None:
    raw = options(push={"ios": {}}, unknown=1).raw

    assert raw["push"] == {"ios": {}}
    assert raw["graphQLPath"] == "/graphql"
    assert raw["unknown"] == 1
    assert "maxLimit" not in raw


def test_two_apps_share_no_defaults() -> None:
    first, second = options(), options()

    assert first.request_keyword_denylist[0] is not second.request_keyword_denylist[0]


def test_options_are_frozen() -> None:
    with pytest.raises(AttributeError):
        options().port = 1  # type: ignore[misc]
