"""Removing files, past HTTP."""

import pytest

from parsepy.errors import ParseError
from parsepy.files.memory import MemoryFiles
from parsepy.files.removals import Removals
from parsepy.permissions.caller import Caller
from tests.files.samples import parts
from tests.support.local_app import LocalApp, parse

__all__ = ["parse"]

pytestmark = pytest.mark.anyio

MASTER = Caller(is_master=True)


async def test_the_master_key_removes(parse: LocalApp) -> None:
    files = MemoryFiles()
    await files.save("f.txt", parts(b"x"), {})
    removals = Removals(files)

    for caller in (
        Caller(),
        Caller(is_maintenance=True),
        Caller(is_master=True, is_read_only=True),
    ):
        with pytest.raises(ParseError) as refused:
            await removals.remove(parse.context(caller), "f.txt")
        assert refused.value.http_status == 403

    await removals.remove(parse.context(MASTER), "f.txt")
    with pytest.raises(ParseError, match="FileNotFound") as missing:
        await removals.remove(parse.context(MASTER), "f.txt")
    assert missing.value.code == 153
