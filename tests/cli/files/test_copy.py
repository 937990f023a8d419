"""`parsepy files copy` as a person or a script meets it."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parsepy.cli.main import cli
from parsepy.files.base import FileStore
from parsepy.files.embedded import EmbeddedFiles
from parsepy.files.encrypted import EncryptedFiles
from parsepy.files.encryption import key_of
from parsepy.files.folder import FolderFiles
from parsepy.options.database_uri import files_folder
from tests.files.samples import parts, whole


def copy(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(cli, ["files", "copy", *arguments], env=variables)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A database with two files."""
    place = tmp_path / "app.sqlite"
    place.touch()
    save(beside(place), a=b"content", b=b"four")
    return place


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target.sqlite"


def uri(place: Path) -> str:
    return f"sqlite:///{place}"


def beside(place: Path, key: str | None = None) -> FileStore:
    store = EmbeddedFiles(files_folder(place))
    return store if key is None else EncryptedFiles(store, key_of(key))


def save(store: FileStore, **contents: bytes) -> None:
    async def run() -> None:
        for name, content in contents.items():
            await store.save(name, parts(content), {})
        await store.close()

    asyncio.run(run())


def read(store: FileStore, name: str) -> bytes | None:
    async def run() -> bytes | None:
        try:
            return await whole(store, name)
        finally:
            await store.close()

    return asyncio.run(run())


def config(folder: Path, name: str = "config.json", **options: object) -> str:
    file = folder / name
    file.write_text(json.dumps(options))
    return str(file)


def test_addresses_of_databases_are_sides(source: Path, target: Path) -> None:
    result = copy(uri(source), uri(target))
    again = copy(uri(source), uri(target))

    assert result.exit_code == again.exit_code == 0, result.output
    assert result.stdout == "Files copied: 2 (11 B)\n"
    assert again.stdout == "Files copied: 0\nFiles that were there already: 2 (11 B)\n"
    assert read(beside(target), "a") == b"content"


def test_configs_are_sides(source: Path, tmp_path: Path) -> None:
    save(beside(tmp_path / "app.sqlite", "k"), c=b"secret")
    options = {"path": str(tmp_path / "files"), "encryptionKey": "other"}
    # Its database is not asked for.
    folder = config(tmp_path, "folder.json", filesAdapter={"module": "folder", "options": options})
    here = config(tmp_path, "here.json", databaseURI=uri(source), fileKey="k")

    result = copy(here, folder)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Files copied: 1 (6 B)",
        "Files NOT copied: 2 (0 B)",
        "! a: not encrypted with the key of the source, or broken",
        "! b: not encrypted with the key of the source, or broken",
    ]
    files = EncryptedFiles(FolderFiles(tmp_path / "files"), key_of("other"))
    assert read(files, "c") == b"secret"


def test_keys_of_addresses_are_in_variables(tmp_path: Path, target: Path) -> None:
    place = tmp_path / "app.sqlite"
    place.touch()
    save(beside(place, "one"), a=b"content")
    keys = {"PARSEPY_SOURCE_FILE_KEY": "one", "PARSEPY_TARGET_FILE_KEY": "two"}

    result = copy(uri(place), uri(target), **keys)

    assert result.exit_code == 0, result.output
    assert read(beside(target, "two"), "a") == b"content"


def test_a_variable_goes_over_the_config(source: Path, target: Path, tmp_path: Path) -> None:
    there = config(tmp_path, databaseURI=uri(target), fileKey="of the config")

    result = copy(uri(source), there, PARSEPY_TARGET_FILE_KEY="k")

    assert result.exit_code == 0, result.output
    assert read(beside(target, "k"), "a") == b"content"


def test_variables_of_a_server_count_for_neither_side(source: Path, target: Path) -> None:
    elsewhere = {"PARSE_SERVER_DATABASE_URI": "sqlite:///none", "PARSE_SERVER_FILE_KEY": "k"}

    result = copy(uri(source), uri(target), **elsewhere)

    assert result.exit_code == 0, result.output
    assert read(beside(target), "a") == b"content"


@pytest.mark.parametrize("said", ["", "k"])
def test_a_key_of_a_server_is_asked_for(source: Path, target: Path, said: str) -> None:
    there = {"PARSE_SERVER_FILE_KEY": "k", "PARSEPY_TARGET_FILE_KEY": "k"}

    refused = copy(uri(source), uri(target), **there)
    result = copy(uri(source), uri(target), **there, PARSEPY_SOURCE_FILE_KEY=said)

    assert refused.exit_code == 2
    assert "say in PARSEPY_SOURCE_FILE_KEY with which key" in refused.stderr
    # They have none: the other answer was wrong.
    assert result.exit_code == (1 if said else 0)


def test_what_differs_is_left_alone_and_exits_with_1(source: Path, target: Path) -> None:
    save(beside(target), a=b"another")

    result = copy(uri(source), uri(target))
    kept = read(beside(target), "a")
    overwritten = copy(uri(source), uri(target), "--overwrite")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Files copied: 1 (4 B)",
        "Files that DIFFER from those of the target, which were left alone: 1 (7 B)",
        "! a: another content in the target",
        "To have those of the source in the target, say --overwrite.",
    ]
    assert kept == b"another"
    assert overwritten.exit_code == 0
    assert read(beside(target), "a") == b"content"


def test_verify_copies_nothing(source: Path, target: Path) -> None:
    missing = copy(uri(source), uri(target), "--verify")
    untouched = not target.with_name(f"{target.name}.files").exists()
    copy(uri(source), uri(target))

    same = copy(uri(source), uri(target), "--verify")

    assert missing.exit_code == 1
    assert missing.stdout.splitlines() == [
        "Files that are the same: 0",
        "Files MISSING in the target: 2 (11 B)",
        "! a: missing in the target",
        "! b: missing in the target",
    ]
    assert untouched
    assert (same.exit_code, same.stdout) == (0, "Files that are the same: 2 (11 B)\n")


def test_a_dry_run_counts(source: Path, target: Path) -> None:
    before = copy(uri(source), uri(target), "--dry-run")
    untouched = not target.with_name(f"{target.name}.files").exists()
    copy(uri(source), uri(target))

    after = copy(uri(source), uri(target), "--dry-run")

    assert (before.exit_code, before.stdout) == (1, "Files to be copied: 2 (11 B)\n")
    assert untouched
    assert after.exit_code == 0
    assert after.stdout.splitlines() == [
        "Files to be copied: 0",
        "Files that are there already, by name and length: 2 (11 B)",
    ]


def test_a_state_is_of_one_pair_of_keys(source: Path, target: Path, tmp_path: Path) -> None:
    state = str(tmp_path / "state")
    first = copy(uri(source), uri(target), "--state", state, PARSEPY_TARGET_FILE_KEY="k")

    forgotten = copy(uri(source), uri(target), "--state", state)

    assert first.exit_code == 0, first.output
    assert forgotten.exit_code == 2
    assert forgotten.stderr == "parsepy: This state is of a copy with other keys.\n"


def test_what_cannot_be_copied_exits_with_2(source: Path, target: Path, tmp_path: Path) -> None:
    adapter = {"module": "folder", "options": {"path": str(tmp_path / "f")}}
    folder = config(tmp_path, "folder.json", filesAdapter=adapter)
    key = {"PARSEPY_TARGET_FILE_KEY": "k"}
    for arguments, variables, told in (
        ((uri(source), uri(source)), {}, "Source and target are the same store."),
        ((uri(target), uri(source)), {}, "There is no file"),
        (("sqlite::memory:", uri(target)), {}, "A store in memory"),
        (("redis://x", uri(target)), {}, "An address must start with mongodb://"),
        ((str(tmp_path / "no.json"), uri(target)), {}, "Cannot read"),
        ((config(tmp_path, appId="a"), uri(target)), {}, "names no databaseURI"),
        ((uri(source), folder), key, "PARSEPY_TARGET_FILE_KEY is for files that are with the"),
        ((uri(source), uri(target), "--verify", "--overwrite"), {}, "--overwrite copies,"),
    ):
        result = copy(*arguments, **variables)

        assert result.exit_code == 2, arguments
        assert result.stdout == ""
        assert told in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "f").exists()
