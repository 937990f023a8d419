"""Files at Google Cloud Storage: what is asked of it."""

from urllib.parse import quote

import pytest

from parsepy.files.base import FileStore
from parsepy.files.objectstore import open_object_store
from tests.files.samples import LARGE, BrokenUpload, broken, listed, parts, whole
from tests.support.gcs_server import BUCKET, GcsServer

pytestmark = pytest.mark.anyio

HUGE = LARGE * 4
"""Two parts of an upload."""


def _opened(server: GcsServer, **more: object) -> FileStore:
    return open_object_store("gcs", "filesAdapter.options", {**server.options, **more})


async def test_objects_are_those_of_npm_s_adapter(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server, bucketPrefix="app/", globalCacheControl="no-store")

    await files.save("d/a b.png", parts(b"content"), {"owner": "u1"})

    (key, stored), *_ = gcs_server.objects.items()
    assert (key, stored.data) == ("app/d/a b.png", b"content")
    assert stored.headers == {
        "content-type": "image/png",
        "cache-control": "no-store",
        "x-goog-meta-owner": "u1",
    }


async def test_a_large_file_goes_in_parts_and_comes_back(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server)
    await files.save("f.bin", parts(HUGE), {"k": [1]})

    assert list(gcs_server.begun) == ["upload-0"]
    assert gcs_server.unfinished == {}
    assert await whole(files, "f.bin") == HUGE
    stored = await files.find("f.bin")
    assert stored is not None
    assert stored.metadata == {"k": [1]}


async def test_parts_of_an_upload_that_breaks_off_are_taken_back(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server)

    with pytest.raises(BrokenUpload):
        await files.save("f", broken(HUGE), {})

    assert list(gcs_server.begun) == ["upload-0"]
    assert gcs_server.unfinished == {}
    assert await listed(files) == []


async def test_an_address_leads_to_the_bucket(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server, bucketPrefix="app/", directAccess=True)

    assert files.location("a b.txt") == f"{gcs_server.url}/{BUCKET}/app/{quote('a b.txt')}"
