"""An upload in parts, and obstore failing in the middle of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from parsepy.files.objectstore import upload
from parsepy.files.objectstore.upload import put
from tests.files.samples import BrokenUpload, broken, parts

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "PART", 1000)
    monkeypatch.setattr(upload, "STEP", 250)


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 2000, 2001, 10_500])
async def test_everything_arrives(size: int) -> None:
    store, content = MemoryStore(), bytes(range(251)) * 50
    await put(store, "f", parts(content[:size], 77))

    found = await obstore.get_async(store, "f")
    assert bytes(await found.bytes_async()) == content[:size]


async def test_what_the_content_raises_comes_out() -> None:
    store = MemoryStore()
    for size in (10, 1500, 10_000):
        with pytest.raises(BrokenUpload):
            await put(store, "f", broken(b"x" * size))

    assert obstore.list(store).collect() == []


async def test_a_service_that_fails_in_between_ends_the_upload(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 1000

    async def failing(_store: Any, _key: str, content: AsyncIterator[bytes], **_: Any) -> None:
        await anext(content)
        raise ConnectionError("gone")

    monkeypatch.setattr(obstore, "put_async", failing)
    with pytest.raises(ConnectionError, match="gone"):
        await put(MemoryStore(), "f", endless())
    assert read < 10


async def test_the_next_part_is_read_only_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on, read = asyncio.Event(), 0

    async def content() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(20):
            read += 1
            yield b"x" * 250

    async def slow(_store: Any, _key: str, given: AsyncIterator[bytes], **_: Any) -> None:
        await go_on.wait()
        async for _part in given:
            pass

    monkeypatch.setattr(obstore, "put_async", slow)
    uploading = asyncio.create_task(put(MemoryStore(), "f", content()))
    for _ in range(200):
        await asyncio.sleep(0)
    assert read < 8
    go_on.set()
    await uploading

    assert read == 20
