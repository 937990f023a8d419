"""npm parse-server and parsepy on one MongoDB: each reads and deletes the other's files."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from parsepy.types import JSONMapping
from tests.files.samples import LARGE
from tests.support.parsepy_server import running_parsepy
from tests.support.reference import running_reference


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    master_key: str

    def upload(self, name: str, body: JSONMapping | bytes, **headers: str) -> str:
        sent = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": self.master_key}
        sent |= {key.replace("_", "-"): value for key, value in headers.items()}
        answer = (
            httpx.post(f"{self.url}/files/{name}", content=body, headers=sent)
            if isinstance(body, bytes)
            else httpx.post(f"{self.url}/files/{name}", json={**body, **self._in_body})
        )
        answer.raise_for_status()
        stored: str = answer.json()["name"]
        return stored

    @property
    def _in_body(self) -> JSONMapping:
        return {"_ApplicationId": "app", "_MasterKey": self.master_key}

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}/files/app/{path}", headers=headers)

    def delete(self, name: str) -> httpx.Response:
        keys = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": self.master_key}
        return httpx.delete(f"{self.url}/files/{name}", headers=keys)


@pytest.fixture(params=["parsepy reads", "parse-server reads"])
def servers(
    request: pytest.FixtureRequest, mongodb_database_uri: str, tmp_path: Path
) -> Iterator[tuple[Server, Server]]:
    """The one that writes, the one that reads."""
    with (
        running_reference(mongodb_database_uri) as reference,
        running_parsepy(mongodb_database_uri, tmp_path) as parsepy,
    ):
        theirs = Server(reference.url, "master")
        ours = Server(parsepy.url, parsepy.keys.master_key)
        yield (theirs, ours) if request.param == "parsepy reads" else (ours, theirs)


def test_files_go_both_ways(servers: tuple[Server, Server]) -> None:
    writer, reader = servers

    raw = writer.upload("large.bin", LARGE)
    streamed = writer.upload("stream.bin", LARGE, X_Parse_Upload_Mode="stream")
    described = writer.upload(
        "note.txt",
        {"base64": "aGVsbG8=", "fileData": {"metadata": {"a": {"b": [1]}}, "directory": "d/e"}},
    )

    assert reader.get(raw).content == LARGE
    assert reader.get(streamed).content == LARGE
    assert reader.get(raw, Range="bytes=261000-523000").content == LARGE[261_000:523_001]
    assert reader.get(described).text == "hello"
    assert reader.get(f"metadata/{described}").json() == {"metadata": {"a": {"b": [1]}}}
    assert reader.delete(raw).status_code == 200
    assert writer.get(raw).status_code == 404
    assert writer.delete(raw).json() == {"code": 153, "error": "FileNotFound"}
