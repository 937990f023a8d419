"""The folder beside an SQLite database: what lies in it, and what a reader keeps."""

import asyncio
import os
import resource
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from parsepy.errors import ParseError
from parsepy.files.base import Leftover
from parsepy.files.disk import WRITE_SIZE
from parsepy.files.embedded import EmbeddedFiles
from parsepy.files.embedded.index import Index
from parsepy.files.embedded.layout import PAGE_BYTES, open_index
from parsepy.files.embedded.store import IN_INDEX
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
    await files.save("small", parts(b"secret"), {})
    await files.save("large", parts(LARGE), {})

    made = [folder, *folder.rglob("*")]
    assert {"index.sqlite", "index.sqlite-wal", "contents"} < {path.name for path in made}
    assert not [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077]
    await files.close()


@pytest.mark.parametrize("content", [b"small", LARGE], ids=["small", "large"])
async def test_no_content_is_left_behind(
    folder: Path, content_count: Callable[[], int], content: bytes
) -> None:
    files = EmbeddedFiles(folder)
    for each in (b"small", LARGE, content, content):
        await files.save("f", parts(each), {})
        assert content_count() == 1
    with pytest.raises(BrokenUpload):
        await files.save("g", broken(content), {})
    assert content_count() == 1
    await files.delete("f")
    assert content_count() == 0
    await files.save("f", parts(content), {})
    await files.erase()
    assert content_count() == 0
    await files.close()


def test_what_the_index_commits_is_on_the_disk(folder: Path) -> None:
    with closing(open_index(folder / "index.sqlite")) as connection:
        assert connection.pragma("journal_mode") == "wal"
        full = 2
        assert connection.pragma("synchronous") == full


@pytest.mark.parametrize(
    "length",
    [0, 1, IN_INDEX - 1, IN_INDEX, IN_INDEX + 1, WRITE_SIZE - 1, WRITE_SIZE, WRITE_SIZE + 1],
)
async def test_a_content_of_any_length_is_read_back(folder: Path, length: int) -> None:
    content = LARGE[:length]
    files = EmbeddedFiles(folder)
    await files.save("f", parts(content), {"a": 1})

    found = await files.find("f")
    assert found is not None
    assert (found.length, found.metadata) == (length, {"a": 1})
    assert await whole(files, "f") == content
    assert (folder / "contents").exists() == (length > IN_INDEX)
    await files.close()


async def test_small_contents_that_come_at_once_are_all_kept(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    contents = {f"f{number}": str(number).encode() * 1000 for number in range(50)}
    await asyncio.gather(*(files.save(name, parts(it), {}) for name, it in contents.items()))
    await files.close()

    twin = EmbeddedFiles(folder)
    assert {name: await whole(twin, name) for name in contents} == contents
    await twin.close()


async def test_an_index_without_contents_gets_a_place_for_them(folder: Path) -> None:
    """The layout of before, in which every content was on the disk."""
    version = "ab" + "0" * 30
    (folder / "contents" / "ab").mkdir(parents=True)
    (folder / "contents" / "ab" / version).write_bytes(b"old")
    with apsw.Connection(str(folder / "index.sqlite")) as connection:
        connection.execute(
            "CREATE TABLE files (name TEXT PRIMARY KEY NOT NULL, version TEXT NOT NULL UNIQUE,"
            " length INTEGER NOT NULL, uploaded_at INTEGER NOT NULL, metadata TEXT NOT NULL) STRICT"
        )
        connection.execute("INSERT INTO files VALUES ('old', ?, 3, 5, '{\"a\":1}')", (version,))
        connection.pragma("user_version", 1)
    connection.close()
    files, twin = EmbeddedFiles(folder), EmbeddedFiles(folder)

    await asyncio.gather(
        files.save("new", parts(b"new"), {}), twin.save("newer", parts(b"newer"), {})
    )

    for each in (files, twin):
        assert [await whole(each, name) for name in ("old", "new", "newer")] == [
            b"old",
            b"new",
            b"newer",
        ]
        await each.close()


@pytest.mark.parametrize("content", [LARGE[:100_000], LARGE], ids=["small", "large"])
async def test_a_disk_that_is_full_stores_nothing(
    folder: Path, content_count: Callable[[], int], content: bytes
) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"there"), {})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (99_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"large|I/O"):
            await files.save("g", parts(content), {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert await files.find("g") is None
    assert content_count() == 1
    await files.save("g", parts(content), {})
    assert await whole(files, "g") == content
    await files.close()


@pytest.mark.parametrize("content", [b"new", LARGE], ids=["small", "large"])
async def test_an_upload_that_is_cancelled_while_it_gets_its_name_is_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"there"), {})
    naming = asyncio.Event()
    put = Index.put

    async def noticed(index: Index, *given: Any) -> Any:
        naming.set()
        return await put(index, *given)

    monkeypatch.setattr(Index, "put", noticed)
    with closing(apsw.Connection(str(folder / "index.sqlite"))) as other:
        other.execute("BEGIN IMMEDIATE")
        upload = asyncio.create_task(files.save("f", parts(content), {}))
        await naming.wait()
        upload.cancel()
        assert await whole(files, "f") == b"there"
        other.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert await whole(files, "f") == content
    await files.close()


async def test_an_old_content_that_cannot_be_removed_costs_nothing(
    folder: Path, content_count: Callable[[], int]
) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(LARGE), {})
    (old,) = [path for path in (folder / "contents").rglob("*") if path.is_file()]
    old.unlink()
    old.mkdir()

    await files.save("f", parts(LARGE[1:]), {})

    assert await whole(files, "f") == LARGE[1:]
    assert content_count() == 1
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
    await files.save("f", parts(LARGE), {})
    for path in (folder / "contents").rglob("*"):
        if path.is_file():
            path.unlink()

    assert await whole(files, "f") is None
    await files.close()


@pytest.mark.parametrize("content", [b"x", LARGE], ids=["small", "large"])
async def test_an_upload_the_index_refuses_leaves_no_content(
    folder: Path, content_count: Callable[[], int], content: bytes
) -> None:
    folder.mkdir()
    (folder / "index.sqlite").write_bytes(b"no database at all" * 100)
    files = EmbeddedFiles(folder)

    with pytest.raises(ParseError, match="cannot be opened"):
        await files.save("f", parts(content), {})

    assert content_count() == 0
    await files.close()


async def test_a_damaged_index_is_a_store_that_cannot_be_reached(folder: Path) -> None:
    files = EmbeddedFiles(folder)
    await files.save("f", parts(b"x"), {})
    await files.close()
    with (folder / "index.sqlite").open("r+b") as index:
        index.seek(PAGE_BYTES)
        index.write(b"\xff" * PAGE_BYTES * 3)

    for asked in (files.find("f"), files.open("f"), files.delete("f")):
        with pytest.raises(ParseError, match="Database error"):
            await asked
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
    await files.save("f", parts(LARGE), {})
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
    assert await whole(files, "f") == LARGE
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
