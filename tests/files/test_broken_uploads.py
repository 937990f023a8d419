"""Bodies that end before their end, by every way in: nothing is stored, nothing is left."""

import base64
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from parsepy.types import JSONMapping
from tests.support.mongod import RunningMongod
from tests.support.parsepy_server import RunningParsepy, running_parsepy
from tests.support.parsepy_stores import STORES
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

OPTIONS: Final[JSONMapping] = {"preserveFileName": True, "maxUploadSize": "10mb"}
BEGUN: Final = b"x" * (3 << 20)
"""Enough that a part of it has gone to the store."""

Pieces: TypeAlias = Callable[[], int]
"""How many pieces of contents the store holds."""

Served: TypeAlias = tuple[RunningParsepy, Pieces]


@pytest.fixture(scope="module", params=STORES)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("broken")
    if request.param == "sqlite":
        contents = folder / "app.sqlite.files" / "contents"
        with running_parsepy(f"sqlite:///{folder}/app.sqlite", folder, OPTIONS) as server:
            yield server, lambda: sum(path.is_file() for path in contents.rglob("*"))
        return
    mongod: RunningMongod = request.getfixturevalue("mongod")
    database = f"parsepy_test_{uuid4().hex}"
    uri = mongod.database_uri(database)
    with (
        MongoClient[dict[str, object]](uri) as client,
        running_parsepy(uri, folder, OPTIONS) as server,
    ):
        chunks = client.get_default_database()["fs.chunks"]
        yield server, lambda: chunks.count_documents({})
    mongod.drop_database(database)


CHUNKED: Final = {"Transfer-Encoding": "chunked"}
STREAM: Final = {"X-Parse-Upload-Mode": "stream"}
HALVES: Final[dict[str, tuple[dict[str, str], bytes]]] = {
    "shorter than its length": ({"Content-Length": str(2 * len(BEGUN))}, BEGUN),
    "a stream that is shorter": ({**STREAM, "Content-Length": str(2 * len(BEGUN))}, BEGUN),
    "without a last chunk": (CHUNKED, b"%x\r\n%s\r\n" % (len(BEGUN), BEGUN)),
    "in the middle of a chunk": ({**CHUNKED, **STREAM}, b"%x\r\n%s" % (2 * len(BEGUN), BEGUN)),
}


async def test_what_breaks_off_is_cleared_up(served: Served) -> None:
    server, pieces = served
    for half, (headers, body) in HALVES.items():
        with _sent(server, "half.bin", {**_keys(server), **headers}, body):
            await until(lambda: pieces() > 0)
        await until(lambda: pieces() == 0)

        assert _downloaded(server, "half.bin").status_code == 404, half
    _upload(server, "whole.bin")
    assert _downloaded(server, "whole.bin").content == b"whole"
    _remove(server, "whole.bin")


async def test_a_chunk_that_is_none_ends_the_upload(served: Served) -> None:
    server, pieces = served
    headers = {**_keys(server), **CHUNKED}
    body = b"%x\r\n%s\r\nno number\r\n" % (len(BEGUN), BEGUN)
    with _sent(server, "half.bin", headers, body) as connection:
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400 ")

    await until(lambda: pieces() == 0)
    assert _downloaded(server, "half.bin").status_code == 404


@pytest.mark.parametrize(("form", "status"), [({}, b"413"), (STREAM, b"400")])
async def test_what_grows_beyond_the_limit_is_cleared_up(
    form: dict[str, str], status: bytes, served: Served
) -> None:
    """Nobody has said before how much it would be."""
    server, pieces = served
    chunk = b"%x\r\n%s\r\n" % (len(BEGUN), BEGUN)
    with _sent(server, "half.bin", {**_keys(server), **CHUNKED, **form}, chunk * 2) as connection:
        await until(lambda: pieces() > 0)
        connection.sendall(chunk * 2 + b"0\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 %s " % status)

    await until(lambda: pieces() == 0)
    assert _downloaded(server, "half.bin").status_code == 404


async def test_half_a_json_upload_is_none(served: Served) -> None:
    server, pieces = served
    body = b'{"_ApplicationId":"%s","_MasterKey":"%s","base64":"%s' % (
        server.keys.app_id.encode(),
        server.keys.master_key.encode(),
        base64.b64encode(BEGUN),
    )
    with _sent(server, "half.bin", {"Content-Length": str(2 * len(body))}, body):
        # They wait without a name, until it is known who sends them.
        await until(lambda: _nameless(server) > 0)
    await until(lambda: _nameless(server) == 0)

    assert pieces() == 0
    assert _downloaded(server, "half.bin").status_code == 404


def _keys(server: RunningParsepy) -> dict[str, str]:
    return {
        "X-Parse-Application-Id": server.keys.app_id,
        "X-Parse-Master-Key": server.keys.master_key,
        "Content-Type": "application/octet-stream",
    }


def _sent(server: RunningParsepy, name: str, headers: dict[str, str], body: bytes) -> socket.socket:
    """A connection on which the beginning of an upload was sent."""
    address = urlsplit(server.url)
    lines = [f"POST {address.path}/files/{name} HTTP/1.1", f"Host: {address.netloc}"]
    lines += [f"{key}: {value}" for key, value in headers.items()]
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    return connection


def _upload(server: RunningParsepy, name: str) -> None:
    url = f"{server.url}/files/{name}"
    httpx.post(url, content=b"whole", headers=_keys(server)).raise_for_status()


def _remove(server: RunningParsepy, name: str) -> None:
    httpx.delete(f"{server.url}/files/{name}", headers=_keys(server)).raise_for_status()


def _downloaded(server: RunningParsepy, name: str) -> httpx.Response:
    return httpx.get(f"{server.url}/files/{server.keys.app_id}/{name}")


def _nameless(server: RunningParsepy) -> int:
    """How many files the process has open that no folder names."""
    found = 0
    for descriptor in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(descriptor.readlink()).endswith("(deleted)")
    return found
