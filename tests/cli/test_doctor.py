"""`parsepy doctor` as a person or a script meets it."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parsepy.cli.main import cli
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from tests.copying.samples import HASH, TOKEN, made, schema_of
from tests.doctor.samples import make_healthy, raw_database
from tests.support.deaf_server import DeafServer
from tests.support.ports import free_port
from tests.support.processes import RunningProcess


def doctor(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["doctor", *arguments], env=environment)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "app.sqlite"
    asyncio.run(_prepare(SQLiteStorage(str(place))))
    return place


async def _prepare(storage: SQLiteStorage | MongoStorage) -> None:
    await storage.start()
    await make_healthy(storage)
    await storage.close()


async def _spoil(file: Path) -> None:
    storage = SQLiteStorage(str(file))
    await storage.start()
    await storage.insert(schema_of("Thing"), made("bad", number="five"))
    await storage.insert(schema_of("Odd_Names0"), made("lacking"))
    await storage.close()


def test_healthy_database_is_told_so_and_exits_with_0(file: Path) -> None:
    result = doctor("--database-uri", f"sqlite:///{file}")

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "Nothing is wrong."
    assert result.stderr == ""
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("Thing ")]
    assert line.split()[:2] == ["Thing", "5"]


def test_errors_are_told_with_advice_and_exit_with_1(file: Path) -> None:
    asyncio.run(_spoil(file))

    result = doctor("--database-uri", f"sqlite:///{file}")

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    at = lines.index("ERROR Thing: number holds a value that is no Number (1)")
    assert lines[at + 1 : at + 3] == [
        "  bad",
        "  Apps that trust the schema fail on it: set the field again, or delete it.",
    ]
    assert "WARNING Odd_Names0: required field UPPER is missing (1)" in lines
    assert lines[-1] == "1 error, 1 warning."


def test_json_says_the_same(file: Path) -> None:
    asyncio.run(_spoil(file))

    result = doctor("--database-uri", f"sqlite:///{file}", "--json", "--sample", "1000")

    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["errors"], told["warnings"], told["files"]) == (1, 1, None)
    assert told["classes"]["Thing"]["objects"] == told["classes"]["Thing"]["checked"] == 6
    assert told["findings"][0] == {
        "check": "documents",
        "severity": "error",
        "class": "Thing",
        "message": "number holds a value that is no Number",
        "advice": "Apps that trust the schema fail on it: set the field again, or delete it.",
        "count": 1,
        "objectIds": ["bad"],
    }


def test_warnings_alone_exit_with_0(mongodb_database_uri: str) -> None:
    asyncio.run(_prepare(MongoStorage(mongodb_database_uri)))
    with raw_database(mongodb_database_uri) as raw:
        raw["Leftover"].insert_one({})

    result = doctor(PARSE_SERVER_DATABASE_URI=mongodb_database_uri)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "0 errors, 1 warning."


def test_no_secret_is_shown(mongodb_database_uri: str) -> None:
    asyncio.run(_prepare(MongoStorage(mongodb_database_uri)))
    with raw_database(mongodb_database_uri) as raw:
        raw["_User"].update_one({"_id": "ada"}, {"$set": {"_hashed_password": "secret-hash"}})
        raw["_Session"].update_one({"_id": "s1"}, {"$set": {"_session_token": ["secret-token"]}})
        raw["_User"].insert_one({"_id": "a2", "username": "ADA", "email": "secret@x.y"})

    outputs = [
        doctor("--database-uri", mongodb_database_uri, *more).output for more in ([], ["--json"])
    ]

    for output in outputs:
        assert output
        assert "secret" not in output
        assert HASH not in output
        assert TOKEN not in output


@pytest.mark.parametrize("command", [["doctor", "--database-uri"], ["copy", "sqlite:///{file}"]])
def test_password_of_a_server_that_is_not_there_is_not_shown(
    command: list[str], file: Path
) -> None:
    uri = f"mongodb://ada:secret-word@127.0.0.1:{free_port()}/x?serverSelectionTimeoutMS=100"
    arguments = [*(each.format(file=file) for each in command), uri]

    with RunningProcess([sys.executable, "-m", "parsepy", *arguments]) as process:
        assert process.wait() == 2
        process.wait_for_line(lambda line: "cannot be reached" in line)
        assert "secret" not in process.output


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        (
            "sqlite:///nothing/here.sqlite",
            "parsepy: There is no file nothing/here.sqlite: name another.",
        ),
        ("sqlite::memory:", "parsepy: A store in memory ends with its server."),
        ("postgres://x/y", "parsepy: Option databaseURI must start with mongodb://"),
    ],
)
def test_what_cannot_be_examined_exits_with_2(uri: str, message: str) -> None:
    result = doctor("--database-uri", uri)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(message)


@pytest.mark.parametrize(
    "arguments", [["doctor", "--database-uri", "{uri}"], ["copy", "{uri}", "sqlite:///x.sqlite"]]
)
def test_ctrl_c_ends_it_cleanly(arguments: list[str], tmp_path: Path) -> None:
    with DeafServer() as server:
        uri = f"mongodb://127.0.0.1:{server.port}/app"
        command = [sys.executable, "-m", "parsepy", *(each.format(uri=uri) for each in arguments)]
        with RunningProcess(command, folder=tmp_path) as process:
            server.wait_for_caller()
            process.interrupt()

            assert process.wait() == 130
            process.wait_for_line(lambda line: line.startswith("Interrupted."))
            assert "Traceback" not in process.output
