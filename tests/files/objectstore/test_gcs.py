"""Files at Google Cloud Storage, at a server that checks who asks as Google does."""

import json
import logging
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from parsepy.errors import ParseError
from parsepy.files.base import FileStore, StoredFile
from parsepy.files.objectstore import open_object_store
from parsepy.options.errors import OptionsError
from tests.files.samples import LARGE, BrokenUpload, broken, listed, parts, whole
from tests.support.gcs_server import BUCKET, METADATA, GcsServer
from tests.support.gcs_signatures import HOST, ServiceAccount

pytestmark = pytest.mark.anyio

HUGE = LARGE * 4
"""Two parts of an upload."""


def _opened(server: GcsServer, **more: object) -> FileStore:
    return open_object_store("gcs", "filesAdapter.options", {**server.options, **more})


async def test_objects_are_those_of_npm_s_adapter(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server, bucketPrefix="app/", globalCacheControl="no-store")

    await files.save("d/a b.png", parts(b"content"), {"owner": "u1"})

    (key, stored), *_ = gcs_server.objects.items()
    assert (key, stored.data) == ("app/d/a b.png", b"content")
    assert stored.headers == {
        "content-type": "image/png",
        "cache-control": "no-store",
        "x-goog-meta-owner": "u1",
    }


async def test_a_large_file_goes_in_parts_and_comes_back(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server)
    await files.save("f.bin", parts(HUGE), {"k": [1]})

    assert gcs_server.begun == ["upload-0"]
    assert gcs_server.unfinished == {}
    assert await whole(files, "f.bin") == HUGE
    stored = await files.find("f.bin")
    assert stored is not None
    assert stored.metadata == {"k": [1]}


async def test_parts_of_an_upload_that_breaks_off_are_taken_back(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server)

    with pytest.raises(BrokenUpload):
        await files.save("f", broken(HUGE), {})

    assert gcs_server.begun == ["upload-0"]
    assert gcs_server.unfinished == {}
    assert await listed(files) == []


async def test_an_address_leads_to_the_bucket(gcs_server: GcsServer) -> None:
    files = _opened(gcs_server, bucketPrefix="app/", directAccess=True)

    assert files.location("a b.txt") == f"{gcs_server.url}/{BUCKET}/app/{quote('a b.txt')}"


async def test_the_key_of_the_account_signs_the_token_itself(
    gcs_server: GcsServer, tmp_path: Path
) -> None:
    """`token_uri` says where it could be exchanged for another one: Google needs none."""
    credentials = gcs_server.options["credentials"]
    key_file = tmp_path / "key.json"
    key_file.write_text(json.dumps(credentials))
    of_file = _opened(gcs_server, credentials=None, keyFilename=str(key_file))

    for files in (_opened(gcs_server), of_file):
        await files.save("f", parts(b"content"), {})
        assert await whole(files, "f") == b"content"
        assert await files.delete("f")

    assert {path.rpartition("/")[2] for path in gcs_server.asked} == {"f"}


@pytest.mark.parametrize("change", ["another key", "another account", "another key's id"])
async def test_the_key_of_somebody_else_is_refused_and_kept(
    gcs_server: GcsServer, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    changed: dict[str, dict[str, object]] = {
        "another key": ServiceAccount.new().credentials,
        "another account": {"client_email": "nobody@example.com"},
        "another key's id": {"private_key_id": "0"},
    }
    credentials = {**gcs_server.account.credentials, **changed[change]}
    files = _opened(gcs_server, credentials=credentials)

    told = []
    with caplog.at_level(logging.DEBUG):
        for ask in (files.find("f"), files.open("f"), files.delete("f"), listed(files)):
            with pytest.raises(ParseError, match="Database error"):
                await ask
        for content in (b"small", HUGE):
            with pytest.raises(OSError, match="Unauthenticated") as raised:
                await files.save("f", parts(content), {})
            told.append(str(raised.value))

    told.append(caplog.text)
    assert caplog.text.count("the file store has failed: ") == 4
    for secret in ("Bearer", *str(credentials["private_key"]).splitlines()):
        assert not [text for text in told if secret in text]
    assert gcs_server.objects == {}


@pytest.fixture
def machine(
    gcs_server: GcsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, object]:
    """Options without a key, on a machine with a role."""
    for name in ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT", "GCP_KEYFILE_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GCE_METADATA_HOST", gcs_server.url.removeprefix("http://"))
    return {"credentials": None}


async def test_a_machine_asks_its_metadata_server_for_a_token(
    gcs_server: GcsServer, machine: dict[str, object]
) -> None:
    """One counts as long as Google says."""
    files = _opened(gcs_server, **machine)

    await files.save("f", parts(HUGE), {})
    assert await whole(files, "f") == HUGE

    assert gcs_server.asked.count(METADATA) == 1
    assert len(gcs_server.tokens) == 1


async def test_without_a_token_nothing_is_there(gcs_server: GcsServer) -> None:
    gcs_server.put("f", b"content", {})
    account = {**gcs_server.account.credentials, "disable_oauth": True}

    with pytest.raises(ParseError, match="Database error"):
        await _opened(gcs_server, credentials=account).find("f")
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(f"{gcs_server.url}/{BUCKET}/f")).status_code == 401


SIGNED: dict[str, object] = {"directAccess": True, "presignedUrl": True}


def test_nobody_signs_without_a_key(gcs_server: GcsServer, machine: dict[str, object]) -> None:
    """obstore would ask Google to do it, and everybody would wait."""
    account = {**gcs_server.account.credentials, "disable_oauth": True}
    for without in (machine, {"credentials": account}):
        with pytest.raises(OptionsError, match="presignedUrl needs keyFilename or credentials"):
            _opened(gcs_server, **without, **SIGNED)
        _opened(gcs_server, **without, directAccess=True)


@pytest.mark.parametrize(
    "variable",
    ["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT", "GCP_KEYFILE_PATH"],
)
async def test_a_key_that_a_variable_names_signs(
    gcs_server: GcsServer,
    machine: dict[str, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    (tmp_path / "key.json").write_text(json.dumps(gcs_server.account.credentials))
    monkeypatch.setenv(variable, str(tmp_path / "key.json"))
    files = _opened(gcs_server, **machine, **SIGNED)
    await files.save("f", parts(b"content"), {})

    async with httpx.AsyncClient(headers={"Host": HOST}) as browser:
        answer = await browser.get(files.location("f") or "")

    assert (answer.status_code, answer.content) == (200, b"content")


async def test_addresses_elsewhere_than_at_google_are_warned_of(
    gcs_server: GcsServer, caplog: pytest.LogCaptureFixture
) -> None:
    """obstore signs for Google's host whatever the endpoint is."""
    with caplog.at_level(logging.WARNING):
        _opened(gcs_server, **SIGNED, endpoint="https://storage.googleapis.com")
        _opened(gcs_server, **SIGNED, baseUrl="https://cdn.example")
        assert caplog.messages == []
        files = _opened(gcs_server, **SIGNED)
    assert "signed for the host storage.googleapis.com" in caplog.text

    await files.save("f", parts(b"content"), {})
    async with httpx.AsyncClient() as browser:
        assert (await browser.get(files.location("f") or "")).status_code == 403


async def test_a_list_of_several_pages_has_every_file_once(gcs_server: GcsServer) -> None:
    gcs_server.page = 2
    names = ["a & b", "c", "d/e", "d/f", "é"]
    for name in [*names, "beside"]:
        gcs_server.put(name if name == "beside" else f"p/{name}", b"content", {})

    files = _opened(gcs_server, bucketPrefix="p/")

    assert sorted(file.name for file in await listed(files)) == sorted(names)


async def test_of_two_removals_at_once_one_has_found_the_file(
    gcs_server: GcsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _opened(gcs_server)
    await files.save("f", parts(b"content"), {})
    found = await files.find("f")

    async def both_find_it(*_: object) -> StoredFile | None:
        return found

    monkeypatch.setattr(type(files), "find", both_find_it)
    assert [await files.delete("f"), await files.delete("f")] == [True, False]
