"""`/files` beyond what is recorded: caching, parts, errors of stores, the edges around it."""

import gzip
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest

from tests.support.local_app import MASTER_KEY, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio
OPEN: Final[dict[str, Any]] = {"fileUpload": {"enableForPublic": True}, "preserveFileName": True}
MASTER: Final = {"X-Parse-Master-Key": MASTER_KEY}


@pytest.fixture
async def app() -> AsyncIterator[LocalApp]:
    async with local_app(**OPEN) as running:
        yield running


async def upload(
    app: LocalApp, name: str, content: bytes | AsyncIterator[bytes] = b"hello", **headers: str
) -> httpx.Response:
    sent = {"X-Parse-Application-Id": "app", "Content-Type": "text/plain"}
    sent |= {key.replace("_", "-"): value for key, value in headers.items()}
    return await app.client.post(f"{URL}/files/{name}", content=content, headers=sent)


async def fetched(app: LocalApp, name: str, **headers: str) -> httpx.Response:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return await app.client.get(f"{URL}/files/app/{name}", headers=sent)


async def test_a_client_that_has_the_file_gets_it_once(app: LocalApp) -> None:
    await upload(app, "f.txt")
    first = await fetched(app, "f.txt")

    again = await fetched(app, "f.txt", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]

    await upload(app, "f.txt", b"other")
    changed = await fetched(app, "f.txt", If_None_Match=first.headers["ETag"])
    assert (changed.status_code, changed.text) == (200, "other")


async def test_the_rest_of_another_version_is_not_sent(app: LocalApp) -> None:
    await upload(app, "f.txt", b"first version")
    tag = (await fetched(app, "f.txt")).headers["ETag"]

    rest = await fetched(app, "f.txt", Range="bytes=6-", If_Range=tag)
    assert (rest.status_code, rest.text) == (206, "version")

    await upload(app, "f.txt", b"second version")
    whole = await fetched(app, "f.txt", Range="bytes=6-", If_Range=tag)
    assert (whole.status_code, whole.text) == (200, "second version")


async def test_caches_ask_each_time_and_shared_ones_only_where_all_may_read() -> None:
    async with local_app(**OPEN) as app:
        await upload(app, "f.txt")
        assert (await fetched(app, "f.txt")).headers["Cache-Control"] == "public, no-cache"
    async with local_app(**OPEN, fileDownload={"enableForAnonymousUser": False}) as app:
        await upload(app, "f.txt")
        assert (await fetched(app, "f.txt")).headers["Cache-Control"] == "private, no-cache"


async def test_an_upload_may_be_compressed(app: LocalApp) -> None:
    packed = gzip.compress(b"hello" * 1000)

    assert (await upload(app, "f.txt", packed, Content_Encoding="gzip")).status_code == 201
    assert (await fetched(app, "f.txt")).content == b"hello" * 1000


async def test_a_stream_is_stored_as_it_comes(app: LocalApp) -> None:
    packed = gzip.compress(b"hello")

    await upload(app, "f.gz", packed, Content_Encoding="gzip", X_Parse_Upload_Mode="stream")
    assert (await fetched(app, "f.gz")).content == packed


async def test_an_upload_of_unknown_length_ends_at_the_limit() -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(10_000):
            yield b"x" * 1000

    async with local_app(**OPEN, maxUploadSize="5kb") as app:
        refused = await upload(app, "f.txt", endless())
        assert (refused.status_code, refused.json()) == (413, {"error": "request entity too large"})
        assert (await fetched(app, "f.txt")).status_code == 404


async def test_a_disk_that_refuses_is_told_without_its_words(
    app: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "/secret/path")

    monkeypatch.setattr(app.app.parts.files, "save", full)

    refused = await upload(app, "f.txt")

    assert refused.status_code == 400
    assert refused.json() == {"code": 130, "error": "Could not store file: f.txt."}


async def test_the_file_of_an_object_is_where_its_upload_said(app: LocalApp) -> None:
    stored = (await upload(app, "a b.txt")).json()
    game = await app.create("Game", {"file": {"__type": "File", "name": stored["name"]}})

    shown = await app.ok("GET", f"/classes/Game/{game}")

    assert shown["file"] == {"__type": "File", **stored}
    assert (await app.client.get(shown["file"]["url"])).text == "hello"


async def test_the_swift_sdk_deletes_by_the_address(app: LocalApp) -> None:
    await upload(app, "f.txt")

    assert (await app.send("DELETE", "/files/app/f.txt", master=True)).status_code == 200
    assert (await fetched(app, "f.txt")).status_code == 404


async def test_batches_have_no_files(app: LocalApp) -> None:
    await upload(app, "f.txt")
    request = {"method": "DELETE", "path": "/parse/files/f.txt"}

    answer = await app.send("POST", "/batch", {"requests": [request]}, master=True)

    assert "success" not in answer.text
    assert (await fetched(app, "f.txt")).status_code == 200


async def test_the_route_list_holds_for_files() -> None:
    async with local_app(**OPEN, routeAllowList=["files/f.txt", "files/app/f.txt"]) as app:
        assert (await upload(app, "f.txt")).status_code == 201
        assert (await fetched(app, "f.txt")).status_code == 200
        for refused in (
            await upload(app, "g.txt"),
            await fetched(app, "g.txt"),
            await app.client.get(f"{URL}/files/app/metadata/f.txt"),
        ):
            assert refused.json()["code"] == 119
        assert (await upload(app, "g.txt", X_Parse_Master_Key=MASTER_KEY)).status_code == 201


async def test_a_rate_limit_counts_uploads_and_removals() -> None:
    rule = {"requestPath": "/files/*path", "requestTimeWindow": 60_000, "requestCount": 1}
    async with local_app(
        **OPEN, rateLimit={**rule, "includeInternalRequests": True, "includeMasterKey": True}
    ) as app:
        assert (await upload(app, "f.txt")).status_code == 201
        refused = await upload(app, "f.txt")
        assert (refused.status_code, refused.json()["code"]) == (429, 100)
        removal = await app.send("DELETE", "/files/f.txt", master=True)
        assert removal.status_code == 429
        for _ in range(3):
            assert (await fetched(app, "f.txt")).status_code == 200


async def test_a_reset_for_tests_takes_files_too(app: LocalApp) -> None:
    await upload(app, "f.txt")

    await app.app.parts.reset()

    assert (await fetched(app, "f.txt")).status_code == 404
