"""What a start is made of: the quick start without keys, and its absence."""

import json
from pathlib import Path

import pytest

from parsepy.cli.launch import Launch, prepare
from parsepy.options import OptionsError
from parsepy.options.public_url import public_url
from parsepy.types import JSONValue

KEYS: dict[str, JSONValue] = {"appId": "app", "masterKey": "master"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def launch(
    flags: dict[str, JSONValue] | None = None,
    environment: dict[str, str] | None = None,
    *,
    data_folder: Path | None = None,
) -> Launch:
    return prepare(flags or {}, None, environment or {}, data_folder)


def messages(found: Launch) -> list[str]:
    return [warning.message for warning in found.warnings]


def test_without_keys_it_is_a_quick_start() -> None:
    found = launch()

    assert found.kept_keys is not None
    assert found.kept_keys.first_start
    assert found.kept_keys.file == Path("parse-data/keys.json")
    assert found.options.app_id == found.kept_keys.keys.app_id
    assert found.options.master_key == found.kept_keys.keys.master_key
    assert found.options.host == "127.0.0.1"
    assert found.options.allow_client_class_creation is True
    assert found.options.database_uri == "sqlite:///parse-data/parse.sqlite"
    assert messages(found) == ["Clients may create classes, so that a first request just works."]


def test_a_second_quick_start_has_the_same_keys() -> None:
    first, second = launch(), launch()

    assert second.options.master_key == first.options.master_key
    assert second.kept_keys is not None
    assert not second.kept_keys.first_start


@pytest.mark.parametrize("source", ["flags", "file", "environment"])
def test_with_keys_it_is_what_parse_server_would_do(source: str) -> None:
    file = None
    if source == "file":
        file = Path("config.json")
        file.write_text(json.dumps(KEYS), encoding="utf-8")
    environment = {"PARSE_SERVER_APPLICATION_ID": "app", "PARSE_SERVER_MASTER_KEY": "master"}

    found = prepare(
        KEYS if source == "flags" else {},
        file,
        environment if source == "environment" else {},
        None,
    )

    assert found.kept_keys is None
    assert (found.options.app_id, found.options.master_key) == ("app", "master")
    assert found.options.host == "0.0.0.0"
    assert found.options.allow_client_class_creation is False
    assert found.warnings == ()
    assert not Path("parse-data/keys.json").exists()


def test_a_quick_start_overrules_nothing_that_is_given() -> None:
    found = launch({"host": "0.0.0.0", "allowClientClassCreation": "false"})

    assert found.options.host == "0.0.0.0"
    assert found.options.allow_client_class_creation is False
    assert found.warnings == ()


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("flags", "url"),
    [
        ({}, "http://127.0.0.1:1337/parse"),
        ({"host": "0.0.0.0", "port": "8080", "mountPath": "/"}, "http://127.0.0.1:8080"),
        ({"host": "192.0.2.7"}, "http://192.0.2.7:1337/parse"),
    ],
)
async def test_a_quick_start_shows_the_mails_that_it_would_send(
    flags: dict[str, JSONValue], url: str
) -> None:
    options = launch({**flags, "verifyUserEmails": "true"}).options

    assert (options.email_adapter, options.app_name) == ("console", "My app")
    assert await public_url(options) == url


@pytest.mark.anyio
async def test_a_quick_start_leaves_mail_alone_that_is_set_up() -> None:
    given: dict[str, JSONValue] = {
        "emailAdapter": '{"module":"smtp","options":{"host":"h","from":"a@b.c"}}',
        "appName": "Game",
        "publicServerURL": "https://game.test/parse",
    }

    options = launch(given).options

    assert isinstance(options.email_adapter, dict)
    assert options.app_name == "Game"
    assert await public_url(options) == "https://game.test/parse"


def test_with_keys_there_is_no_mail_that_was_not_asked_for() -> None:
    options = launch(KEYS).options

    assert (options.email_adapter, options.app_name, options.public_server_url) == (None,) * 3


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"appId": "app"}, "You must provide a masterKey!"),
        ({"masterKey": "master"}, "You must provide an appId!"),
        ({"port": "99999"}, "Option port must be a whole number from 0 to 65535."),
        ({"databaseURI": "mysql://a"}, "Option databaseURI must start with "),
    ],
)
def test_wrong_options_leave_no_files_behind(flags: dict[str, JSONValue], message: str) -> None:
    with pytest.raises(OptionsError) as caught:
        launch(flags)

    assert str(caught.value).startswith(message)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("uri", "data_folder", "keys_file"),
    [
        (None, Path("here"), "here/keys.json"),
        ("sqlite:///there/app.sqlite", None, "there/keys.json"),
        ("sqlite:///there/app.sqlite", Path("here"), "here/keys.json"),
        ("sqlite::memory:", None, "parse-data/keys.json"),
        ("mongodb://localhost/parse", None, "parse-data/keys.json"),
    ],
)
def test_keys_are_kept_beside_the_data(
    uri: str | None, data_folder: Path | None, keys_file: str
) -> None:
    found = launch({} if uri is None else {"databaseURI": uri}, data_folder=data_folder)

    assert found.kept_keys is not None
    assert found.kept_keys.file == Path(keys_file)
    assert found.options.database_uri == (uri or "sqlite:///here/parse.sqlite")


def test_an_absolute_data_folder_stays_absolute(tmp_path: Path) -> None:
    found = launch(data_folder=tmp_path / "data")

    assert found.options.database_uri == f"sqlite:///{tmp_path}/data/parse.sqlite"
    assert (tmp_path / "data" / "keys.json").exists()


def test_the_folder_of_the_store_is_made() -> None:
    launch({**KEYS, "databaseURI": "sqlite:///a/b/app.sqlite"})

    assert Path("a/b").is_dir()


def test_keys_that_others_can_read_are_told_with_the_fix() -> None:
    launch()
    Path("parse-data/keys.json").chmod(0o644)

    warnings = launch({"allowClientClassCreation": "true"}).warnings

    assert [str(warning) for warning in warnings] == [
        "Other users can read parse-data/keys.json. Run: chmod 600 parse-data/keys.json"
    ]


@pytest.mark.parametrize("source", ["flags", "environment", "file"])
@pytest.mark.parametrize(
    ("given", "folder"),
    [(None, "./logs"), ("elsewhere", "elsewhere"), ("null", None)],
)
def test_a_server_of_its_own_keeps_its_log_unless_told_not_to(
    source: str, given: str | None, folder: str | None
) -> None:
    values: dict[str, JSONValue] = {} if given is None else {"logsFolder": given}
    file = None
    if source == "file":
        file = Path("config.json")
        values = {"logsFolder": None} if given == "null" else values
        file.write_text(json.dumps(values), encoding="utf-8")
    environment = {} if given is None else {"PARSE_SERVER_LOGS_FOLDER": given}

    found = prepare(
        {**KEYS, **(values if source == "flags" else {})},
        file,
        environment if source == "environment" else {},
        None,
    )

    assert found.options.logs_folder == folder
