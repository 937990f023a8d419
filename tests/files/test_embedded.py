"""The folder beside an SQLite database: what lies in it, and what a reader keeps."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest

from parsepy.errors import ParseError
from parsepy.files.base import Leftover
from parsepy.files.embedded import EmbeddedFiles
from parsepy.options.database_uri import files_folder
from tests.files.samples import LARGE, BrokenUpload, broken, later, parts, whole

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return files_folder(tmp_path / "app.sqlite")


async def test_nothing_is_made_before_the_first_upload(folder: Path) -> None:
    files = EmbeddedFiles(folder)

    assert await files.find("f") is None
    assert not await files.delete("f")
    await files.erase()
    await files.close()

    assert not folder.exists()


async def test_only_the_server_s_user_can_read_it(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"secret"), {})
    await files.close()

    made = [path for path in (folder, *folder.rglob("*")) if path.is_dir() or path.stat().st_size]
    assert len(made) > 3
    assert not [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077]


async def test_no_content_is_left_behind(folder: Path, content_count: Callable[[], int]) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"first"), {})
    await files.save("f", parts(b"second"), {})
    assert content_count() == 1
    with pytest.raises(BrokenUpload):
        await files.save("g", broken(LARGE), {})
    assert content_count() == 1
    await files.delete("f")
    assert content_count() == 0
    await files.save("f", parts(b"third"), {})
    await files.erase()
    assert content_count() == 0
    await files.close()


async def test_an_open_file_stays_readable(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(LARGE), {})
    file = await files.open("f")
    assert file is not None
    reading = file.read(0, len(LARGE))
    first = await anext(reading)

    await files.save("f", parts(b"another"), {})
    await files.delete("f")

    assert first + b"".join([part async for part in reading]) == LARGE
    await file.close()
    await files.close()


async def test_a_content_that_is_lost_is_a_file_that_is_not_there(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"x"), {})
    for path in (folder / "contents").rglob("*"):
        if path.is_file():
            path.unlink()

    assert await whole(files, "f") is None
    await files.close()


async def test_an_upload_the_index_refuses_leaves_no_content(
    folder: Path, content_count: Callable[[], int]
) -> None:
    folder.mkdir()
    (folder / "index.sqlite").write_bytes(b"no database at all" * 100)
    files = EmbeddedFiles(folder)

    with pytest.raises(ParseError, match="cannot be opened"):
        await files.save("f", parts(b"x"), {})

    assert content_count() == 0
    await files.close()


async def test_an_index_of_a_later_layout_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    with apsw.Connection(str(folder / "index.sqlite")) as connection:
        connection.pragma("user_version", 99)
    files = EmbeddedFiles(folder)

    with pytest.raises(ParseError, match="later parsepy"):
        await files.find("f")
    await files.close()


async def test_readers_do_not_wait_for_an_upload(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"there"), {})
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield LARGE
        await gate.wait()

    upload = asyncio.create_task(files.save("g", slow(), {}))
    assert await whole(files, "f") == b"there"
    assert await files.find("g") is None
    gate.set()
    await upload

    assert await whole(files, "g") == LARGE
    await files.close()


async def test_a_content_that_no_row_names_is_left_over(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"kept"), {})
    lost = folder / "contents" / "ab" / f"ab{'0' * 30}"
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(b"lost")
    os.utime(lost, (1_000_000_000, 1_000_000_000))

    assert await _leftovers(files, datetime.fromtimestamp(1_000_000_000, UTC)) == []
    (leftover,) = await _leftovers(files, later())
    assert (leftover.key, leftover.size) == (lost.name, 4)
    lost.write_bytes(b"grown")
    assert not await files.remove_leftover(leftover)
    (leftover,) = await _leftovers(files, later())
    assert await files.remove_leftover(leftover)
    assert not await files.remove_leftover(leftover)
    assert not lost.exists()
    assert await whole(files, "f") == b"kept"
    await files.close()


async def _leftovers(files: EmbeddedFiles, before: datetime) -> list[Leftover]:
    return [leftover async for leftover in files.leftovers(before)]


async def test_a_store_that_was_closed_opens_itself_again(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    for content in (b"first", b"second"):
        await files.save("f", parts(content), {})
        await files.close()

    assert await whole(files, "f") == b"second"
    await files.close()
