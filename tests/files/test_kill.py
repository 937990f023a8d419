"""A server that is killed while files arrive: what it had said is stored, the rest is unseen, and a
sweep finds what is left of it."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from anyio import to_thread
from click.testing import CliRunner
from pymongo import MongoClient

from parsepy.cli.main import cli
from parsepy.types import JSONMapping
from tests.files.stores import embedded_contents
from tests.support.parsepy_server import RunningParsepy, running_parsepy
from tests.support.s3_server import BUCKET, S3Server
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

PART = b"x" * (1 << 20)
SENT = 6 * len(PART)
PUBLIC = json.dumps({"*": {"read": True}})


@dataclass(frozen=True)
class Place:
    """A database with a store of files. `pieces` counts all contents that lie in the store,
    whether a file has them or not."""

    uri: str
    folder: Path
    pieces: Callable[[], int]
    options: JSONMapping = field(default_factory=dict)

    @contextmanager
    def served(self) -> Iterator[RunningParsepy]:
        options: JSONMapping = {
            "preserveFileName": True,
            "maxUploadSize": "100mb",
            "fileUpload": {"accessControl": "public"},
            **self.options,
        }
        with running_parsepy(self.uri, self.folder, options) as server:
            yield server

    async def swept(self, *arguments: str) -> list[str]:
        """What a sweep says, by the configuration of the server."""
        config = str(self.folder / "config.json")
        flags = ("--database-uri", self.uri, "--older-than", "0s", *arguments)
        command = ["files", "sweep", config, *flags]
        # The command has a loop of its own.
        result = await to_thread.run_sync(CliRunner().invoke, cli, command)
        assert isinstance(result.exception, SystemExit | None), result.output
        return result.stdout.splitlines()


@pytest.fixture(params=["embedded", "folder", "gridfs", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "gridfs":
        uri: str = request.getfixturevalue("mongodb_database_uri")
        with MongoClient[dict[str, Any]](uri) as client:
            chunks = client.get_default_database()["fs.chunks"]
            yield Place(uri, tmp_path, lambda: chunks.count_documents({}))
        return
    uri, contents = f"sqlite:///{tmp_path}/app.sqlite", tmp_path / "contents"
    if request.param == "s3":
        server: S3Server = request.getfixturevalue("s3_server")
        settings = request.getfixturevalue("s3_settings")
        adapter: JSONMapping = {"filesAdapter": {"module": "s3", "options": settings}}
        yield Place(uri, tmp_path, lambda: _pieces_at(server, settings["bucketPrefix"]), adapter)
        return
    if request.param == "folder":
        options: JSONMapping = {
            "filesAdapter": {"module": "folder", "options": {"path": str(contents)}}
        }
        yield Place(uri, tmp_path, lambda: _files_in(contents), options)
        return
    yield Place(uri, tmp_path, lambda: embedded_contents(tmp_path / "app.sqlite.files"))


def _files_in(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*") if ".metadata" not in path.parts)


def _pieces_at(server: S3Server, prefix: str) -> int:
    """Objects, and uploads that have begun to come."""
    parts = [path for upload in server.unfinished() for path in upload.glob("parts/*.bin")]
    return _files_in((server.folder / BUCKET / prefix).parent) + len(parts)


async def test_a_kill_during_an_upload_leaves_no_partial_file(place: Place) -> None:
    with place.served() as server:
        _upload(server, "done.bin", b"there before").raise_for_status()
        _mention(server, "done.bin")
        with _begun_upload(server, "half.bin") as connection:
            for _ in range(SENT // len(PART)):
                connection.sendall(PART)
            # The store has the beginning.
            await until(lambda: place.pieces() > 1)
            assert _download(server, "half.bin").status_code == 404
            server.process.kill()
    with place.served() as server:
        assert _download(server, "half.bin").status_code == 404
        assert _download(server, "done.bin").content == b"there before"
        assert place.pieces() > 1

        lines = await place.swept()
        assert any(line.startswith("Broken uploads, found: 1 (") for line in lines), lines
        lines = await place.swept("--delete")

        assert any(line.startswith("Broken uploads, deleted: 1 (") for line in lines), lines
        assert "ACLs of files that are gone, deleted: 1" in lines
        assert place.pieces() == 1
        assert _download(server, "done.bin").content == b"there before"
        _upload(server, "half.bin", b"now whole").raise_for_status()
        assert _download(server, "half.bin").content == b"now whole"


async def test_a_client_that_leaves_during_an_upload_stores_nothing(place: Place) -> None:
    with place.served() as server:
        with _begun_upload(server, "half.bin") as connection:
            connection.sendall(PART)
        # Later requests are answered, so the one that broke off did no harm.
        _upload(server, "next.bin", b"x").raise_for_status()
        assert _download(server, "half.bin").status_code == 404
        await until(lambda: place.pieces() == 1)


def _headers(server: RunningParsepy) -> dict[str, str]:
    return {
        "X-Parse-Application-Id": server.keys.app_id,
        "X-Parse-Master-Key": server.keys.master_key,
        "Content-Type": "application/octet-stream",
    }


def _upload(server: RunningParsepy, name: str, content: bytes) -> httpx.Response:
    return httpx.post(f"{server.url}/files/{name}", content=content, headers=_headers(server))


def _mention(server: RunningParsepy, name: str) -> None:
    body = {"file": {"__type": "File", "name": name}}
    answer = httpx.post(f"{server.url}/classes/Game", json=body, headers=_headers(server))
    answer.raise_for_status()


def _download(server: RunningParsepy, name: str) -> httpx.Response:
    return httpx.get(f"{server.url}/files/{server.keys.app_id}/{name}")


def _begun_upload(server: RunningParsepy, name: str) -> socket.socket:
    """A connection on which the head of an upload of twice `SENT` bytes was sent."""
    address = urlsplit(server.url)
    assert address.hostname is not None
    assert address.port is not None
    lines = [f"POST {address.path}/files/{name} HTTP/1.1", f"Host: {address.netloc}"]
    headers = {**_headers(server), "X-Parse-File-ACL": PUBLIC}
    lines += [f"{key}: {value}" for key, value in headers.items()]
    lines += [f"Content-Length: {2 * SENT}", "", ""]
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall("\r\n".join(lines).encode())
    return connection
