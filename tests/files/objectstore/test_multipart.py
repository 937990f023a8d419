"""Uploads that nobody completed, at two servers which check every signature."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.config import Config
from botocore.session import Session

from parsepy.errors import ParseError
from parsepy.files.base import FileStore, Leftover, LeftoversHidden
from parsepy.files.objectstore import multipart_client, open_object_store
from tests.files.samples import later, whole
from tests.support.answering_server import answering_server
from tests.support.availability import MissingComponentError, component_missing
from tests.support.rclone_server import find_rclone, running_rclone
from tests.support.s3_server import BUCKET, SECRET, S3Server
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Bucket:
    """Somebody's uploads; `settings` lead a store to the same prefix."""

    settings: Mapping[str, object]
    client: Any
    begun: list[tuple[str, str]] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        return str(self.settings["bucketPrefix"])

    def begin(self, key: str, *parts: bytes) -> str:
        begun = self.client.create_multipart_upload(Bucket=BUCKET, Key=key)
        upload_id = str(begun["UploadId"])
        self.begun.append((key, upload_id))
        for number, part in enumerate(parts, 1):
            self.add(key, upload_id, number, part)
        return upload_id

    def abort(self, key: str, upload_id: str) -> None:
        with suppress(self.client.exceptions.NoSuchUpload):
            self.client.abort_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload_id)

    def add(self, key: str, upload_id: str, number: int, part: bytes) -> None:
        self.client.upload_part(
            Bucket=BUCKET, Key=key, UploadId=upload_id, PartNumber=number, Body=part
        )


@pytest.fixture(scope="module")
def rclone_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    try:
        find_rclone()
    except MissingComponentError as missing:
        component_missing(missing)
    with running_rclone(tmp_path_factory.mktemp("rclone")) as server:
        yield server


@pytest.fixture(scope="module")
def botocore_session() -> Session:
    """Opens clients faster from the second one on."""
    return Session()


def _bucket(server: S3Server, session: Session) -> Iterator[Bucket]:
    options = server.options
    client = session.create_client(
        "s3",
        region_name="eu-central-1",
        endpoint_url=server.url,
        aws_access_key_id=options["accessKey"],
        aws_secret_access_key=options["secretKey"],
        config=Config(s3={"addressing_style": "path"}),
    )
    with closing(client):
        bucket = Bucket({**options, "bucketPrefix": f"{uuid4().hex}/of_"}, client)
        yield bucket
        for key, upload_id in bucket.begun:
            bucket.abort(key, upload_id)


@pytest.fixture(params=["s3_server", "rclone_server"])
def bucket(request: pytest.FixtureRequest, botocore_session: Session) -> Iterator[Bucket]:
    yield from _bucket(request.getfixturevalue(request.param), botocore_session)


@pytest.fixture
def paging_bucket(rclone_server: S3Server, botocore_session: Session) -> Iterator[Bucket]:
    yield from _bucket(rclone_server, botocore_session)


@asynccontextmanager
async def _opened(settings: Mapping[str, object], kind: str = "s3") -> AsyncIterator[FileStore]:
    files = open_object_store(kind, "filesAdapter.options", settings)
    yield files
    await files.close()


@pytest.fixture
async def files(bucket: Bucket) -> AsyncIterator[FileStore]:
    async with _opened(bucket.settings) as files:
        yield files


async def _left(files: FileStore, before: datetime | None = None) -> list[Leftover]:
    return [leftover async for leftover in files.leftovers(before or later())]


async def test_an_upload_that_was_never_completed_is_found_and_removed(
    bucket: Bucket, files: FileStore
) -> None:
    key = f"{bucket.prefix}d/a b~ä.txt"
    upload_id = bucket.begin(key, b"x" * 70, b"y" * 30)

    (leftover,) = await _left(files)

    assert (leftover.key, leftover.size) == (f"{upload_id} {key}", 100)
    assert later() - timedelta(minutes=1) < leftover.changed_at < later()
    assert await files.remove_leftover(leftover)
    assert await _left(files) == []
    assert not await files.remove_leftover(leftover)


async def test_two_uploads_to_one_key_are_two(bucket: Bucket, files: FileStore) -> None:
    key = f"{bucket.prefix}f"
    kept = bucket.begin(key, b"kept")
    removed = bucket.begin(key)
    found = {leftover.key: leftover for leftover in await _left(files)}
    assert sorted(found) == sorted([f"{kept} {key}", f"{removed} {key}"])
    assert found[f"{removed} {key}"].size == 0

    assert await files.remove_leftover(found[f"{removed} {key}"])

    assert await _left(files) == [found[f"{kept} {key}"]]


async def test_what_was_begun_or_added_since_is_left_alone(
    bucket: Bucket, files: FileStore
) -> None:
    key = f"{bucket.prefix}f"
    upload_id = bucket.begin(key)
    (begun,) = await _left(files)
    assert await _left(files, begun.changed_at) == []

    async def later_part() -> bool:
        bucket.add(key, upload_id, 1, b"x")
        (leftover,) = await _left(files)
        return leftover.changed_at > begun.changed_at

    await until(later_part)
    (added,) = await _left(files)

    assert await _left(files, added.changed_at) == []
    assert await _left(files, added.changed_at + timedelta(milliseconds=1)) == [added]


async def test_one_that_was_added_to_since_it_was_seen_is_left_alone(
    bucket: Bucket, files: FileStore
) -> None:
    key = f"{bucket.prefix}f"
    upload_id = bucket.begin(key)
    (empty,) = await _left(files)
    bucket.add(key, upload_id, 1, b"x")
    (grown,) = await _left(files)

    assert not await files.remove_leftover(empty)
    assert not await files.remove_leftover(
        replace(grown, changed_at=grown.changed_at - timedelta(seconds=1))
    )
    assert await _left(files) == [grown]


# -- uploads that run


HUGE = bytes(range(253)) * 24_000
"""More than a part."""


@pytest.fixture(params=["s3", "gcs"])
async def running(request: pytest.FixtureRequest) -> AsyncIterator["Running"]:
    if request.param == "s3":
        settings = request.getfixturevalue("s3_settings")
    else:
        options = request.getfixturevalue("gcs_server").options
        settings = {**options, "bucketPrefix": "a/b_"}
    async with _opened(settings, request.param) as files:
        running = Running(files)
        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(running.save())
            yield running
            running.finish.set()
            await saving


class Running:
    """An upload to `f` that has begun to arrive, and waits for `finish`."""

    def __init__(self, files: FileStore) -> None:
        self.files = files
        self.finish = asyncio.Event()
        self.failed = False

    async def save(self) -> None:
        try:
            await self.files.save("f", self._content(), {})
        except OSError:
            self.failed = True

    async def _content(self) -> AsyncIterator[bytes]:
        yield HUGE
        await self.finish.wait()
        yield b"end"

    async def seen(self) -> Leftover:
        """Once a part of it is there."""
        await until(self._has_part)
        (leftover,) = await _left(self.files)
        return leftover

    async def _has_part(self) -> bool:
        return any(leftover.size for leftover in await _left(self.files))


async def test_an_upload_on_its_way_is_left_alone(running: Running) -> None:
    seen = await running.seen()
    assert seen.size >= 5 << 20
    assert await _left(running.files, seen.changed_at) == []

    running.finish.set()
    await until(lambda: _is_there(running.files))

    assert not await running.files.remove_leftover(seen)
    assert await whole(running.files, "f") == HUGE + b"end"


async def test_one_that_is_removed_on_its_way_stores_nothing(running: Running) -> None:
    seen = await running.seen()

    assert await running.files.remove_leftover(seen)

    assert await _left(running.files) == []
    running.finish.set()
    await until(lambda: running.failed)
    assert await running.files.find("f") is None


async def _is_there(files: FileStore) -> bool:
    return await files.find("f") is not None


# -- which are seen


async def test_a_prefix_bounds_what_is_seen(bucket: Bucket, files: FileStore) -> None:
    ours = bucket.begin(f"{bucket.prefix}f")
    for other in ("f", f"x{bucket.prefix}f", bucket.prefix[:-1], f"{bucket.prefix[:-1]}f"):
        bucket.begin(other)

    assert [leftover.key for leftover in await _left(files)] == [f"{ours} {bucket.prefix}f"]


async def test_one_that_ends_while_they_are_listed_is_none(
    bucket: Bucket, files: FileStore
) -> None:
    keys = [f"{bucket.prefix}{number}" for number in (1, 2)]
    begun = {
        f"{upload_id} {key}": (key, upload_id) for key in keys for upload_id in [bucket.begin(key)]
    }
    listing = files.leftovers(later())
    first = await anext(listing)
    del begun[first.key]
    ((key, upload_id),) = begun.values()

    bucket.abort(key, upload_id)

    assert [leftover async for leftover in listing] == []


async def test_more_than_a_page_of_uploads_and_of_parts(
    paging_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multipart_client, "LISTED_AT_ONCE", 2)
    keys = [f"{paging_bucket.prefix}{number}" for number in (1, 2, 2, 3, 4)]
    begun = [f"{paging_bucket.begin(key)} {key}" for key in keys]
    grown = f"{paging_bucket.prefix}5"
    begun.append(f"{paging_bucket.begin(grown, b'x' * 10, b'y' * 20, b'z' * 30)} {grown}")

    async with _opened(paging_bucket.settings) as files:
        found = await _left(files)

        assert sorted(leftover.key for leftover in found) == sorted(begun)
        assert sorted(leftover.size for leftover in found) == [0, 0, 0, 0, 0, 60]
        # What is removed on the way does not hide the pages behind it.
        removed = [
            await files.remove_leftover(leftover) async for leftover in files.leftovers(later())
        ]
        assert removed == [True] * 6
        assert await _left(files) == []


# -- failures


UPLOADS = (
    b"<ListMultipartUploadsResult><Upload><Key>f</Key><UploadId>1</UploadId>"
    b"<Initiated>2026-01-01T00:00:00Z</Initiated></Upload></ListMultipartUploadsResult>"
)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"secretKey": "no-s3cr3t"}, "ListMultipartUploads: SignatureDoesNotMatch"),
        ({"bucket": "nowhere"}, "ListMultipartUploads: NoSuchBucket"),
    ],
)
async def test_a_list_that_is_refused_is_a_database_error(
    bucket: Bucket, wrong: dict[str, object], told: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with _opened({**bucket.settings, **wrong}) as files:
        with pytest.raises(ParseError, match="Database error"):
            await _left(files)

    assert told in caplog.text
    assert "s3cr3t" not in caplog.text
    assert SECRET not in caplog.text


async def test_a_removal_that_is_refused_is_a_database_error(bucket: Bucket) -> None:
    key = f"{bucket.prefix}f"
    upload_id = bucket.begin(key)

    async with _opened({**bucket.settings, "secretKey": "other"}) as files:
        with pytest.raises(ParseError, match="Database error"):
            await files.remove_leftover(Leftover(f"{upload_id} {key}", 0, later()))


async def test_whoever_may_not_list_them_is_told() -> None:
    with answering_server() as server:
        settings = {"bucket": "b", "endpoint": server.url, "accessKey": "k", "secretKey": "s"}
        async with _opened(settings) as files:
            for status, code in (
                (403, "AccessDenied"),
                (405, "MethodNotAllowed"),
                (501, "NotImplemented"),
            ):
                server.status = status
                server.answer = f"<Error><Code>{code}</Code></Error>".encode()
                with pytest.raises(LeftoversHidden, match=rf"ListMultipartUploads: {code}\)"):
                    await _left(files)


async def test_whoever_may_not_list_parts_is_told() -> None:
    with answering_server() as server:

        def answer(path: str, _: object) -> bytes:
            server.status = 200 if "?uploads" in path else 403
            return UPLOADS if server.status == 200 else b"<Error><Code>AccessDenied</Code></Error>"

        server.answer = answer
        settings = {"bucket": "b", "endpoint": server.url, "accessKey": "k", "secretKey": "s"}
        async with _opened(settings) as files:
            with pytest.raises(LeftoversHidden, match=r"ListParts: AccessDenied\)"):
                await _left(files)


async def test_without_botocore_it_says_what_is_missing(
    bucket: Bucket, files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, multipart_client.__name__)
    monkeypatch.setitem(sys.modules, "botocore", None)

    with pytest.raises(LeftoversHidden, match=r"pip install 'parsepy-server\[objectstore\]'"):
        await _left(files)


async def test_a_store_that_was_closed_can_be_used_again(bucket: Bucket, files: FileStore) -> None:
    bucket.begin(f"{bucket.prefix}f")
    before = await _left(files)

    await files.close()

    assert await _left(files) == before != []
