"""`parsepy copy` as a person or a script meets it."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parsepy.cli.files.sides import options_of
from parsepy.cli.main import cli
from parsepy.copying.places import Place
from parsepy.files.copy.opening import opened_source, opened_target
from parsepy.options.database_uri import shown
from tests.copying.samples import fill, made, opened, schema_of
from tests.files.samples import LARGE, parts, whole


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


def _save(uri: str, **contents: bytes) -> None:
    async def save() -> None:
        async with opened_target(options_of(uri), to_write=True) as side:
            for name, content in contents.items():
                await side.store.save(name, parts(content), {"of": name})

    asyncio.run(save())


def _read(uri: str, name: str) -> bytes | None:
    async def read() -> bytes | None:
        async with opened_source(options_of(uri)) as side:
            return await whole(side.store, name)

    return asyncio.run(read())


@pytest.fixture(params=["from sqlite", "from mongodb"])
def ways(
    request: pytest.FixtureRequest, source: str, mongodb_database_uri: str, tmp_path: Path
) -> tuple[str, str]:
    """An app with objects and files, and where to copy it."""
    if request.param == "from sqlite":
        _save(source, f=b"small", g=LARGE)
        return source, mongodb_database_uri
    asyncio.run(fill(Place(mongodb_database_uri)))
    _save(mongodb_database_uri, f=b"small", g=LARGE)
    return mongodb_database_uri, f"sqlite:///{tmp_path}/new/target.sqlite"


def test_files_that_are_with_the_database_come_along(ways: tuple[str, str]) -> None:
    result = copy(*ways)

    assert result.exit_code == 0, result.output
    assert "Files copied: 2 (1.9 MB)" in result.stdout.splitlines()
    assert (_read(ways[1], "f"), _read(ways[1], "g")) == (b"small", LARGE)


def test_files_that_differ_are_found_by_verify_only(ways: tuple[str, str]) -> None:
    assert copy(*ways).exit_code == 0
    same = copy(*ways, "--verify-only")
    _save(ways[1], f=b"other")

    result = copy(*ways, "--verify-only")

    assert same.exit_code == 0
    assert "Files that are the same: 2 (1.9 MB)" in same.stdout
    assert result.exit_code == 1
    assert "! Files: another content in the target: f" in result.stdout


def test_files_are_left_out_when_one_says_so(ways: tuple[str, str]) -> None:
    result = copy(*ways, "--without-files")

    assert result.exit_code == 0
    assert _read(ways[1], "f") is None
    (note,) = [line for line in result.stdout.splitlines() if line.startswith("Note: ")]
    assert note.endswith(f"Next: parsepy files copy {shown(ways[0])} {shown(ways[1])}")


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
