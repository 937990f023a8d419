"""Downloads under triggers: no file that was opened stays open, whatever they do."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

import pytest

from parsepy.errors import ParseError
from parsepy.files.base import OpenFile, StoredFile
from parsepy.files.content import Content
from parsepy.files.downloads import Download, Downloads
from parsepy.files.memory import MemoryFiles
from parsepy.files.ports import Elsewhere, Saved, Shown, Upload
from parsepy.objects.context import RequestContext
from tests.files.samples import parts
from tests.support.local_app import LocalApp, parse

__all__ = ["parse"]

pytestmark = pytest.mark.anyio


@dataclass
class CountedFile:
    file: OpenFile
    open: list[str]

    @property
    def stored(self) -> StoredFile:
        return self.file.stored

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        return self.file.read(start, end)

    async def close(self) -> None:
        self.open.remove(self.stored.name)


class CountingFiles(MemoryFiles):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    async def open(self, name: str) -> OpenFile | None:
        file = await super().open(name)
        if file is None:
            return None
        self.opened.append(name)
        return CountedFile(file, self.opened)


@dataclass
class Judging:
    shown: Shown | Exception = field(default_factory=lambda: Shown("f.txt"))
    names: Collection[str] = ("beforeFind", "afterFind")
    asked: list[str] = field(default_factory=list)

    @property
    def of_files(self) -> "Judging":
        return self

    async def before_find(self, ctx: RequestContext, name: str, url: str, unnamed: str) -> str:
        self.asked.append(f"before {name}")
        return name

    async def after_find(
        self, ctx: RequestContext, stored: StoredFile, url: str, content: Content, unnamed: str
    ) -> Shown:
        self.asked.append(f"after {stored.name} {len(await content.whole())}")
        if isinstance(self.shown, Exception):
            raise self.shown
        return self.shown

    async def before_save(self, ctx: RequestContext, upload: Upload) -> Upload | Elsewhere:
        raise AssertionError(upload)

    async def after_save(self, ctx: RequestContext, saved: Saved, content: Content) -> None:
        raise AssertionError(saved)

    async def around_delete(self, ctx: RequestContext, kind: str, name: str, url: str) -> None:
        raise AssertionError(kind)


@dataclass
class Room:
    ctx: RequestContext
    files: CountingFiles
    triggers: Judging
    downloads: Downloads

    async def open(self) -> Download | None:
        return await self.downloads.open(self.ctx, "f.txt")


@pytest.fixture
async def room(parse: LocalApp) -> Room:
    files, triggers = CountingFiles(), Judging()
    await files.save("f.txt", parts(b"hello"), {"m": 1})
    options = parse.app.parts.services.options
    return Room(parse.context(), files, triggers, Downloads(options, files, triggers))


async def test_a_file_is_closed_by_whoever_got_it(room: Room) -> None:
    found = await room.open()

    assert found is not None
    assert found.judged
    assert room.triggers.asked == ["before f.txt", "after f.txt 5"]
    assert room.files.opened == ["f.txt"]
    await found.file.close()
    assert room.files.opened == []


@pytest.mark.parametrize(
    "shown", [ParseError(9, "no"), Shown("f.txt", headers={"Content-Length": "1"})]
)
async def test_a_file_that_is_refused_is_closed(room: Room, shown: Shown | Exception) -> None:
    room.triggers.shown = shown

    with pytest.raises(ParseError) as refused:
        await room.open()

    assert refused.value.http_status == 403
    assert room.files.opened == []


async def test_a_file_that_is_replaced_is_closed(room: Room) -> None:
    room.triggers.shown = Shown("n.csv", b"a;b")

    found = await room.open()

    assert found is not None
    assert found.file.stored.length == 3
    assert room.files.opened == []


async def test_metadata_is_judged_too(room: Room) -> None:
    assert await room.downloads.metadata(room.ctx, "f.txt") == {"m": 1}
    assert room.triggers.asked == ["before f.txt", "after f.txt 5"]
    assert room.files.opened == []

    room.triggers.shown = ParseError(9, "no")
    with pytest.raises(ParseError) as refused:
        await room.downloads.metadata(room.ctx, "f.txt")
    assert refused.value.http_status == 403


async def test_what_is_not_there_is_not_judged(room: Room) -> None:
    assert await room.downloads.open(room.ctx, "g.txt") is None
    assert await room.downloads.metadata(room.ctx, "g.txt") is None
    assert room.triggers.asked == ["before g.txt", "before g.txt"]


async def test_without_triggers_nothing_is_judged(room: Room, parse: LocalApp) -> None:
    options = parse.app.parts.services.options

    found = await Downloads(options, room.files).open(room.ctx, "f.txt")

    assert found is not None
    assert not found.judged
    await found.file.close()
