"""Flags, config file and environment: how text is read, and who wins."""

import json
from pathlib import Path

import pytest

from parsepy.options import OptionsError, resolve
from parsepy.options.sources import gather, read_config_file, read_environment
from parsepy.types import JSONValue

KEYS = {"appId": "app", "masterKey": "master"}


def config(folder: Path, document: object) -> Path:
    file = folder / "config.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_flags_go_over_file_over_environment_over_defaults(tmp_path: Path) -> None:
    file = config(tmp_path, {**KEYS, "port": 2, "host": "10.0.0.2", "mountPath": "/file"})
    environment = {
        "PORT": "3",
        "PARSE_SERVER_HOST": "10.0.0.3",
        "PARSE_SERVER_DEFAULT_LIMIT": "7",
    }

    options = resolve({"port": "1"}, file, environment).options

    assert (options.port, options.host, options.mount_path) == (1, "10.0.0.2", "/file")
    assert (options.default_limit, options.object_id_size) == (7, 10)


def test_a_group_is_taken_whole_from_the_first_place_that_names_it(tmp_path: Path) -> None:
    file = config(tmp_path, {**KEYS, "requestComplexity": {"queryDepth": 2}})
    environment = {"PARSE_SERVER_REQUEST_COMPLEXITY": '{"queryDepth": 3, "includeDepth": 4}'}

    options = resolve({}, file, environment).options

    assert options.request_complexity.query_depth == 2
    assert options.request_complexity.include_depth == -1


@pytest.mark.parametrize(
    ("variable", "text", "name", "expected"),
    [
        ("PARSE_SERVER_ALLOW_CUSTOM_OBJECT_ID", "true", "allowCustomObjectId", True),
        ("PARSE_SERVER_ALLOW_CUSTOM_OBJECT_ID", "1", "allowCustomObjectId", True),
        ("PARSE_SERVER_ALLOW_CUSTOM_OBJECT_ID", "false", "allowCustomObjectId", False),
        ("PARSE_SERVER_ALLOW_CUSTOM_OBJECT_ID", "0", "allowCustomObjectId", False),
        ("PARSE_SERVER_ALLOW_CUSTOM_OBJECT_ID", "No", "allowCustomObjectId", False),
        ("PORT", "8080", "port", 8080),
        ("PORT", " 80px", "port", 80),
        ("PARSE_SERVER_MAX_LIMIT", "-5", "maxLimit", -5),
        ("PARSE_SERVER_MASTER_KEY_IPS", "10.0.0.1, ::1", "masterKeyIps", ["10.0.0.1", "::1"]),
        ("PARSE_SERVER_ALLOW_HEADERS", "X-A", "allowHeaders", ["X-A"]),
        ("PARSE_SERVER_ALLOW_ORIGIN", "http://a,http://b", "allowOrigin", ["http://a", "http://b"]),
        ("PARSE_SERVER_ROUTE_ALLOW_LIST", "[a-z]+,b", "routeAllowList", ["[a-z]+", "b"]),
        (
            "PARSE_SERVER_REQUEST_KEYWORD_DENYLIST",
            '[{"key":"a","value":"b,c"}]',
            "requestKeywordDenylist",
            [{"key": "a", "value": "b,c"}],
        ),
        ("PARSE_SERVER_RATE_LIMIT", '{"zone":"ip"}', "rateLimit", {"zone": "ip"}),
        ("PARSE_SERVER_AUTH_PROVIDERS", '{"ldap":{}}', "auth", {"ldap": {}}),
        ("PARSE_SERVER_EMAIL_ADAPTER", "my-mail", "emailAdapter", "my-mail"),
        ("PARSE_SERVER_EMAIL_ADAPTER", '{"module":"m"}', "emailAdapter", {"module": "m"}),
        ("PARSE_SERVER_CLUSTER", "true", "cluster", True),
        ("PARSE_SERVER_CLUSTER", "false", "cluster", False),
        ("PARSE_SERVER_CLUSTER", "4", "cluster", 4),
        ("PARSE_SERVER_MAX_LOG_FILES", "14d", "maxLogFiles", "14d"),
        ("PARSE_SERVER_TRUST_PROXY", "2", "trustProxy", 2),
        ("PARSE_SERVER_TRUST_PROXY", "loopback", "trustProxy", "loopback"),
        ("PARSE_SERVER_TRUST_PROXY", '["10.0.0.0/8"]', "trustProxy", ["10.0.0.0/8"]),
        ("PARSE_SERVER_MASTER_KEY", "12345", "masterKey", "12345"),
        ("PARSE_PUBLIC_SERVER_URL", "https://a", "publicServerURL", "https://a"),
        ("PARSE_SERVER_APPLICATION_ID", "id", "appId", "id"),
        ("PARSE_SERVER_ENABLE_ANON_USERS", "false", "enableAnonymousUsers", False),
        (
            "PARSE_SERVER_REQUEST_COMPLEXITY_QUERY_DEPTH",
            "3",
            "requestComplexity",
            {"queryDepth": 3},
        ),
        (
            "PARSE_SERVER_PAGES_CUSTOM_URL_PASSWORD_RESET",
            "/reset",
            "pages",
            {"customUrls": {"passwordReset": "/reset"}},
        ),
    ],
)
def test_a_variable_is_read_by_its_kind(
    variable: str, text: str, name: str, expected: JSONValue
) -> None:
    gathered = read_environment({variable: text})

    assert gathered.values == {name: expected}
    assert gathered.warnings == ()


def test_empty_variables_count_as_unset() -> None:
    assert read_environment({"PORT": "", "PARSE_SERVER_TYPO": ""}).values == {}


def test_a_member_variable_goes_over_the_json_of_its_group() -> None:
    gathered = read_environment(
        {
            "PARSE_SERVER_DATABASE_OPTIONS": '{"maxPoolSize": 5, "appName": "a"}',
            "PARSE_SERVER_DATABASE_MAX_POOL_SIZE": "9",
        }
    )

    assert gathered.values == {"databaseOptions": {"maxPoolSize": 9, "appName": "a"}}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("port", "abc", "Key port has invalid value abc"),
        ("port", "", "Key port has invalid value "),
        ("cluster", "many", "Key cluster has invalid value many"),
        ("allowCustomObjectId", "TRUE", "Option allowCustomObjectId must be a boolean."),
        ("allowCustomObjectId", "yes", "Option allowCustomObjectId must be a boolean."),
        (
            "verifyUserEmails",
            "maybe",
            "Option verifyUserEmails must be a boolean, or name a function:"
            " package.module:function.",
        ),
        ("masterKeyIps", 5, "5 should be a comma separated string or an array"),
        ("allowHeaders", {}, "{} should be a comma separated string or an array"),
        ("port", [1], "Key port has invalid value [1]"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, text: JSONValue, message: str) -> None:
    with pytest.raises(OptionsError) as caught:
        gather({name: text}, None, {})

    assert str(caught.value) == message


def test_an_object_that_is_no_json_is_named() -> None:
    with pytest.raises(OptionsError, match=r"^Option auth must be an object in JSON: "):
        read_environment({"PARSE_SERVER_AUTH_PROVIDERS": "{ldap}"})


@pytest.mark.parametrize(
    ("variables", "warning"),
    [
        (
            {"PARSE_SERVER_MASTERKEY": "x"},
            "Variable PARSE_SERVER_MASTERKEY names no option.",
        ),
        (
            {"PARSE_SERVER_RATE_LIMIT_REQUEST_PATH": "/x"},
            "Variable PARSE_SERVER_RATE_LIMIT_REQUEST_PATH is not read.",
        ),
    ],
)
def test_variables_without_effect_are_named(variables: dict[str, str], warning: str) -> None:
    gathered = read_environment({**variables, "HOME": "/root", "PARSER": "x"})

    assert [notice.message for notice in gathered.warnings] == [warning]


def test_a_config_file_holds_options_or_one_app(tmp_path: Path) -> None:
    plain = read_config_file(config(tmp_path, {"appId": "a", "port": "80"}))
    listed = read_config_file(config(tmp_path, {"apps": [{"appId": "a", "port": 80}]}))

    assert plain == listed == {"appId": "a", "port": 80}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '{"apps": [{}, {}]}',
            "Multiple apps are not supported",
        ),
        ('{"apps": {"a": 1}}', '"apps" in config.json must be an array of objects.'),
        ("[]", "config.json must hold one JSON object."),
        ("{", "config.json is not valid JSON: Input data was truncated."),
        ('{"a": NaN}', "config.json is not valid JSON: JSON is malformed: invalid character"),
        ("[" * 100_000, "config.json is not valid JSON: JSON is nested too deeply."),
    ],
)
def test_a_broken_config_file_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config.json").write_text(text, encoding="utf-8")

    with pytest.raises(OptionsError) as caught:
        read_config_file(Path("config.json"))

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_config_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match=r"^Cannot read .*none\.json: No such file"):
        read_config_file(tmp_path / "none.json")


def test_unknown_keys_of_a_file_stay_for_the_warning(tmp_path: Path) -> None:
    file = config(tmp_path, {**KEYS, "colour": "red", "pages": {"enableLocalisation": True}})

    warnings = resolve({}, file, {}).warnings

    assert [notice.message for notice in warnings] == [
        "Unknown option colour.",
        "Unknown option pages.enableLocalisation.",
    ]
