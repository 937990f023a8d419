"""The command line: flags, help, and how a wrong one ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parsepy.cli.flags import flag_name
from parsepy.cli.main import cli
from parsepy.options.catalogue import OPTIONS


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.chdir(tmp_path)
    return Run()


class Run:
    """Calls `parsepy` in an empty folder with an environment of its own."""

    def __call__(self, *arguments: str, **environment: str) -> Result:
        names = dict.fromkeys(("PORT", "PARSE_SERVER_APPLICATION_ID"))
        return CliRunner(env={**names, **environment}).invoke(cli, arguments)


def test_version_is_told(run: Run) -> None:
    assert run("--version").output.startswith("parsepy, version ")


def test_help_lists_the_commands_with_what_they_do(run: Run) -> None:
    listed = run("--help").output.partition("Commands:")[2].splitlines()
    commands = [line.split() for line in listed if line.strip()]

    names = ["copy", "dev", "doctor", "files", "live", "serve"]
    assert [name for name, *meaning in commands if meaning] == names


def test_a_command_that_there_is_not_ends_with_what_is_wrong(run: Run) -> None:
    result = run("starting")

    assert result.exit_code == 2
    assert "No such command 'starting'" in result.output


def test_help_offers_what_is_supported(run: Run) -> None:
    text = run("serve", "--help").output

    for name, option in OPTIONS.items():
        assert (f"{flag_name(name)}" in text.split() or f"{flag_name(name)}," in text.split()) is (
            option.supported
        ), name


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("appId", "--app-id"),
        ("restAPIKey", "--rest-api-key"),
        ("databaseURI", "--database-uri"),
        ("serverURL", "--server-url"),
        ("cacheTTL", "--cache-ttl"),
        ("dotNetKey", "--dot-net-key"),
        ("port", "--port"),
    ],
)
def test_flags_are_named_after_options(name: str, flag: str) -> None:
    assert flag_name(name) == flag


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "abc"], "Key port has invalid value abc"),
        (["--port", "70000"], "Option port must be a whole number from 0 to 65535."),
        (["--app-id", "a"], "You must provide a masterKey!"),
        (["--appId", "a", "--masterKey", ""], "You must provide a masterKey!"),
        (["none.json"], "Cannot read none.json: No such file or directory."),
        (["."], "Cannot read .: Is a directory."),
        (
            ["--allow-custom-object-id", "maybe"],
            "Option allowCustomObjectId must be a boolean.",
        ),
        (["--allow-custom-object-id", "--port", "x"], "Key port has invalid value x"),
        (["--default-limit", "0"], "Default limit must be a value greater than 0."),
        (["--max-upload-size", "big"], "Option maxUploadSize must be a size such as 20mb."),
        (
            ["--cluster", "2", "--database-uri", "sqlite::memory:"],
            "Option cluster needs a database that all processes share.",
        ),
        (
            ["--master-key-ips", "127.0.0.1,office"],
            'The Parse Server option "masterKeyIps" contains an invalid IP address "office".',
        ),
        (
            ["--host", "203.0.113.77", "--app-id", "a", "--master-key", "m"],
            "Option host: 203.0.113.77 is no address of this machine.",
        ),
    ],
)
def test_a_wrong_argument_ends_with_one_line_and_code_2(
    run: Run, arguments: list[str], message: str
) -> None:
    result = run("serve", *arguments)

    assert result.stderr == f"parsepy: {message}\n"
    assert result.stdout == ""
    assert result.exit_code == 2


def test_a_wrong_file_ends_with_one_line_and_code_2(run: Run) -> None:
    Path("config.json").write_text(json.dumps({"appId": 5, "masterKey": "m"}), encoding="utf-8")

    result = run("serve", "config.json")

    assert result.stderr == "parsepy: Option appId must be a string.\n"
    assert result.exit_code == 2


def test_a_wrong_variable_ends_with_one_line_and_code_2(run: Run) -> None:
    result = run("serve", PORT="many")

    assert result.stderr == "parsepy: Key port has invalid value many\n"
    assert result.exit_code == 2


def test_a_flag_that_does_not_exist_ends_with_code_2(run: Run) -> None:
    result = run("serve", "--colour", "red")

    assert "No such option '--colour'" in result.stderr
    assert result.exit_code == 2
