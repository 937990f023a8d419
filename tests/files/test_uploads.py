"""The order of the steps of an upload, and what its triggers may do in between."""

from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from parsepy.errors import ParseError
from parsepy.files.acls import SCHEMA, FileAcls
from parsepy.files.base import StoredFile
from parsepy.files.content import Content, once
from parsepy.files.memory import MemoryFiles
from parsepy.files.ports import Elsewhere, Saved, Shown, Upload
from parsepy.files.uploads import Uploads
from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import Caller
from tests.files.samples import BrokenUpload, broken, parts, whole
from tests.support.local_app import URL, LocalApp, parse

__all__ = ["parse"]

pytestmark = pytest.mark.anyio


@dataclass
class Noting:
    """Triggers that note what they are told, and do with an upload what a test says."""

    change: Callable[[Upload], Upload | Elsewhere] = lambda upload: upload
    names: Collection[str] = ("beforeSave", "afterSave")
    told: list[tuple[object, ...]] = field(default_factory=list)

    @property
    def of_files(self) -> "Noting":
        return self

    async def before_save(self, ctx: RequestContext, upload: Upload) -> Upload | Elsewhere:
        self.told.append(("before", upload.name, upload.size))
        return self.change(upload)

    async def after_save(self, ctx: RequestContext, saved: Saved, content: Content) -> None:
        self.told.append(("after", saved.name, saved.size))

    async def around_delete(self, ctx: RequestContext, kind: str, name: str, url: str) -> None:
        raise AssertionError(kind)

    async def before_find(self, ctx: RequestContext, name: str, url: str, unnamed: str) -> str:
        raise AssertionError(name)

    async def after_find(
        self, ctx: RequestContext, stored: StoredFile, url: str, content: Content, unnamed: str
    ) -> Shown:
        raise AssertionError(stored)


MASTER = Caller(is_master=True)


@dataclass
class Room:
    """Uploads into a store in memory."""

    parse: LocalApp
    files: MemoryFiles
    triggers: Noting

    async def store(self, upload: Upload, caller: Caller = MASTER) -> Saved:
        services = self.parse.app.parts.services
        uploads = Uploads(services.options, self.files, services.objects.denylist, self.triggers)
        return await uploads.store(self.parse.context(caller), upload)


@pytest.fixture
def room(parse: LocalApp) -> Room:
    return Room(parse, MemoryFiles(), Noting())


def of(data: bytes, **described: object) -> Upload:
    return replace(Upload("f.txt", Content(data), size=len(data)), **described)  # type: ignore[arg-type]


async def test_triggers_stand_around_the_store(room: Room) -> None:
    saved = await room.store(of(b"hello"))

    assert saved.url == f"{URL}/files/app/{saved.name}"
    assert await whole(room.files, saved.name) == b"hello"
    assert room.triggers.told == [("before", "f.txt", 5), ("after", saved.name, 5)]


async def test_what_is_stored_is_counted(room: Room) -> None:
    upload = of(b"", content=Content(once(parts(b"x" * 200_000))), size=None, streamed=True)

    assert (await room.store(upload)).size == 200_000


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (of(b""), 130),
        (of(b"x", directory="../up"), 122),
        (of(b"x", directory=1), 122),
        (of(b"x", metadata={"__proto__": 1}), 105),
        (of(b"x", tags={"a": {"__proto__": 1}}), 105),
    ],
)
async def test_what_is_refused_reaches_no_trigger(room: Room, upload: Upload, code: int) -> None:
    with pytest.raises(ParseError) as refused:
        await room.store(upload)

    assert refused.value.code == code
    assert room.triggers.told == []


async def test_a_directory_is_for_the_master_key(room: Room) -> None:
    with pytest.raises(ParseError) as refused:
        await room.store(of(b"x", directory="d"), Caller())
    assert refused.value.code == 119

    room.triggers.change = lambda upload: replace(upload, directory="d")
    assert (await room.store(of(b"x"), Caller())).name.startswith("d/")


async def test_a_file_elsewhere_is_not_stored(room: Room) -> None:
    room.triggers.change = lambda _: Elsewhere("n", "http://a.test/n")

    assert await room.store(of(b"x")) == Saved("n", "http://a.test/n")
    assert room.triggers.told[-1] == ("after", "n", None)


async def test_an_upload_that_breaks_off_is_not_told_of(room: Room) -> None:
    upload = of(b"", content=Content(once(broken(b"x" * 200_000))), size=None)

    with pytest.raises(BrokenUpload):
        await room.store(upload)

    assert [told[0] for told in room.triggers.told] == ["before"]


class AnswersLate(MemoryFiles):
    """Stores what it gets, and then says that it has not."""

    async def save(
        self, name: str, content: AsyncIterator[bytes], *given: Any, **tags: Any
    ) -> None:
        await super().save(name, content, *given, **tags)
        raise OSError


async def test_bytes_that_may_be_there_keep_the_acl_of_their_upload(parse: LocalApp) -> None:
    services, storage = parse.app.parts.services, parse.app.parts.storage
    store = AnswersLate()
    acls = FileAcls(storage, "owner")
    uploads = Uploads(services.options, store, services.objects.denylist, None, acls)

    with pytest.raises(ParseError, match="Could not store"):
        await uploads.store(parse.context(MASTER), of(b"secret", acl={}))

    (name,) = [file.name async for file in store.stored()]
    row = await storage.get(SCHEMA, name, None)
    assert row is not None
    assert row["ACL"] == {}
