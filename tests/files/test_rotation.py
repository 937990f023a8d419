"""Encrypting stored files anew."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from pymongo import MongoClient

from parsepy.errors import database_error
from parsepy.files.base import FileStore, OpenFile, StoredFile
from parsepy.files.encrypted import EncryptedFiles
from parsepy.files.encryption import key_of
from parsepy.files.memory import MemoryFiles
from parsepy.files.rotation import Outcome, Report, Rotation
from parsepy.storage.mongodb.documents import Document
from tests.files.samples import LARGE, Opening, parts, whole
from tests.files.stores import gridfs

pytestmark = pytest.mark.anyio

OLD, NEW, OTHER = (key_of(text) for text in ("old", "new", "other"))


class Progress:
    def __init__(self, each: Callable[[], None] = lambda: None) -> None:
        self.total = self.done = 0
        self._each = each

    def begin(self, title: str, total: int) -> None:
        self.total = total

    def advance(self, number: int) -> None:
        self.done += number
        self._each()


async def _rotated(store: FileStore, old: bytes | None) -> Report:
    progress = Progress()
    report = await Rotation(store, old, NEW).run(progress)
    assert progress.done == progress.total
    return report


@pytest.mark.parametrize("old", [OLD, None], ids=["from a key", "from none"])
async def test_every_file_gets_the_new_key(lasting: Opening, old: bytes | None) -> None:
    contents = {"a": LARGE, "b/c d.txt": b"small", "empty": b""}
    async with lasting() as store:
        before = store if old is None else EncryptedFiles(store, old)
        for name, content in contents.items():
            await before.save(name, parts(content), {"k": [name]})

        report = await _rotated(store, old)

        assert sorted(report.names[Outcome.ROTATED]) == sorted(contents)
        assert report.is_complete
        after = EncryptedFiles(store, NEW)
        for name, content in contents.items():
            assert await whole(after, name) == content
            stored = await after.find(name)
            assert stored is not None
            assert stored.metadata == {"k": [name]}


async def test_a_second_run_continues_what_was_interrupted() -> None:
    store = MemoryFiles()
    for number in range(5):
        await EncryptedFiles(store, OLD).save(f"f{number}", parts(b"content"), {})

    def after_two() -> None:
        if progress.done == 2:
            raise KeyboardInterrupt

    progress = Progress(after_two)
    with pytest.raises(KeyboardInterrupt):
        await Rotation(store, OLD, NEW).run(progress)
    report = await _rotated(store, OLD)

    assert len(report.names[Outcome.ALREADY]) == 2
    assert len(report.names[Outcome.ROTATED]) == 3
    for number in range(5):
        assert await whole(EncryptedFiles(store, NEW), f"f{number}") == b"content"


async def test_a_run_from_no_key_is_repeated_without_harm() -> None:
    store = MemoryFiles()
    await store.save("f", parts(LARGE), {})

    await _rotated(store, None)
    report = await _rotated(store, None)

    assert report.names[Outcome.ALREADY] == ["f"]
    assert await whole(EncryptedFiles(store, NEW), "f") == LARGE


async def test_files_of_another_key_or_none_are_left_alone_and_told() -> None:
    store = MemoryFiles()
    await EncryptedFiles(store, OTHER).save("other", parts(b"content"), {})
    await store.save("plain", parts(LARGE), {})
    await EncryptedFiles(store, OLD).save("good", parts(b"content"), {})
    other = await whole(store, "other")

    report = await _rotated(store, OLD)

    assert sorted(report.names[Outcome.NOT_ROTATED]) == ["other", "plain"]
    assert report.names[Outcome.ROTATED] == ["good"]
    assert not report.is_complete
    assert await whole(store, "other") == other
    assert await whole(store, "plain") == LARGE


class BusyFiles(MemoryFiles):
    """Once, somebody does something when a file was read to its end."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def open(self, name: str) -> OpenFile | None:
        file = await super().open(name)
        return None if file is None else _Busy(file, self)


class _Busy:
    def __init__(self, file: OpenFile, files: BusyFiles) -> None:
        self.stored: StoredFile = file.stored
        self._file = file
        self._files = files

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        async for part in self._file.read(start, end):
            yield part
        meanwhile, self._files.meanwhile = self._files.meanwhile, None
        if meanwhile is not None:
            await meanwhile()

    async def close(self) -> None:
        await self._file.close()


async def test_what_is_uploaded_meanwhile_is_not_overwritten() -> None:
    store = BusyFiles()
    await store.save("f", parts(b"content"), {})
    store.meanwhile = lambda: store.save("f", parts(b"uploaded meanwhile"), {})

    report = await _rotated(store, None)

    assert report.names[Outcome.ROTATED] == ["f"]
    assert await whole(EncryptedFiles(store, NEW), "f") == b"uploaded meanwhile"


async def test_what_is_deleted_meanwhile_does_not_come_back() -> None:
    store = BusyFiles()
    await store.save("f", parts(b"content"), {})
    store.meanwhile = lambda: store.delete("f")

    report = await _rotated(store, None)

    assert report.names[Outcome.GONE] == ["f"]
    assert await store.find("f") is None


async def test_a_file_that_cannot_be_read_does_not_stop_the_others() -> None:
    class Failing(MemoryFiles):
        async def open(self, name: str) -> OpenFile | None:
            if name == "broken":
                raise database_error()
            return await super().open(name)

    store = Failing()
    for name in ("a", "broken", "c"):
        await store.save(name, parts(b"content"), {})

    report = await _rotated(store, None)

    assert report.names[Outcome.NOT_ROTATED] == ["broken"]
    assert report.names[Outcome.ROTATED] == ["a", "c"]


async def test_no_older_version_is_left_in_gridfs(mongodb_database_uri: str) -> None:
    async with gridfs(mongodb_database_uri) as store:
        await store.save("f", parts(b"an old secret"), {})
        await store.save("f", parts(b"the secret"), {})
        await store.save("g", parts(b"the secret"), {})

        await _rotated(store, None)

        assert await whole(EncryptedFiles(store, NEW), "f") == b"the secret"
    with MongoClient[Document](mongodb_database_uri) as client:
        database = client.get_default_database()
        assert database["fs.files"].count_documents({}) == 2
        chunks = [bytes(chunk["data"]) for chunk in database["fs.chunks"].find()]
    assert len(chunks) == 2
    assert not [chunk for chunk in chunks if b"secret" in chunk]
