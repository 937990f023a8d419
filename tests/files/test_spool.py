"""Bytes that wait, in memory or in a file without a name."""

import tempfile
from pathlib import Path

import pytest

from parsepy.files.spool import IN_MEMORY, Spool
from tests.files.samples import LARGE, parts

pytestmark = pytest.mark.anyio


async def _filled(content: bytes) -> Spool:
    spool = Spool()
    async for part in parts(content):
        await spool.write(part)
    return spool


async def _read(spool: Spool) -> bytes:
    read = [part async for part in spool.parts()]
    assert max(map(len, read), default=0) <= IN_MEMORY
    return b"".join(read)


@pytest.mark.parametrize(
    "content", [b"", b"x", LARGE[: IN_MEMORY - 1], LARGE[:IN_MEMORY], LARGE * 2], ids=len
)
async def test_what_was_written_is_read_as_often_as_one_likes(content: bytes) -> None:
    spool = await _filled(content)

    assert spool.size == len(content)
    assert await _read(spool) == content
    assert await _read(spool) == content
    await spool.aclose()


async def test_what_was_cleared_is_gone() -> None:
    spool = await _filled(LARGE)

    await spool.clear()
    await spool.write(b"anew")

    assert (spool.size, await _read(spool)) == (4, b"anew")
    await spool.aclose()


async def test_little_opens_no_file_and_closing_leaves_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    little, large = await _filled(b"x" * 1000), await _filled(LARGE)

    assert [spool.in_file for spool in (little, large)] == [False, True]
    # Even a process that is killed leaves nothing.
    assert list(tmp_path.iterdir()) == []
    await little.aclose()
    await large.aclose()
    assert not large.in_file
