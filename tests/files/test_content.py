"""The bytes of a file that pass by, or are kept for whoever wants them whole."""

from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.files import content as contents
from parsepy.files.base import READ_SIZE, FileStore
from parsepy.files.content import Content, once
from tests.files.samples import LARGE, BrokenUpload, broken, parts

pytestmark = pytest.mark.anyio


async def read(content: Content) -> bytes:
    return b"".join([part async for part in content.parts()])


async def test_what_is_held_may_be_read_again() -> None:
    content = Content(LARGE)

    assert content.held == await content.whole() == await read(content) == LARGE
    assert max([len(part) async for part in content.parts()]) == READ_SIZE
    assert await read(Content(b"")) == b""


async def test_what_passes_by_is_not_held() -> None:
    content = Content(once(parts(LARGE)))

    assert await read(content) == LARGE
    assert content.held is None
    with pytest.raises(ParseError, match="read already") as refused:
        await content.whole()
    assert refused.value.code == 130


async def test_what_was_wanted_whole_is_kept() -> None:
    content = Content(once(parts(LARGE)))

    assert await content.whole() == LARGE
    assert await content.whole() == await read(content) == LARGE


async def test_what_reading_raises_comes_out() -> None:
    for ask in (Content.whole, read):
        with pytest.raises(BrokenUpload):
            await ask(Content(once(broken(LARGE))))


async def test_a_stored_file_is_opened_when_it_is_read(files: FileStore) -> None:
    def reading() -> AsyncIterator[bytes]:
        return contents.stored(files, "f")

    content = Content(reading)
    await files.save("f", parts(LARGE), {})

    assert await read(content) == await read(content) == LARGE
    await files.delete("f")
    with pytest.raises(ParseError, match="File not found") as missing:
        await content.whole()
    assert missing.value.code == 101
