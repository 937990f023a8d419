"""Files that a test's process keeps itself."""

import base64
from typing import Any

import pytest

from tests.support.answering_server import AnsweringServer
from tests.support.local_app import MASTER_KEY, URL
from tests.testing.conftest import UnderTest

pytestmark = pytest.mark.anyio

HEADERS = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": MASTER_KEY}
METHODS = ["createFile", "deleteFile", "getFileData", "getFileLocation"]


@pytest.fixture
async def adapter(under_test: UnderTest, process: AnsweringServer) -> dict[str, Any]:
    """What the adapter has been called with, by its methods; it keeps one file."""
    called: dict[str, Any] = {}
    kept: dict[str, Any] = {}

    def answer(path: str, body: Any) -> Any:
        method = path.rpartition("/")[2]
        called[method] = body["args"]
        match method:
            case "createFile":
                kept[body["args"][0]] = body["args"][1]
            case "getFileData":
                return {"value": kept.get(body["args"][0])}
            case "getFileLocation":
                return {"value": f"http://files.test/{body['args'][1]}"}
            case "deleteFile" if body["args"][0] not in kept:
                return {"thrown": True, "error": {"__t": "Error", "message": "missing"}}
        return {}

    process.answer = answer
    lent = {"__t": "Bridge", "url": process.url, "methods": METHODS, "props": {}}
    assert (await under_test.reconfigure(filesAdapter=lent)).status_code == 200
    return called


async def test_an_upload_goes_to_the_adapter(
    under_test: UnderTest, adapter: dict[str, Any]
) -> None:
    body = {
        "base64": base64.b64encode(b"hello").decode(),
        "_ContentType": "text/plain",
        "_ApplicationId": "app",
        "_MasterKey": MASTER_KEY,
        "fileData": {"metadata": {"m": 1}, "tags": {"t": "x"}},
    }
    client = under_test.parse.client

    stored = (await client.post(f"{URL}/files/f.txt", json=body)).json()

    name, content, media_type, described = adapter["createFile"]
    assert stored == {"name": name, "url": f"http://files.test/{name}"}
    assert content == {"__t": "Bytes", "base64": base64.b64encode(b"hello").decode()}
    assert media_type == "text/plain"
    assert described == {"metadata": {"m": 1}, "tags": {"t": "x"}}
    assert (await client.get(f"{URL}/files/app/{name}")).content == b"hello"
    game = await under_test.parse.create("Game", {"file": {"__type": "File", "name": name}})
    shown = await under_test.parse.ok("GET", f"/classes/Game/{game}")
    assert shown["file"]["url"] == f"http://files.test/{name}"


async def test_what_the_adapter_does_not_have(
    under_test: UnderTest, adapter: dict[str, Any]
) -> None:
    client = under_test.parse.client

    assert (await client.get(f"{URL}/files/app/f.txt")).status_code == 404
    answer = await client.delete(f"{URL}/files/f.txt", headers=HEADERS)
    assert answer.json()["code"] == 153


async def test_the_server_s_own_store_comes_back(
    under_test: UnderTest, adapter: dict[str, Any]
) -> None:
    await under_test.reconfigure()
    adapter.clear()

    sent = {**HEADERS, "Content-Type": "text/plain"}
    answer = await under_test.parse.client.post(f"{URL}/files/f.txt", content=b"x", headers=sent)

    assert answer.json()["url"].startswith(URL)
    assert adapter == {}
