"""`parsepy copy` as a person or a script meets it."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parsepy.cli.main import cli
from parsepy.copying.places import Place
from parsepy.files.embedded import EmbeddedFiles
from parsepy.options.database_uri import files_folder
from tests.copying.samples import fill, made, opened, schema_of
from tests.doctor.samples import raw_database
from tests.files.samples import parts


def copy(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["copy", *arguments])


@pytest.fixture
def source(tmp_path: Path) -> str:
    uri = f"sqlite:///{tmp_path}/source.sqlite"
    asyncio.run(fill(Place(uri)))
    return uri


def test_complete_copy_exits_with_0(source: str, mongodb_database_uri: str) -> None:
    result = copy(source, mongodb_database_uri)

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    (thing,) = [line for line in lines if line.startswith("Thing ")]
    assert thing.split() == ["Thing", "5", "objects", "5", "written", "identical"]
    assert lines[-2].endswith(" objects/s")
    target = mongodb_database_uri.partition("?")[0]
    assert lines[-1] == f"{target} holds everything that {source} holds."
    assert result.stderr == ""


def test_verify_only_finds_a_difference_and_exits_with_1(source: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/target.sqlite"
    assert copy(source, target).exit_code == 0
    assert copy("--verify-only", source, target).exit_code == 0
    asyncio.run(_insert(source, "later"))

    result = copy(source, target, "--verify-only")

    assert result.exit_code == 1
    assert "! Thing: missing in the target: later" in result.stdout
    (thing,) = [line for line in result.stdout.splitlines() if line.startswith("Thing ")]
    assert thing.split() == ["Thing", "6", "objects", "DIFFERENT"]
    assert " written" not in result.stdout


async def _insert(uri: str, object_id: str) -> None:
    async with opened(Place(uri)) as storage:
        await storage.insert(schema_of("Thing"), made(object_id))


def test_files_are_missed_unless_one_says_so(mongodb_database_uri: str, tmp_path: Path) -> None:
    asyncio.run(fill(Place(mongodb_database_uri)))
    with raw_database(mongodb_database_uri) as raw:
        raw["fs.files"].insert_one({"filename": "f"})
    targets = [f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("first", "second")]

    missed = copy(mongodb_database_uri, targets[0])
    told = copy(mongodb_database_uri, targets[1], "--without-files")

    assert missed.exit_code == 1
    assert "! fs.files: contents of files are not copied" in missed.stdout
    assert told.exit_code == 0
    assert "Note: The contents of files (fs.files) were not copied, as asked." in told.stdout


def test_the_files_beside_an_sqlite_database_are_missed_too(source: str, tmp_path: Path) -> None:
    folder = files_folder(Path(source.removeprefix("sqlite:///")))
    files = EmbeddedFiles(folder)
    asyncio.run(files.save("f", parts(b"x"), {}))
    asyncio.run(files.close())

    missed = copy(source, f"sqlite:///{tmp_path}/first.sqlite")
    told = copy(source, f"sqlite:///{tmp_path}/second.sqlite", "--without-files")

    assert missed.exit_code == 1
    assert f"! {folder.name}: contents of files are not copied" in missed.stdout
    assert told.exit_code == 0


def test_prefixes_are_kept_apart(source: str, mongodb_database_uri: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/target.sqlite"
    copy(source, mongodb_database_uri, "--target-prefix", "pre_")

    result = copy(mongodb_database_uri, target, "--source-prefix", "pre_")

    assert result.exit_code == 0, result.output
    assert copy("--verify-only", source, target).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["sqlite:///no/such.sqlite", "sqlite:///x.sqlite"],
            "There is no file no/such.sqlite: name another.",
        ),
        (["sqlite::memory:", "sqlite:///x.sqlite"], "A store in memory has nothing before"),
        (["redis://x", "sqlite:///x.sqlite"], "An address must start with mongodb://"),
        (["--resume", "--verify-only", "sqlite:///a", "sqlite:///b"], "--resume copies"),
    ],
)
def test_what_cannot_be_copied_exits_with_2(arguments: list[str], message: str) -> None:
    result = copy(*arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"parsepy: {message}")
