"""A store with a key: what comes out of it, and what must not."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.files import encrypted as module
from parsepy.files.base import OpenFile
from parsepy.files.encrypted import EncryptedFiles, is_encrypted
from parsepy.files.encryption import key_of
from parsepy.files.memory import MemoryFiles
from tests.files.samples import LARGE, listed, parts, whole

pytestmark = pytest.mark.anyio

KEY = key_of("secret")


class CountingFiles(MemoryFiles):
    """Counts what is read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes_read = 0

    async def open(self, name: str) -> OpenFile | None:
        file = await super().open(name)
        return None if file is None else _Counting(file, self)


class _Counting:
    def __init__(self, file: OpenFile, files: CountingFiles) -> None:
        self.stored = file.stored
        self._file = file
        self._files = files

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        async for part in self._file.read(start, end):
            self._files.bytes_read += len(part)
            yield part

    async def close(self) -> None:
        await self._file.close()


@pytest.fixture
def below() -> CountingFiles:
    return CountingFiles()


@pytest.fixture
def files(below: CountingFiles) -> EncryptedFiles:
    return EncryptedFiles(below, KEY)


async def _tamper(below: MemoryFiles, name: str, at: int) -> None:
    stored = bytearray(await whole(below, name) or b"")
    stored[at] ^= 1
    await below.save(name, parts(bytes(stored)), {})


async def test_the_sizes_told_are_those_of_the_contents(
    files: EncryptedFiles, below: CountingFiles
) -> None:
    await files.save("f", parts(LARGE), {"k": "v"})

    stored = await files.find("f")
    assert stored is not None
    assert (stored.length, stored.metadata) == (len(LARGE), {"k": "v"})
    assert [file.length for file in await listed(files)] == [len(LARGE)]
    assert [file.length for file in await listed(below)] == [len(LARGE) + 32]
    assert LARGE[:1000] not in (await whole(below, "f") or b"")


@pytest.mark.parametrize("at", [0, 1_000_000, -33, -32, -17, -16, -1])
async def test_a_changed_file_is_not_there(
    files: EncryptedFiles,
    below: CountingFiles,
    at: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await files.save("f", parts(LARGE), {})
    await _tamper(below, "f", at)

    with caplog.at_level(logging.ERROR):
        assert await files.open("f") is None
    assert "file f is not encrypted with the app's key, or was changed" in caplog.text


@pytest.mark.parametrize("content", [b"", b"short", LARGE], ids=len)
async def test_what_has_another_key_or_none_is_not_there(
    files: EncryptedFiles, below: CountingFiles, content: bytes
) -> None:
    await EncryptedFiles(below, key_of("another")).save("other", parts(content), {})
    await below.save("plain", parts(content), {})

    assert await files.open("other") is None
    assert await files.open("plain") is None
    assert await is_encrypted(below, "other", KEY) is False
    assert await is_encrypted(below, "plain", KEY) is False
    assert await is_encrypted(below, "missing", KEY) is None


async def test_what_is_exchanged_while_it_is_read_does_not_come_out_whole(
    files: EncryptedFiles, below: CountingFiles
) -> None:
    await files.save("f", parts(LARGE), {})
    file = await files.open("f")
    assert file is not None
    held = below._files["f"]._data
    below._files["f"]._data = held[:-33] + bytes([held[-33] ^ 1]) + held[-32:]
    read = bytearray()

    async def read_on() -> None:
        async for part in file.read(0, len(LARGE)):
            read.extend(part)

    with pytest.raises(ParseError, match="Database error"):
        await read_on()
    assert 0 < len(read) < len(LARGE)
    await file.close()


async def test_a_version_is_vouched_for_once(files: EncryptedFiles, below: CountingFiles) -> None:
    await files.save("f", parts(LARGE), {})

    opened = await asyncio.gather(*(files.open("f") for _ in range(5)))

    assert below.bytes_read == len(LARGE) + 5 * 32
    below.bytes_read = 0
    file = opened[0]
    assert file is not None
    assert b"".join([part async for part in file.read(1000, 1100)]) == LARGE[1000:1100]
    assert below.bytes_read == 100


async def test_what_is_known_of_versions_is_bounded(
    files: EncryptedFiles, below: CountingFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    for name in ("a", "b", "c"):
        await files.save(name, parts(b"x" * 1000), {})
        await files.open(name)
    below.bytes_read = 0

    await files.open("c")
    assert below.bytes_read == 32
    await files.open("a")
    assert below.bytes_read == 32 + 32 + 1000
