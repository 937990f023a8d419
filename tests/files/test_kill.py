"""A server that is killed while files arrive: what it had said is stored, the rest is unseen."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from parsepy.types import JSONMapping
from tests.support.parsepy_server import RunningParsepy, running_parsepy

OPTIONS: JSONMapping = {"preserveFileName": True, "maxUploadSize": "100mb"}
PART = b"x" * (1 << 20)
SENT = 6 * len(PART)


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


def test_a_kill_during_an_upload_leaves_no_partial_file(database_uri: str, tmp_path: Path) -> None:
    with running_parsepy(database_uri, tmp_path, OPTIONS) as server:
        _upload(server, "done.bin", b"there before").raise_for_status()
        with _begun_upload(server, "half.bin") as connection:
            # The server's buffers hold a small part of it: the store has the beginning.
            for _ in range(SENT // len(PART)):
                connection.sendall(PART)
            assert _download(server, "half.bin").status_code == 404
            server.process.kill()
    with running_parsepy(database_uri, tmp_path, OPTIONS) as server:
        assert _download(server, "half.bin").status_code == 404
        assert _download(server, "done.bin").content == b"there before"
        _upload(server, "half.bin", b"now whole").raise_for_status()
        assert _download(server, "half.bin").content == b"now whole"


def test_a_client_that_leaves_during_an_upload_stores_nothing(
    database_uri: str, tmp_path: Path
) -> None:
    with running_parsepy(database_uri, tmp_path, OPTIONS) as server:
        with _begun_upload(server, "half.bin") as connection:
            connection.sendall(PART)
        # Later requests are answered, so the one that broke off did no harm.
        _upload(server, "next.bin", b"x").raise_for_status()
        assert _download(server, "half.bin").status_code == 404


def _headers(server: RunningParsepy) -> dict[str, str]:
    return {
        "X-Parse-Application-Id": server.keys.app_id,
        "X-Parse-Master-Key": server.keys.master_key,
        "Content-Type": "application/octet-stream",
    }


def _upload(server: RunningParsepy, name: str, content: bytes) -> httpx.Response:
    return httpx.post(f"{server.url}/files/{name}", content=content, headers=_headers(server))


def _download(server: RunningParsepy, name: str) -> httpx.Response:
    return httpx.get(f"{server.url}/files/{server.keys.app_id}/{name}")


def _begun_upload(server: RunningParsepy, name: str) -> socket.socket:
    """A connection on which the head of an upload of twice `SENT` bytes was sent."""
    address = urlsplit(server.url)
    assert address.hostname is not None
    assert address.port is not None
    lines = [f"POST {address.path}/files/{name} HTTP/1.1", f"Host: {address.netloc}"]
    lines += [f"{key}: {value}" for key, value in _headers(server).items()]
    lines += [f"Content-Length: {2 * SENT}", "", ""]
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall("\r\n".join(lines).encode())
    return connection
