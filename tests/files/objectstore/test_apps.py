"""What a client sees of an app with its files at Azure or Google."""

import logging
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.files.samples import LARGE
from tests.support.azure_server import AzureServer
from tests.support.azure_signatures import KEY
from tests.support.gcs_server import GcsServer
from tests.support.gcs_signatures import HOST, ServiceAccount
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

PUBLIC: dict[str, Any] = {"fileUpload": {"enableForPublic": True}}
CONTENT = LARGE * 3
"""Two parts of an upload."""


@pytest.fixture(params=["azure", "gcs"])
def adapter(request: pytest.FixtureRequest) -> dict[str, Any]:
    server: AzureServer | GcsServer = request.getfixturevalue(f"{request.param}_server")
    options = {**server.options, "bucketPrefix": "app/"}
    return {"module": request.param, "options": options}


def _wrong(adapter: dict[str, Any]) -> dict[str, Any]:
    keys: dict[str, object] = {"accessKey": "d3Jvbmc="}
    if adapter["module"] == "gcs":
        keys = {"credentials": ServiceAccount.new().credentials}
    return {**adapter, "options": {**adapter["options"], **keys}}


async def _upload(parse: LocalApp, name: str) -> httpx.Response:
    headers = {"X-Parse-Application-Id": "app", "Content-Type": "text/plain"}
    return await parse.client.post(f"{URL}/files/{name}", content=CONTENT, headers=headers)


async def test_files_are_sent_in_parts_and_removed(
    database_uri: str, adapter: dict[str, Any]
) -> None:
    async with local_app(databaseURI=database_uri, filesAdapter=adapter, **PUBLIC) as parse:
        uploaded = (await _upload(parse, "a b.txt")).json()
        whole = await parse.client.get(uploaded["url"])
        part = await parse.client.get(uploaded["url"], headers={"Range": "bytes=6000000-6000009"})
        await parse.ok("DELETE", f"/files/{uploaded['name']}", master=True)
        gone = await parse.client.get(uploaded["url"])

    assert whole.content == CONTENT
    assert (part.status_code, part.content) == (206, CONTENT[6_000_000:6_000_010])
    assert (gone.status_code, gone.text) == (404, "File not found.")


async def test_addresses_lead_to_the_bucket_for_a_while(
    database_uri: str, adapter: dict[str, Any]
) -> None:
    adapter["options"] |= {"directAccess": True, "presignedUrl": True}
    async with local_app(databaseURI=database_uri, filesAdapter=adapter, **PUBLIC) as parse:
        uploaded = (await _upload(parse, "a b.txt")).json()
        file = {"__type": "File", "name": uploaded["name"], "url": uploaded["url"]}
        object_id = await parse.create("Post", {"file": file})
        found = await parse.ok("GET", f"/classes/Post/{object_id}")

    address = urlsplit(found["file"]["url"])
    assert address.netloc == urlsplit(adapter["options"]["endpoint"]).netloc
    host = {"Host": HOST} if adapter["module"] == "gcs" else {}
    async with httpx.AsyncClient(headers=host) as browser:
        direct = await browser.get(found["file"]["url"])
        unsigned = await browser.get(found["file"]["url"].partition("?")[0])
    assert (direct.status_code, direct.content) == (200, CONTENT)
    assert unsigned.status_code == 401


async def test_a_service_that_refuses_is_told_without_its_reason(
    adapter: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with local_app(filesAdapter=_wrong(adapter), **PUBLIC) as parse:
            uploaded = await _upload(parse, "f.txt")
            read = await parse.client.get(f"{URL}/files/app/f.txt")
            removed = await parse.send("DELETE", "/files/f.txt", master=True)

    assert uploaded.status_code == 400
    assert uploaded.json() == {"code": 130, "error": "Could not store file: f.txt."}
    for failed in (read, removed):
        assert failed.status_code == 500
        assert failed.json() == {"code": 1, "error": "Database error"}
    for secret in (KEY, "d3Jvbmc=", "PRIVATE", "Bearer", "SharedKey"):
        for text in (uploaded.text, read.text, removed.text, caplog.text):
            assert secret not in text
