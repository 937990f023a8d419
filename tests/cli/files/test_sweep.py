"""`parsepy files sweep` as a person or a script meets it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parsepy.cli.main import cli
from parsepy.files.base import Leftover, LeftoversHidden
from parsepy.files.embedded import EmbeddedFiles
from parsepy.protocol.field_types import FILE
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.sqlite import SQLiteStorage
from tests.files.samples import parts

NOW = "2026-11-30T12:00:00.000Z"


def sweep(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["files", "sweep", *arguments], env=environment)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """One whose only object mentions one of two files."""
    place = tmp_path / "app.sqlite"
    asyncio.run(_prepare(place))
    return place


async def _prepare(place: Path) -> None:
    storage, files = SQLiteStorage(str(place)), EmbeddedFiles(_folder(place))
    await storage.start()
    definition = ClassDefinition("Game", {"photo": Field(FILE)})
    await storage.create_class(definition)
    times = {"createdAt": NOW, "updatedAt": NOW}
    photo = {"__type": "File", "name": "held.txt"}
    await storage.insert(ClassSchema(definition), {"objectId": "1", **times, "photo": {**photo}})
    for name in ("held.txt", "orphan.txt"):
        await files.save(name, parts(b"four"), {})
    await files.close()
    await storage.close()


def _folder(place: Path) -> Path:
    return place.with_name(f"{place.name}.files")


async def _left(place: Path) -> list[str]:
    files = EmbeddedFiles(_folder(place))
    left = sorted([file.name async for file in files.stored()])
    await files.close()
    return left


def test_by_default_it_only_counts(database: Path) -> None:
    result = sweep("--database-uri", f"sqlite:///{database}", "--older-than", "0s", "--list")

    assert result.exit_code == 1, result.output
    assert result.stdout.splitlines() == [
        "orphan.txt\t4",
        "Files mentioned by objects: 1 (4 B)",
        "Files that nothing mentions, found: 1 (4 B)",
        "Broken uploads, found: 0",
        "Nothing was deleted: that takes --delete.",
    ]
    assert asyncio.run(_left(database)) == ["held.txt", "orphan.txt"]


def test_with_delete_it_deletes(database: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"databaseURI": f"sqlite:///{database}", "appId": "a"}))

    result = sweep(str(config), "--delete", "--older-than", "0s")

    assert result.exit_code == 0, result.output
    assert "Files that nothing mentions, deleted: 1 (4 B)" in result.stdout
    assert asyncio.run(_left(database)) == ["held.txt"]


def test_what_a_store_hides_is_told(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(*_: object) -> AsyncIterator[Leftover]:
        raise LeftoversHidden("the service clears them up")

    monkeypatch.setattr(EmbeddedFiles, "leftovers", hidden)

    result = sweep("--database-uri", f"sqlite:///{database}")

    assert result.exit_code == 0, result.output
    (told,) = [line for line in result.stdout.splitlines() if "Broken" in line]
    assert told == "Broken uploads, not looked for: the service clears them up."


def test_the_environment_names_the_database(database: Path) -> None:
    result = sweep(PARSE_SERVER_DATABASE_URI=f"sqlite:///{database}")

    assert result.exit_code == 0, result.output
    assert "Files too young to be looked for: 2 (8 B)" in result.stdout


@pytest.mark.parametrize("age", ["", "24", "1w", "-1h", "1.5h", "h"])
def test_an_age_that_is_none_is_refused(age: str) -> None:
    result = sweep("--older-than", age)

    assert result.exit_code == 2
    assert "no age such as 90m, 24h or 7d" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--database-uri", "sqlite:///nowhere.sqlite"), "There is no file nowhere.sqlite"),
        (("--database-uri", "sqlite::memory:"), "store in memory"),
        (("--database-uri", "postgres://x"), "databaseURI"),
    ],
)
def test_what_cannot_be_swept_is_told_in_one_line(
    arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    result = sweep(*arguments)

    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_state_is_gone_when_the_sweep_is_done(database: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"

    result = sweep("--database-uri", f"sqlite:///{database}", "--state", str(state))

    assert result.exit_code == 0, result.output
    assert not state.exists()


@pytest.mark.parametrize("state", [(), ("--state", "state")])
def test_ctrl_c_says_how_to_go_on(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: tuple[str, ...]
) -> None:
    async def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("parsepy.files.sweep.run.Sweep.run", interrupted)

    result = sweep("--database-uri", f"sqlite:///{database}", *state)

    assert result.exit_code == 130
    told = "Continue with --state state." if state else "With --state it can be continued."
    assert result.stderr == f"Interrupted. {told}\n"
    assert (tmp_path / "state").exists() == bool(state)
