"""Files whose bytes are in memory."""

import pytest

from parsepy.files.base import READ_SIZE
from parsepy.files.held import HeldFile
from tests.files.samples import LARGE

pytestmark = pytest.mark.anyio


async def test_it_is_read_in_parts() -> None:
    file = HeldFile.made("f", LARGE, {"m": 1})

    read = [part async for part in file.read(5, len(LARGE) - 5)]

    assert b"".join(read) == LARGE[5:-5]
    assert max(map(len, read)) == READ_SIZE
    assert (file.stored.length, file.stored.metadata) == (len(LARGE), {"m": 1})
    await file.close()


def test_the_same_bytes_are_the_same_version() -> None:
    first, same, other = (
        HeldFile.made("f", data, {}).stored.version for data in (b"a", b"a", b"b")
    )

    assert first == same != other
