"""npm parse-server and parsepy on one MongoDB: each reads and deletes the other's files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from parsepy.types import JSONMapping, JSONObject
from tests.files.samples import LARGE
from tests.support.parsepy_server import running_parsepy
from tests.support.reference import FOLDER, running_reference

KEY = "a key of both"


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


@pytest.fixture(params=["gridfs", "gridfs with a key", "folder with a key"])
def servers(
    request: pytest.FixtureRequest, mongodb_database_uri: str, tmp_path: Path
) -> Iterator[tuple[Server, Server]]:
    """npm's and ours, on one store of files."""
    their_options, our_options = _options(request.param, tmp_path / "files")
    on_folder = request.param == "folder with a key"
    our_uri = f"sqlite:///{tmp_path}/app.sqlite" if on_folder else mongodb_database_uri
    with (
        running_reference(mongodb_database_uri, their_options) as reference,
        running_parsepy(our_uri, tmp_path, our_options) as parsepy,
    ):
        yield Server(reference.url, "master"), Server(parsepy.url, parsepy.keys.master_key)


def _options(kind: str, folder: Path) -> tuple[JSONMapping, JSONMapping]:
    if kind == "gridfs":
        return {}, {}
    if kind == "gridfs with a key":
        return {"fileKey": KEY}, {"fileKey": KEY}
    # npm's adapter begins at `files` in the folder where its server was started.
    below_files = os.path.relpath(folder, FOLDER / "files")
    module = "@parse/fs-files-adapter"
    theirs: JSONObject = {"filesSubDirectory": below_files, "encryptionKey": KEY}
    ours: JSONObject = {"path": str(folder), "encryptionKey": KEY}
    return (
        {"filesAdapter": {"module": module, "options": theirs}},
        {"filesAdapter": {"module": module, "options": ours}},
    )


def test_files_go_both_ways(servers: tuple[Server, Server], request: pytest.FixtureRequest) -> None:
    theirs, ours = servers
    in_folder = "folder" in request.node.callspec.id
    for writer, reader in ((theirs, ours), (ours, theirs)):
        raw = writer.upload("large.bin", LARGE)
        described = writer.upload(
            "note.txt",
            {"base64": "aGVsbG8=", "fileData": {"metadata": {"a": {"b": [1]}}, "directory": "d/e"}},
        )

        assert reader.get(raw).content == LARGE
        assert reader.get(described).text == "hello"
        if not in_folder:
            # npm's folder keeps no metadata, and takes no streams.
            streamed = writer.upload("stream.bin", LARGE, X_Parse_Upload_Mode="stream")
            assert reader.get(streamed).content == LARGE
            metadata = {"metadata": {"a": {"b": [1]}}}
            assert reader.get(f"metadata/{described}").json() == metadata
        # Of what is encrypted, npm's parse-server gives out the ciphertext.
        if reader is ours:
            part = reader.get(raw, Range="bytes=261000-523000")
            assert part.content == LARGE[261_000:523_001]
            assert part.headers["content-range"] == f"bytes 261000-523000/{len(LARGE)}"
        assert reader.delete(raw).status_code == 200
        assert writer.get(raw).status_code == 404
        assert writer.delete(raw).json()["code"] == 153
