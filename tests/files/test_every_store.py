"""The contract of a file store, over every one there is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from parsepy.files.base import READ_SIZE, FileStore, LeftoversHidden
from tests.files.samples import LARGE, BrokenUpload, Opening, broken, later, listed, parts, whole

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("content", [b"", b"x", LARGE[: 255 << 10], LARGE], ids=len)
async def test_a_file_comes_back_as_it_was(files: FileStore, content: bytes) -> None:
    await files.save("a/b c.txt", parts(content), {"k": {"deep": [1, None, "x"]}})

    stored = await files.find("a/b c.txt")
    assert stored is not None
    assert (stored.length, stored.metadata) == (len(content), {"k": {"deep": [1, None, "x"]}})
    assert await whole(files, "a/b c.txt") == content


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 5), (261_119, 261_121), (522_240, 522_240 + 261_120), (1_999_990, 2_008_000)],
)
async def test_a_part_is_read_alone(files: FileStore, start: int, end: int) -> None:
    await files.save("f", parts(LARGE), {})
    file = await files.open("f")
    assert file is not None

    read = [part async for part in file.read(start, end)]
    await file.close()

    assert b"".join(read) == LARGE[start:end]
    assert max(map(len, read), default=0) <= READ_SIZE


async def test_what_is_not_there(files: FileStore) -> None:
    assert await files.open("f") is None
    assert await files.find("f") is None
    assert not await files.delete("f")


async def test_a_name_holds_its_last_upload_alone(files: FileStore) -> None:
    await files.save("f", parts(b"first"), {"n": 1})
    first = await files.find("f")
    await files.save("f", parts(b"second"), {})
    second = await files.find("f")

    assert first is not None
    assert second is not None
    assert first.version != second.version
    assert second.metadata == {}
    assert await whole(files, "f") == b"second"


async def test_deleting_takes_all_versions(files: FileStore) -> None:
    await files.save("f", parts(b"first"), {})
    await files.save("f", parts(b"second"), {})

    assert await files.delete("f")

    assert await files.find("f") is None
    assert not await files.delete("f")


async def test_an_upload_that_breaks_off_leaves_what_was_there(files: FileStore) -> None:
    await files.save("f", parts(b"kept"), {})

    for name in ("f", "g"):
        with pytest.raises(BrokenUpload):
            await files.save(name, broken(LARGE), {})

    assert await whole(files, "f") == b"kept"
    assert await files.find("g") is None


async def test_a_cancelled_upload_leaves_nothing(files: FileStore) -> None:
    begun = asyncio.Event()

    async def endless() -> None:
        async def content() -> AsyncIterator[bytes]:
            yield LARGE
            begun.set()
            await asyncio.Event().wait()

        await files.save("f", content(), {})

    upload = asyncio.create_task(endless())
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert await files.find("f") is None


async def test_uploads_under_one_name_at_once(files: FileStore) -> None:
    contents = [bytes([65 + number]) * 300_000 for number in range(6)]

    await asyncio.gather(*(files.save("f", parts(content), {}) for content in contents))

    assert await whole(files, "f") in contents


async def test_stored_files_are_listed_once_each(files: FileStore) -> None:
    assert await listed(files) == []
    begun = datetime.now(UTC) - timedelta(seconds=1)
    for number in range(12):
        await files.save(f"{number:02}/f", parts(b"x" * number), {})
    await files.save("07/f", parts(b"second"), {"n": 1})
    await files.delete("08/f")

    found = {file.name: file for file in await listed(files)}

    assert sorted(found) == [f"{number:02}/f" for number in range(12) if number != 8]
    second = await files.find("07/f")
    assert second is not None
    assert (found["07/f"].length, found["07/f"].version) == (6, second.version)
    assert {begun <= (file.uploaded_at or begun) <= later() for file in found.values()} == {True}


async def test_a_finished_upload_leaves_nothing_over(files: FileStore) -> None:
    await files.save("f", parts(LARGE), {})
    await files.save("f", parts(b"second"), {})
    with pytest.raises(BrokenUpload):
        await files.save("g", broken(LARGE), {})
    await files.delete("f")

    with suppress(LeftoversHidden):
        # Azure shows none.
        assert [leftover async for leftover in files.leftovers(later())] == []


async def test_erase_takes_everything(files: FileStore) -> None:
    await files.save("f", parts(b"x"), {})

    await files.erase()

    assert await files.find("f") is None


async def test_a_file_outlives_its_server(lasting: Opening) -> None:
    async with lasting() as first:
        await first.save("f", parts(LARGE), {"k": "v"})

    async with lasting() as second, lasting() as twin:
        assert await whole(second, "f") == LARGE
        await twin.save("g", parts(b"of the twin"), {})
        assert await whole(second, "g") == b"of the twin"
        assert await twin.delete("f")
        assert await second.find("f") is None
