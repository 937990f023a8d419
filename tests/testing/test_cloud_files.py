"""Triggers of files that run in a test's process."""

import base64
from typing import Any

import httpx
import pytest

from tests.support.answering_server import AnsweringServer
from tests.support.local_app import MASTER_KEY, URL
from tests.testing.conftest import UnderTest

pytestmark = pytest.mark.anyio

HEADERS = {
    "X-Parse-Application-Id": "app",
    "X-Parse-Master-Key": MASTER_KEY,
    "Content-Type": "text/plain",
}


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def _add(under_test: UnderTest, url: str, kind: str) -> None:
    what = {"kind": "trigger", "triggerName": kind, "className": "@File", "url": url}
    answer = await under_test.command("cloud", {"action": "add", **what})
    assert (answer.status_code, answer.json()) == (200, {})


async def _upload(under_test: UnderTest, **headers: str) -> httpx.Response:
    sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    client = under_test.parse.client
    return await client.post(f"{URL}/files/f.txt", content=b"hello", headers=sent)


async def _stored(under_test: UnderTest, name: str) -> httpx.Response:
    return await under_test.parse.client.get(f"{URL}/files/app/{name}")


async def test_a_handler_gets_the_whole_file(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    await _add(under_test, process.url, "beforeSave")

    await _upload(under_test)

    request = process.last["request"]
    assert request["file"] == {
        "__t": "File",
        "name": "f.txt",
        "data": encoded(b"hello"),
        "contentType": "text/plain",
        "metadata": {},
        "tags": {},
    }
    assert (request["triggerName"], request["fileSize"], request["master"]) == (
        "beforeSave",
        5,
        True,
    )


async def test_the_bytes_of_a_stream_do_not_go_along(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    await _add(under_test, process.url, "beforeSave")

    stored = (await _upload(under_test, X_Parse_Upload_Mode="stream")).json()

    request = process.last["request"]
    assert (request["stream"], request["fileSize"]) == (True, 5)
    assert "data" not in request["file"]
    assert (await _stored(under_test, stored["name"])).content == b"hello"


@pytest.mark.parametrize("returned", [True, False])
async def test_what_a_handler_leaves_is_stored(
    under_test: UnderTest, process: AnsweringServer, returned: bool
) -> None:
    await _add(under_test, process.url, "beforeSave")
    file = {
        "__t": "File",
        "name": "other.csv",
        "data": encoded(b"a;b"),
        "metadata": {"m": 1},
        "tags": {},
        "directory": "d",
    }
    process.answer = {"success": file} if returned else {"request": {"file": file}}

    stored = (await _upload(under_test)).json()

    assert stored["name"].startswith("d/")
    assert (await _stored(under_test, stored["name"])).content == b"a;b"
    assert (await _stored(under_test, f"metadata/{stored['name']}")).json() == {
        "metadata": {"m": 1}
    }


async def test_a_file_with_an_address_is_there_already(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    await _add(under_test, process.url, "beforeSave")
    process.answer = {"success": {"__t": "File", "name": "x", "url": "http://a.test/x"}}

    assert (await _upload(under_test)).json() == {"name": "x", "url": "http://a.test/x"}


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        ({"__t": "ParseError", "code": 400, "message": "m"}, {"code": 400, "error": "m"}),
        ({"__t": "Error", "message": "m"}, {"code": 130, "error": "m"}),
        ("m", {"code": 130, "error": "m"}),
        (None, {"code": 130, "error": "Could not store file: f.txt."}),
    ],
)
async def test_what_a_handler_throws(
    under_test: UnderTest, process: AnsweringServer, error: Any, answer: Any
) -> None:
    await _add(under_test, process.url, "beforeSave")
    process.answer = {"thrown": True, "error": error}

    assert (await _upload(under_test)).json() == answer


async def test_a_download_as_the_handler_wants_it(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    stored = (await _upload(under_test)).json()["name"]
    await _add(under_test, process.url, "afterFind")
    file = {"__t": "File", "name": "n.txt", "data": encoded(b"other")}
    process.answer = {
        "success": {"file": file, "forceDownload": True},
        "request": {"responseHeaders": {"X-A": "1"}},
    }

    answer = await _stored(under_test, stored)

    request = process.last["request"]
    assert request["responseHeaders"] == {"X-Content-Type-Options": "nosniff"}
    assert request["file"]["data"] == encoded(b"hello")
    assert answer.content == b"other"
    assert answer.headers["Content-Disposition"] == "attachment;filename=n.txt"
    assert answer.headers["X-A"] == "1"
