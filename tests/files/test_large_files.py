"""Files much larger than what a server may take of memory, by every way in and out."""

import base64
import http.client
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from parsepy.protocol import json
from parsepy.types import JSONMapping
from tests.support.parsepy_server import RunningParsepy, running_parsepy

OPTIONS: Final[JSONMapping] = {"preserveFileName": True, "maxUploadSize": "1gb"}
BLOCK: Final = os.urandom(3 << 18)
"""A multiple of three, so that its base64 can be repeated."""

SMALL: Final = 4
LARGE: Final = 160
"""Blocks: 120 MB."""

MOST: Final = 150 << 20
GROWN: Final = 40 << 20
"""Bytes: of a server, and by how much a large file may make it larger than a small one has."""


@pytest.fixture(params=["sqlite", "mongodb"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningParsepy]:
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    with running_parsepy(uri, tmp_path, OPTIONS) as running:
        yield running


def _raw(blocks: int, headers: Mapping[str, str]) -> tuple[dict[str, str], Iterable[bytes]]:
    length = str(blocks * len(BLOCK))
    return {**headers, "Content-Length": length}, (BLOCK for _ in range(blocks))


def _stream(blocks: int, headers: Mapping[str, str]) -> tuple[dict[str, str], Iterable[bytes]]:
    """Without a length: in chunks."""
    sent = {**headers, "X-Parse-Upload-Mode": "stream", "Transfer-Encoding": "chunked"}
    return sent, (BLOCK for _ in range(blocks))


def _base64(blocks: int, headers: Mapping[str, str]) -> tuple[dict[str, str], Iterable[bytes]]:
    """The file comes first, as the SDK sends it: who sends it is known behind the last byte."""
    keys = {
        "_ApplicationId": headers["X-Parse-Application-Id"],
        "_MasterKey": headers["X-Parse-Master-Key"],
    }
    text = base64.b64encode(BLOCK)
    parts = [b'{"base64":"', *[text] * blocks, b'",', json.dumps(keys)[1:]]
    return {"Content-Length": str(sum(map(len, parts)))}, parts


FORMS: Final = [_raw, _stream, _base64]
Form = Callable[[int, Mapping[str, str]], tuple[dict[str, str], Iterable[bytes]]]


def test_a_server_stays_small_whatever_the_size_of_a_file(server: RunningParsepy) -> None:
    for form in FORMS:
        _upload(server, f"small{form.__name__}.bin", form, SMALL)
        _download(server, f"small{form.__name__}.bin", SMALL)
    before = _peak(server)

    for form in FORMS:
        _upload(server, f"large{form.__name__}.bin", form, LARGE)
        _download(server, f"large{form.__name__}.bin", LARGE)

    assert _peak(server) < MOST
    assert _peak(server) - before < GROWN


def _upload(server: RunningParsepy, name: str, form: Form, blocks: int) -> None:
    keys = {
        "X-Parse-Application-Id": server.keys.app_id,
        "X-Parse-Master-Key": server.keys.master_key,
    }
    headers, parts = form(blocks, keys)
    connection = _connection(server)
    path = f"{urlsplit(server.url).path}/files/{name}"
    chunked = "Transfer-Encoding" in headers
    connection.request("POST", path, parts, headers, encode_chunked=chunked)
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())) == (
        201,
        {"name": name, "url": f"{server.url}/files/{server.keys.app_id}/{name}"},
    )
    connection.close()


def _download(server: RunningParsepy, name: str, blocks: int) -> None:
    connection = _connection(server)
    connection.request("GET", f"{urlsplit(server.url).path}/files/{server.keys.app_id}/{name}")
    answer = connection.getresponse()
    assert answer.getheader("Content-Length") == str(blocks * len(BLOCK))
    for _ in range(blocks):
        assert answer.read(len(BLOCK)) == BLOCK
    assert answer.read() == b""
    connection.close()


def _connection(server: RunningParsepy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)


def _peak(server: RunningParsepy) -> int:
    """The most memory that the process has ever had."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    (line,) = [each for each in status.splitlines() if each.startswith("VmHWM:")]
    return int(line.split()[1]) << 10
