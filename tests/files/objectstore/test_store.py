"""Files in a bucket, at a server that checks every signature."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import obstore
import pytest
from obstore.store import S3Store

from parsepy.errors import ParseError
from parsepy.files.base import READ_SIZE, FileStore
from parsepy.files.objectstore import open_object_store
from parsepy.files.objectstore.upload import PART
from tests.files.samples import BrokenUpload, broken, listed, parts
from tests.support.s3_server import BUCKET, SECRET, S3Server

pytestmark = pytest.mark.anyio

HUGE = bytes(range(253)) * 50_000
"""Three parts of an upload, and no multiple of them."""


def _opened(settings: dict[str, object], **more: object) -> FileStore:
    return open_object_store("s3", "filesAdapter.options", {**settings, **more})


@pytest.fixture
def files(s3_settings: dict[str, object]) -> FileStore:
    return _opened(s3_settings)


def _objects(settings: dict[str, object]) -> S3Store:
    """The same bucket through obstore itself."""
    return S3Store(
        BUCKET,
        config={
            "endpoint": str(settings["endpoint"]),
            "access_key_id": str(settings["accessKey"]),
            "secret_access_key": str(settings["secretKey"]),
            "region": "eu-central-1",
        },
        client_options={"allow_http": True},
    )


async def test_objects_are_those_of_npm_s_adapter(
    s3_settings: dict[str, object],
) -> None:
    files = _opened(s3_settings, globalCacheControl="public, max-age=86400")
    await files.save("dir/a b.html", parts(b"content"), {"owner": "u1"})

    key = f"{s3_settings['bucketPrefix']}dir/a b.html"
    found = await obstore.get_async(_objects(s3_settings), key)
    assert found.attributes == {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "public, max-age=86400",
        "owner": "u1",
    }
    assert bytes(await found.bytes_async()) == b"content"


async def test_a_large_file_goes_in_parts_and_comes_back(
    files: FileStore, s3_server: S3Server
) -> None:
    assert 2 * PART < len(HUGE) < 3 * PART
    await files.save("f", parts(HUGE), {"k": [1]})

    file = await files.open("f")
    assert file is not None
    assert (file.stored.length, file.stored.metadata) == (len(HUGE), {"k": [1]})
    read = [part async for part in file.read(0, len(HUGE))]
    assert b"".join(read) == HUGE
    assert max(map(len, read)) <= READ_SIZE
    assert (
        b"".join([part async for part in file.read(5_000_000, 9_000_000)])
        == (HUGE[5_000_000:9_000_000])
    )
    assert s3_server.unfinished() == []


async def test_parts_of_an_upload_that_breaks_off_are_taken_back(
    files: FileStore, s3_server: S3Server
) -> None:
    with pytest.raises(BrokenUpload):
        await files.save("f", broken(HUGE), {})

    assert s3_server.unfinished() == []
    assert await listed(files) == []


async def test_parts_of_an_upload_that_is_cancelled_are_taken_back(
    files: FileStore, s3_server: S3Server
) -> None:
    stalled = asyncio.Event()

    async def content() -> AsyncIterator[bytes]:
        yield HUGE
        stalled.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(files.save("f", content(), {}))
    await stalled.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert s3_server.unfinished() == []
    assert await files.find("f") is None


@pytest.mark.parametrize("content", [b"small", HUGE], ids=len)
async def test_an_upload_that_is_refused_ends_and_tells_no_secret(
    s3_settings: dict[str, object], content: bytes
) -> None:
    files = _opened(s3_settings, secretKey="another-secret")

    with pytest.raises(OSError, match="PermissionDenied") as raised:
        await files.save("f", parts(content), {})
    assert "another-secret" not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_a_service_that_refuses_is_a_database_error(
    s3_settings: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    refused = _opened(s3_settings, secretKey="another-secret")

    with caplog.at_level(logging.ERROR):
        for ask in (refused.find("f"), refused.open("f"), refused.delete("f"), listed(refused)):
            with pytest.raises(ParseError, match="Database error"):
                await ask
    assert "another-secret" not in caplog.text
    assert caplog.text.count("the file store has failed: ") == 4


@pytest.mark.parametrize(
    "name", ["", "d//b", "/a", "a/", ".", "d/../b", "a\0b", "\ud800"], ids=ascii
)
async def test_no_name_is_taken_for_another(s3_settings: dict[str, object], name: str) -> None:
    files = _opened(s3_settings, bucketPrefix=f"{s3_settings['bucketPrefix']}/")
    for stored in ("a", "b", "d/b"):
        await files.save(stored, parts(b"x"), {})

    assert await files.open(name) is None
    assert await files.find(name) is None
    assert not await files.delete(name)
    assert files.location(name) is None
    with pytest.raises(OSError, match="no such name"):
        await files.save(name, parts(b"x"), {})


async def test_a_prefix_bounds_what_is_listed(s3_settings: dict[str, object]) -> None:
    prefix = str(s3_settings["bucketPrefix"])
    await _opened(s3_settings).save("f", parts(b"x"), {})
    await _opened(s3_settings, bucketPrefix=f"{prefix}other/").save("g", parts(b"x"), {})
    await _opened(s3_settings, bucketPrefix=f"{prefix[:-3]}by_").save("h", parts(b"x"), {})

    async def names(of: str) -> list[str]:
        found = await listed(_opened(s3_settings, bucketPrefix=of))
        return sorted(file.name for file in found)

    assert await names(prefix) == ["f", "other/g"]
    assert await names(f"{prefix}other/") == ["g"]


async def test_a_file_that_is_replaced_while_it_is_read_breaks_off(files: FileStore) -> None:
    await files.save("f", parts(HUGE), {})
    file = await files.open("f")
    assert file is not None
    reading = file.read(0, len(HUGE))
    first = await anext(reading)
    await files.save("f", parts(HUGE[1:] + b"x"), {})
    read = bytearray(first)

    async def read_on() -> None:
        async for part in reading:
            read.extend(part)

    with pytest.raises(ParseError, match="Database error"):
        await read_on()
    assert HUGE.startswith(bytes(read))


async def test_an_address_leads_to_the_bucket(s3_settings: dict[str, object]) -> None:
    prefix, endpoint = s3_settings["bucketPrefix"], s3_settings["endpoint"]
    direct: dict[str, object] = {**s3_settings, "directAccess": True}

    assert _opened(s3_settings).location("f") is None
    assert _opened(direct).location("d/a b~@.txt") == (
        f"{endpoint}/{BUCKET}/{prefix}d/a%20b~%40.txt"
    )
    cdn = "https://cdn.example/files/"
    assert _opened(direct, baseUrl=cdn).location("a b") == (
        f"https://cdn.example/files/{prefix}a%20b"
    )
    assert _opened(direct, baseUrl=cdn, baseUrlDirect=True).location("a b") == (
        "https://cdn.example/files/a%20b"
    )


async def test_a_presigned_address_opens_the_file_for_a_while(
    s3_settings: dict[str, object],
) -> None:
    files = _opened(s3_settings, directAccess=True, presignedUrl=True, presignedUrlExpires=77)
    await files.save("a b~@é.txt", parts(b"content"), {})

    address = files.location("a b~@é.txt")
    assert address is not None
    async with httpx.AsyncClient() as client:
        answer = await client.get(address)
        tampered = await client.get(address.replace("X-Amz-Signature=", "X-Amz-Signature=0"))
        unsigned = await client.get(address.partition("?")[0])
    assert (answer.status_code, answer.content) == (200, b"content")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert tampered.status_code == unsigned.status_code == 403
    query: dict[str, Any] = parse_qs(urlsplit(address).query)
    assert query["X-Amz-Expires"] == ["77"]
    assert SECRET not in address


async def test_a_signature_may_go_with_another_address(s3_settings: dict[str, object]) -> None:
    files = _opened(
        s3_settings, directAccess=True, presignedUrl=True, baseUrl="https://cdn.example"
    )

    address = urlsplit(files.location("f") or "")

    assert f"{address.scheme}://{address.netloc}{address.path}" == (
        f"https://cdn.example/{s3_settings['bucketPrefix']}f"
    )
    assert parse_qs(address.query)["X-Amz-Expires"] == [str(timedelta(minutes=15).seconds)]
