"""What a client sees of the store that an app has chosen."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.files.samples import LARGE
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

PUBLIC: dict[str, Any] = {"fileUpload": {"enableForPublic": True}}


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


async def _upload(parse: LocalApp, name: str, content: bytes) -> httpx.Response:
    headers = {"X-Parse-Application-Id": "app", "Content-Type": "text/plain"}
    return await parse.client.post(f"{URL}/files/{name}", content=content, headers=headers)


async def _read(parse: LocalApp, name: str, method: str = "GET", **headers: str) -> httpx.Response:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return await parse.client.request(method, f"{URL}/files/app/{name}", headers=sent)


async def test_encrypted_files_are_served_as_plain_ones(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, fileKey="secret", **PUBLIC) as parse:
        name = (await _upload(parse, "f.txt", LARGE)).json()["name"]

        whole = await _read(parse, name)
        head = await _read(parse, name, "HEAD")
        part = await _read(parse, name, Range="bytes=-10")
        again = await _read(parse, name, If_None_Match=whole.headers["etag"])

        assert whole.content == LARGE
        assert head.headers["content-length"] == str(len(LARGE))
        assert (part.status_code, part.content) == (206, LARGE[-10:])
        size = len(LARGE)
        assert part.headers["content-range"] == f"bytes {size - 10}-{size - 1}/{size}"
        assert again.status_code == 304


async def test_a_file_of_another_key_is_not_found(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri, fileKey="old", **PUBLIC) as parse:
        name = (await _upload(parse, "f.txt", b"content")).json()["name"]
    async with local_app(databaseURI=database_uri, fileKey="new") as parse:
        for headers in ({}, {"Range": "bytes=0-3"}):
            answer = await _read(parse, name, **headers)
            assert (answer.status_code, answer.text) == (404, "File not found.")


async def test_addresses_lead_to_the_bucket(
    database_uri: str, s3_settings: dict[str, object]
) -> None:
    settings = {**s3_settings, "directAccess": True, "presignedUrl": True}
    adapter = {"module": "@parse/s3-files-adapter", "options": settings}
    async with local_app(databaseURI=database_uri, filesAdapter=adapter, **PUBLIC) as parse:
        uploaded = (await _upload(parse, "a b.txt", b"content")).json()
        file = {"__type": "File", "name": uploaded["name"], "url": uploaded["url"]}
        object_id = await parse.create("Post", {"file": file})
        found = await parse.ok("GET", f"/classes/Post/{object_id}")

        key = quote(f"{s3_settings['bucketPrefix']}{uploaded['name']}")
        start = f"{s3_settings['endpoint']}/{s3_settings['bucket']}/{key}?X-Amz-"
        assert uploaded["url"].startswith(start)
        assert found["file"]["url"].startswith(start)
        async with httpx.AsyncClient() as client:
            direct = await client.get(found["file"]["url"])
        assert (direct.status_code, direct.content) == (200, b"content")
        assert (await _read(parse, uploaded["name"])).content == b"content"
        await parse.ok("DELETE", f"/files/{uploaded['name']}", master=True)
        async with httpx.AsyncClient() as client:
            assert (await client.get(found["file"]["url"])).status_code == 404


async def test_a_bucket_that_refuses_is_told_without_its_reason(
    s3_settings: dict[str, object],
) -> None:
    adapter = {"module": "s3", "options": {**s3_settings, "secretKey": "wrong"}}
    async with local_app(filesAdapter=adapter, **PUBLIC) as parse:
        answer = await _upload(parse, "f.txt", b"content")

    assert answer.status_code == 400
    assert answer.json() == {"code": 130, "error": "Could not store file: f.txt."}


class Refusing:
    def create_file(self, *arguments: object) -> None:
        raise RuntimeError("a secret reason")

    def get_file_data(self, filename: str) -> bytes:
        raise FileNotFoundError(filename)

    def delete_file(self, filename: str) -> None:
        raise FileNotFoundError(filename)

    def validate_filename(self, filename: str) -> str | None:
        return "No." if "no" in filename else None


async def test_what_an_adapter_of_one_s_own_refuses_is_answered() -> None:
    async with local_app(filesAdapter=Refusing(), **PUBLIC) as parse:
        failed = await _upload(parse, "f.txt", b"content")
        refused = await _upload(parse, "no.txt", b"content")
        missing = await _read(parse, "f.txt")
        gone = await parse.send("DELETE", "/files/f.txt", master=True)

    assert failed.json() == {"code": 130, "error": "Could not store file: f.txt."}
    assert refused.json() == {"code": 122, "error": "No."}
    assert (missing.status_code, missing.text) == (404, "File not found.")
    assert gone.json()["code"] == 153
