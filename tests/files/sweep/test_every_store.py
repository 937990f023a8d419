"""What a sweep takes for granted of a store, whichever it is."""

import pytest

from parsepy.files.base import FileStore
from tests.files.samples import parts

pytestmark = pytest.mark.anyio


async def test_a_list_tells_of_files_as_a_look_at_one_does(files: FileStore) -> None:
    """Else every file would seem to be stored anew, and none be deleted."""
    for name in ("a.txt", "d/b c.txt"):
        await files.save(name, parts(b"old"), {})
        await files.save(name, parts(b"x"), {"m": 1})

    listed = {file.name: file async for file in files.stored()}

    assert sorted(listed) == ["a.txt", "d/b c.txt"]
    for name, file in listed.items():
        found = await files.find(name)
        assert found is not None
        assert file.length == found.length
        assert file.uploaded_at is not None
        assert found.uploaded_at is not None or file.version in ("", found.version)
