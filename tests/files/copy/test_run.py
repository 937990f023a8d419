"""What a copy of files takes over, what it leaves alone, and what it tells."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path

import anyio
import pytest

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.files.base import FileStore, OpenFile, StoredFile
from parsepy.files.copy.copied import Copied
from parsepy.files.copy.report import Outcome, Problem
from parsepy.files.copy.run import AT_ONCE, Mode
from parsepy.files.embedded import EmbeddedFiles
from parsepy.files.folder import FolderFiles
from parsepy.files.memory import MemoryFiles
from parsepy.files.objectstore import open_object_store
from parsepy.types import JSONObject
from tests.files.copy.sides import ReadFiles, copied, save, side, told
from tests.files.samples import LARGE, listed, parts, whole
from tests.files.stores import gridfs

pytestmark = pytest.mark.anyio

CONTENTS = {"a": LARGE, "b/c d.txt": b"small", "empty": b"", "ü.txt": b"x" * 140_000}
METADATA: JSONObject = {"text": "ü", "number": 1.5, "inner": {"list": [None, True]}}


async def test_files_go_from_every_store_to_every_other_and_back(
    tmp_path: Path, mongodb_database_uri: str, s3_settings: dict[str, object]
) -> None:
    beside = EmbeddedFiles(tmp_path / "a.sqlite.files")
    bucket = open_object_store("s3", "filesAdapter.options", s3_settings)
    for name, content in CONTENTS.items():
        await beside.save(name, parts(content), {**METADATA, "name": name})
    async with AsyncExitStack() as stack:
        mongodb = await stack.enter_async_context(gridfs(mongodb_database_uri))
        sides = [
            side(beside),
            side(mongodb, "a key"),
            side(FolderFiles(tmp_path / "files"), "another key"),
            side(bucket),
            side(EmbeddedFiles(tmp_path / "b.sqlite.files")),
        ]
        for each in sides:
            stack.push_async_callback(each.store.close)

        for source, target in pairwise(sides):
            report = await copied(source, target)

            assert told(report) == {Outcome.COPIED: len(CONTENTS)}
            assert report.is_complete
            assert told(await copied(source, target, mode=Mode.VERIFY)) == {
                Outcome.SAME: len(CONTENTS)
            }
            assert sorted([file.name async for file in target.store.stored()]) == sorted(CONTENTS)
        for name, content in CONTENTS.items():
            assert await whole(sides[-1].store, name) == content
            stored = await sides[-1].store.find(name)
            assert stored is not None
            assert stored.metadata == {**METADATA, "name": name}


# -- many


class Meeting(MemoryFiles):
    """Uploads wait for each other, `AT_ONCE` of them."""

    def __init__(self) -> None:
        super().__init__()
        self._all_here = asyncio.Barrier(AT_ONCE)
        self.inside = self.most = 0

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self._all_here.wait()
        await super().save(name, content, metadata)
        self.inside -= 1


async def test_many_small_files_go_some_at_once() -> None:
    source, target = MemoryFiles(), Meeting()
    for number in range(15 * AT_ONCE):
        await save(source, f"f{number}", f"content {number}".encode())

    with anyio.fail_after(30):
        report = await copied(side(source), side(target))

    assert told(report) == {Outcome.COPIED: 15 * AT_ONCE}
    assert target.most == AT_ONCE
    for number in range(15 * AT_ONCE):
        assert await whole(target, f"f{number}") == f"content {number}".encode()


# -- once more


async def test_a_second_run_takes_what_is_new() -> None:
    source, target = MemoryFiles(), MemoryFiles()
    await save(source, "a")
    await copied(side(source), side(target))
    before = await target.find("a")
    await save(source, "b")

    report = await copied(side(source), side(target))

    assert told(report) == {Outcome.COPIED: 1, Outcome.SAME: 1}
    assert await target.find("a") == before


async def test_with_a_state_a_second_run_reads_only_what_is_new(tmp_path: Path) -> None:
    source, target = ReadFiles(), ReadFiles()
    await save(source, "a")
    sides = side(source), side(target)
    await copied(*sides, Copied(tmp_path / "state"))
    await save(source, "b")
    source.opened, target.opened = [], []

    report = await copied(*sides, Copied(tmp_path / "state"))

    assert told(report) == {Outcome.COPIED: 1, Outcome.SAME: 1}
    assert (source.opened, target.opened) == (["b"], [])


async def test_what_was_compared_once_is_known_to_the_state(tmp_path: Path) -> None:
    source, target = ReadFiles(), ReadFiles()
    await save(source, "a")
    await save(target, "a")
    sides = side(source), side(target)
    await copied(*sides, Copied(tmp_path / "state"))
    source.opened = []

    report = await copied(*sides, Copied(tmp_path / "state"))

    assert told(report) == {Outcome.SAME: 1}
    assert source.opened == []


async def test_with_a_state_a_copy_follows_its_source(tmp_path: Path) -> None:
    source, target = MemoryFiles(), MemoryFiles()
    sides = side(source), side(target)
    await save(source, "a", b"first")
    await copied(*sides, Copied(tmp_path / "state"))
    await save(source, "a", b"later")

    report = await copied(*sides, Copied(tmp_path / "state"))

    assert told(report) == {Outcome.COPIED: 1}
    assert await whole(target, "a") == b"later"


async def test_what_was_stored_in_the_target_since_is_left_alone(tmp_path: Path) -> None:
    source, target = MemoryFiles(), MemoryFiles()
    sides = side(source), side(target)
    await save(source, "a", b"first")
    await copied(*sides, Copied(tmp_path / "state"))
    await save(target, "a", b"newer")

    report = await copied(*sides, Copied(tmp_path / "state"))

    assert told(report) == {Outcome.DIFFERENT: 1}
    assert await whole(target, "a") == b"newer"


@pytest.mark.parametrize(
    ("content", "metadata", "difference"),
    [
        (b"longer content", {"of": "a"}, "another length in the target"),
        (b"CONTENT", {"of": "a"}, "another content in the target"),
        (b"content", {"of": "b"}, "other metadata in the target"),
    ],
)
async def test_what_differs_is_left_alone_unless_it_is_to_be_replaced(
    content: bytes, metadata: JSONObject, difference: str
) -> None:
    source, target = MemoryFiles(), MemoryFiles()
    await save(source, "a")
    await target.save("a", parts(content), metadata)

    left = await copied(side(source), side(target))
    kept = await whole(target, "a")
    replaced = await copied(side(source), side(target), overwrite=True)

    assert left.problems(Outcome.DIFFERENT) == [Problem("a", difference)]
    assert not left.is_complete
    assert kept == content
    assert told(replaced) == {Outcome.COPIED: 1}
    assert told(await copied(side(source), side(target), mode=Mode.VERIFY)) == {Outcome.SAME: 1}


async def test_only_what_differs_is_replaced() -> None:
    source, target = MemoryFiles(), MemoryFiles()
    await save(source, "a")
    await save(target, "a")
    before = await target.find("a")

    report = await copied(side(source), side(target), overwrite=True)

    assert told(report) == {Outcome.SAME: 1}
    assert await target.find("a") == before


# -- meanwhile


class Busy(MemoryFiles):
    """Somebody does something when a file was read to its end, `times` times."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.times = 1

    async def open(self, name: str) -> OpenFile | None:
        file = await super().open(name)
        return None if file is None else _BusyFile(file, self)

    async def was_read(self) -> None:
        if self.meanwhile is not None and self.times:
            self.times -= 1
            await self.meanwhile()


class _BusyFile:
    def __init__(self, file: OpenFile, files: Busy) -> None:
        self.stored: StoredFile = file.stored
        self._file = file
        self._files = files

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        async for part in self._file.read(start, end):
            yield part
        await self._files.was_read()

    async def close(self) -> None:
        await self._file.close()


async def test_what_is_replaced_meanwhile_is_copied_again() -> None:
    source, target = Busy(), MemoryFiles()
    await save(source, "a", b"first")
    source.meanwhile = lambda: save(source, "a", b"later")

    report = await copied(side(source), side(target))

    assert told(report) == {Outcome.COPIED: 1}
    assert await whole(target, "a") == b"later"


async def test_what_is_replaced_all_the_time_is_told() -> None:
    source, target = Busy(), MemoryFiles()
    await save(source, "a")
    source.meanwhile, source.times = lambda: save(source, "a"), 100

    report = await copied(side(source), side(target))

    assert report.problems(Outcome.FAILED) == [Problem("a", "is changed all the time")]
    assert await target.find("a") is None


async def test_what_is_deleted_meanwhile_is_not_in_the_target() -> None:
    source, target = Busy(), MemoryFiles()
    await save(source, "a")
    source.meanwhile = lambda: source.delete("a")

    report = await copied(side(source), side(target))

    assert told(report) == {Outcome.GONE: 1}
    assert report.is_complete
    assert await target.find("a") is None


async def test_what_is_stored_in_the_target_meanwhile_is_not_overwritten() -> None:
    source, target = Busy(), MemoryFiles()
    await save(source, "a")
    source.meanwhile = lambda: save(target, "a", b"of somebody")

    report = await copied(side(source), side(target))

    assert told(report) == {Outcome.DIFFERENT: 1}
    assert await whole(target, "a") == b"of somebody"


# -- keys


@pytest.mark.parametrize("stored", ["other", None], ids=["another key", "no key"])
async def test_what_the_key_does_not_open_is_never_copied(stored: str | None) -> None:
    store, target = MemoryFiles(), MemoryFiles()
    await save(side(store, stored).store, "a", LARGE)
    await save(side(store, "key").store, "b")

    report = await copied(side(store, "key"), side(target))

    reason = "not encrypted with the key of the source, or broken"
    assert report.problems(Outcome.FAILED) == [Problem("a", reason)]
    assert [file.name for file in await listed(target)] == ["b"]


async def test_a_forgotten_key_does_not_encrypt_twice() -> None:
    store, target = MemoryFiles(), MemoryFiles()
    await save(side(store, "key").store, "a")
    await save(store, "plain")

    report = await copied(side(store), side(target, "key"))

    ((name, reason),) = report.problems(Outcome.FAILED)
    assert name == "a"
    assert reason.startswith("encrypted already")
    assert [file.name for file in await listed(target)] == ["plain"]
    assert await whole(side(target, "key").store, "plain") == b"content"


async def test_without_keys_what_is_encrypted_stays_so() -> None:
    store, target = MemoryFiles(), MemoryFiles()
    await save(side(store, "key").store, "a", LARGE)

    report = await copied(side(store), side(target))

    assert report.is_complete
    assert await whole(side(target, "key").store, "a") == LARGE


# -- failures


class Failing(MemoryFiles):
    """Fails with each file of the name `broken`, in opening it or in storing it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error
        self.answers = True

    async def open(self, name: str) -> OpenFile | None:
        if name == "broken":
            raise self._error
        return await super().open(name)

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        if name == "broken":
            raise self._error
        await super().save(name, content, metadata)

    async def find(self, name: str) -> StoredFile | None:
        if not self.answers:
            raise errors.database_error()
        return await super().find(name)


@pytest.mark.parametrize("which", ["source", "target"])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.database_error(), "cannot be read, or stored"),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "File name too long"),
    ],
)
async def test_a_file_that_fails_does_not_stop_the_others(
    which: str, error: Exception, reason: str
) -> None:
    source, target = MemoryFiles(), MemoryFiles()
    failing = Failing(error)
    source, target = (failing, target) if which == "source" else (source, failing)
    for name in ("a", "broken", "c"):
        await MemoryFiles.save(source, name, parts(b"content"), {})

    report = await copied(side(source), side(target))

    assert report.problems(Outcome.FAILED) == [Problem("broken", reason)]
    assert told(report) == {Outcome.COPIED: 2, Outcome.FAILED: 1}
    assert sorted([file.name for file in await listed(target)]) == ["a", "c"]


async def test_a_full_disk_ends_the_run() -> None:
    source, target = MemoryFiles(), Failing(OSError(errno.ENOSPC, "No space left on device"))
    await save(source, "broken")

    with pytest.raises(OSError, match="No space left"):
        await copied(side(source), side(target))


@pytest.mark.parametrize("which", ["source", "target"])
async def test_a_store_that_does_not_answer_ends_the_run(which: str) -> None:
    silent, other = Failing(OSError()), MemoryFiles()
    for store in (silent, other):
        await save(store, "a")
    silent.answers = False
    source, target = (silent, other) if which == "source" else (other, silent)

    with pytest.raises(ParseError, match="Database error"):
        await copied(side(source), side(target))


async def test_a_broken_file_of_the_target_is_one_that_differs() -> None:
    source, target = MemoryFiles(), Failing(errors.database_error())
    for store in (source, target):
        await MemoryFiles.save(store, "broken", parts(b"content"), {})

    report = await copied(side(source), side(target))

    reason = "cannot be read in the target"
    assert report.problems(Outcome.DIFFERENT) == [Problem("broken", reason)]


# -- without copying


async def _two_that_differ() -> tuple[FileStore, FileStore]:
    source, target = MemoryFiles(), MemoryFiles()
    for name in ("same", "other", "longer", "missing"):
        await save(source, name)
    for name, content in (("same", b"content"), ("other", b"CONTENT"), ("longer", b"content+")):
        await save(target, name, content)
    return source, target


async def test_verify_compares_and_copies_nothing() -> None:
    source, target = await _two_that_differ()

    report = await copied(side(source), side(target), mode=Mode.VERIFY)

    assert told(report) == {Outcome.SAME: 1, Outcome.DIFFERENT: 2, Outcome.MISSING: 1}
    assert report.problems(Outcome.DIFFERENT, Outcome.MISSING) == [
        Problem("longer", "another length in the target"),
        Problem("missing", "missing in the target"),
        Problem("other", "another content in the target"),
    ]
    assert len(await listed(target)) == 3


async def test_counting_reads_no_content() -> None:
    source, target = ReadFiles(), MemoryFiles()
    for name in ("same", "longer", "missing"):
        await save(source, name)
    await save(target, "same")
    await save(target, "longer", b"content+")

    report = await copied(side(source), side(target), mode=Mode.COUNT)

    assert told(report) == {Outcome.SAME: 1, Outcome.DIFFERENT: 1, Outcome.COPIED: 1}
    assert report.sums[Outcome.COPIED].bytes == len(b"content")
    assert source.opened == []
    assert await target.find("missing") is None
