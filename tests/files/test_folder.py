"""The folder of npm's adapter: what lies in it, and what nobody can reach."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsepy.errors import ParseError
from parsepy.files.base import Leftover
from parsepy.files.folder import FolderFiles
from tests.files.samples import LARGE, BrokenUpload, broken, later, listed, parts, whole

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files" / "app"


async def test_names_are_encoded_as_javascript_does(folder: Path) -> None:
    files = FolderFiles(folder)
    name = "dir/a b~@(1)!*'é.txt"

    await files.save(name, parts(b"x"), {})

    visible = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    assert visible == ["dir%2Fa%20b~%40(1)!*'%C3%A9.txt"]
    assert [file.name for file in await listed(files)] == [name]


async def test_what_parse_server_has_left_is_there(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "ab12_a%20b.txt").write_bytes(b"theirs")
    files = FolderFiles(folder)

    assert await whole(files, "ab12_a b.txt") == b"theirs"
    stored = await files.find("ab12_a b.txt")
    assert stored is not None
    assert (stored.length, stored.metadata) == (6, {})
    assert await files.delete("ab12_a b.txt")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".metadata/f", ".hidden", "../f", "\ud800", "n" * 300], ids=ascii
)
async def test_no_name_leads_elsewhere(folder: Path, name: str) -> None:
    files = FolderFiles(folder)
    await files.save("f", parts(b"x"), {"k": "v"})
    (folder / ".hidden").write_bytes(b"secret")
    (folder.parent / "f").write_bytes(b"secret")

    assert await files.open(name) is None
    assert await files.find(name) is None
    assert not await files.delete(name)
    with pytest.raises((ParseError, OSError)):
        await files.save(name, parts(b"x"), {})
    assert (folder / ".hidden").read_bytes() == b"secret"
    assert list((folder / ".uploads").iterdir()) == []


async def test_what_is_no_file_is_not_there(folder: Path) -> None:
    (folder / "sub").mkdir(parents=True)
    os.mkfifo(folder / "pipe")
    (folder / "not encoded").write_bytes(b"x")
    files = FolderFiles(folder)

    for name in ("sub", "pipe", "not encoded"):
        assert await files.open(name) is None
        assert await files.find(name) is None
        assert not await files.delete(name)
    assert await listed(files) == []


async def test_only_the_server_s_user_can_read_it(folder: Path) -> None:
    await FolderFiles(folder).save("f", parts(b"secret"), {"k": "v"})

    made = [folder, *folder.rglob("*")]
    assert len(made) == 5
    assert not [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077]


async def test_metadata_go_with_their_file(folder: Path) -> None:
    files = FolderFiles(folder)
    await files.save("f", parts(b"x"), {"n": 1})
    await files.save("f", parts(b"y"), {})
    assert list((folder / ".metadata").iterdir()) == []
    await files.save("f", parts(b"z"), {"n": 2})
    await files.delete("f")
    assert list((folder / ".metadata").iterdir()) == []


async def test_broken_metadata_do_not_hide_a_file(folder: Path) -> None:
    files = FolderFiles(folder)
    await files.save("f", parts(b"x"), {"n": 1})
    (folder / ".metadata" / "f").write_bytes(b"{")

    stored = await files.find("f")

    assert stored is not None
    assert stored.metadata == {}


async def test_an_upload_that_breaks_off_leaves_nothing_in_the_folder(folder: Path) -> None:
    with pytest.raises(BrokenUpload):
        await FolderFiles(folder).save("f", broken(LARGE), {"k": "v"})

    assert [path for path in folder.rglob("*") if path.is_file()] == []


async def test_an_open_file_stays_readable(folder: Path) -> None:
    files = FolderFiles(folder)
    await files.save("f", parts(LARGE), {})
    file = await files.open("f")
    assert file is not None

    await files.save("f", parts(b"another"), {})
    await files.delete("f")

    assert b"".join([part async for part in file.read(0, len(LARGE))]) == LARGE
    await file.close()


async def test_leftovers_are_uploads_that_broke_off_and_metadata_of_no_file(folder: Path) -> None:
    files = FolderFiles(folder)
    await files.save("f", parts(b"kept"), {"k": "v"})
    lost = [folder / ".uploads" / "0123", folder / ".metadata" / "gone"]
    for path in lost:
        path.write_bytes(b"lost")
        os.utime(path, (1_000_000_000, 1_000_000_000))

    assert await _leftovers(files, datetime.fromtimestamp(1_000_000_000, UTC)) == []
    found = await _leftovers(files, later())
    assert [leftover.key for leftover in found] == [".uploads/0123", ".metadata/gone"]
    assert [await files.remove_leftover(leftover) for leftover in found] == [True, True]
    assert [await files.remove_leftover(leftover) for leftover in found] == [False, False]
    assert not [path for path in lost if path.exists()]
    assert await whole(files, "f") == b"kept"


async def _leftovers(files: FolderFiles, before: datetime) -> list[Leftover]:
    return [leftover async for leftover in files.leftovers(before)]
