"""`parsepy files rotate-key` as a person or a script meets it."""

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
from tests.files.stores import gridfs


def rotate(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(cli, ["files", "rotate-key", *arguments], env=variables)


def _encrypted(store: FileStore, key: str) -> EncryptedFiles:
    return EncryptedFiles(store, key_of(key))


def _save(store: FileStore, *names: str) -> None:
    async def save() -> None:
        for name in names:
            await store.save(name, parts(b"content"), {})
        await store.close()

    asyncio.run(save())


def _read(store: FileStore, name: str) -> bytes | None:
    async def read() -> bytes | None:
        try:
            return await whole(store, name)
        finally:
            await store.close()

    return asyncio.run(read())


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "app.sqlite"
    path.touch()
    return path


def test_from_one_key_to_another(database: Path) -> None:
    store = EmbeddedFiles(files_folder(database))
    _save(_encrypted(store, "old"), "a", "b")
    variables = {"PARSE_SERVER_FILE_KEY": "new", "PARSEPY_OLD_FILE_KEY": "old"}

    result = rotate("--database-uri", f"sqlite:///{database}", "--list", **variables)
    again = rotate("--database-uri", f"sqlite:///{database}", **variables)

    assert result.exit_code == again.exit_code == 0, result.output
    assert result.stdout == "Files rotated to the new key: 2\n  a\n  b\n"
    assert again.stdout == (
        "Files rotated to the new key: 0\nFiles that had the new key already: 2\n"
    )
    assert _read(_encrypted(store, "new"), "a") == b"content"


def test_what_is_not_rotated_is_told_and_exits_with_1(database: Path) -> None:
    store = EmbeddedFiles(files_folder(database))
    _save(_encrypted(store, "other"), "a")
    _save(_encrypted(store, "old"), "b")

    result = rotate(
        *("--database-uri", f"sqlite:///{database}", "--old-key", "old"),
        PARSE_SERVER_FILE_KEY="new",
    )

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Files rotated to the new key: 1",
        "Files NOT rotated, broken or with another key: 1",
        "! a",
    ]


def test_a_folder_of_parse_server_gets_a_key(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "f%20g.txt").write_bytes(b"content")
    config = tmp_path / "config.json"
    options = {"path": str(folder), "encryptionKey": "new"}
    adapter = {"module": "@parse/fs-files-adapter", "options": options}
    uri = f"sqlite:///{database}"
    config.write_text(json.dumps({"databaseURI": uri, "filesAdapter": adapter}))

    result = rotate(str(config), "--unencrypted")

    assert result.exit_code == 0, result.output
    assert b"content" not in (folder / "f%20g.txt").read_bytes()
    assert _read(_encrypted(FolderFiles(folder), "new"), "f g.txt") == b"content"


def test_gridfs_gets_a_key(mongodb_database_uri: str) -> None:
    async def save() -> None:
        async with gridfs(mongodb_database_uri) as store:
            await store.save("f", parts(b"content"), {})

    async def read() -> bytes | None:
        async with gridfs(mongodb_database_uri) as store:
            return await whole(_encrypted(store, "new"), "f")

    asyncio.run(save())
    result = rotate(
        *("--database-uri", mongodb_database_uri, "--unencrypted"), PARSE_SERVER_FILE_KEY="new"
    )

    assert result.exit_code == 0, result.output
    assert asyncio.run(read()) == b"content"


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        ((), {"PARSE_SERVER_FILE_KEY": "new"}, "or say --unencrypted if there is none"),
        (
            ("--unencrypted", "--old-key", "old"),
            {"PARSE_SERVER_FILE_KEY": "new"},
            "or say --unencrypted if there is none",
        ),
        (("--unencrypted",), {}, "There is no new key: set fileKey"),
        (("--old-key", "k"), {"PARSE_SERVER_FILE_KEY": "k"}, "The old key is the new one"),
        (
            ("--unencrypted", "--files-adapter", "gridfs"),
            {"PARSE_SERVER_FILE_KEY": "new"},
            "gridfs needs a databaseURI that names a MongoDB",
        ),
    ],
)
def test_nonsense_exits_with_2(
    arguments: tuple[str, ...], variables: dict[str, str], message: str, database: Path
) -> None:
    result = rotate("--database-uri", f"sqlite:///{database}", *arguments, **variables)

    assert result.exit_code == 2
    assert message in result.stderr


def test_a_database_that_is_not_there_exits_with_2(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/none.sqlite"

    result = rotate("--database-uri", uri, "--unencrypted", PARSE_SERVER_FILE_KEY="new")

    assert result.exit_code == 2
    assert "There is no file" in result.stderr
    assert list(tmp_path.iterdir()) == []
