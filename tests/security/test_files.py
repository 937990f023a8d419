"""Security sheet, section 10: what may be stored, under which name, and how it is served."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.local_app import MASTER_KEY, READ_ONLY_KEY, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio
OPEN: Final[dict[str, Any]] = {"fileUpload": {"enableForPublic": True}, "preserveFileName": True}
SCRIPT: Final = b"<script>alert(document.cookie)</script>"
APP: Final = {"X-Parse-Application-Id": "app"}


@pytest.fixture
async def files(database_uri: str) -> AsyncIterator[LocalApp]:
    async with local_app(**OPEN, databaseURI=database_uri) as running:
        yield running


async def upload(app: LocalApp, name: str, content_type: str | None = None) -> httpx.Response:
    headers = dict(APP) if content_type is None else {**APP, "Content-Type": content_type}
    return await app.client.post(f"{URL}/files/{name}", content=SCRIPT, headers=headers)


async def upload_as_json(app: LocalApp, name: str, **fields: object) -> httpx.Response:
    body = {"_ApplicationId": "app", "base64": base64.b64encode(SCRIPT).decode(), **fields}
    return await app.client.post(f"{URL}/files/{name}", json=body)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("x.html", None),
        ("x.HtMl", "image/png"),
        ("x.txt.svg", "text/plain"),
        ("x.ht%6Dl", "image/png"),
        ("x.ht%20ml", None),
        ("x", "text/html"),
        ("x", "TEXT/HTML; charset=utf-8"),
        ("x", "image/svg+xml;charset=utf-8"),
        ("x.unknown", "application/xhtml+xml"),
        ("x.", "text/html"),
        ("x", "image//svg+xml"),
        ("x", "text/plain, text/html"),
        ("x", "text"),
        ("x", "/html"),
    ],
)
async def test_rule_markup_is_refused_by_extension_and_by_type(
    files: LocalApp, name: str, content_type: str | None
) -> None:
    by_header = await upload(files, name, content_type)
    by_body = await upload_as_json(files, name, _ContentType=content_type or "")

    for refused in (by_header, by_body):
        assert (refused.status_code, refused.json()["code"]) == (400, 130)


@pytest.mark.parametrize("claimed", ["text/html", "image/svg+xml", "application/xhtml+xml"])
async def test_rule_a_file_is_served_by_its_extension_not_by_a_claim(
    files: LocalApp, claimed: str
) -> None:
    for name, served in (("x.txt", "text/plain; charset=utf-8"), ("y.png", "image/png")):
        assert (await upload(files, name, claimed)).status_code == 201
        answer = await files.client.get(f"{URL}/files/app/{name}")
        assert answer.headers["Content-Type"] == served


@pytest.mark.parametrize("claimed", ["image/png", "IMAGE/PNG; charset=x"])
async def test_rule_a_claimed_type_counts_for_a_name_without_an_extension_alone(
    files: LocalApp, claimed: str
) -> None:
    stored = {"x": "x.png", "y.": "y.png", "z.txt": "z.txt", "z.unknown": "z.unknown"}
    types = {"png": "image/png", "txt": "text/plain; charset=utf-8"}
    for name, whole in stored.items():
        for answer in (
            await upload(files, name, claimed),
            await upload_as_json(files, name, _ContentType=claimed),
        ):
            assert answer.json()["name"] == whole
        shown = await files.client.get(f"{URL}/files/app/{whole}")
        kind = whole.rpartition(".")[2]
        assert shown.headers["Content-Type"] == types.get(kind, "application/octet-stream")


async def test_rule_nothing_is_sniffed_and_the_unknown_is_bytes(files: LocalApp) -> None:
    for name, served in (("x.unknown", "application/octet-stream"), ("x.js", "text/javascript")):
        await upload(files, name)
        for method in ("GET", "HEAD"):
            answer = await files.client.request(method, f"{URL}/files/app/{name}")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Type"].startswith(served)


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.xml", "x.xhtml", "x.js", "x.rdf"])
async def test_rule_markup_that_is_allowed_does_not_run_in_the_app_s_origin(name: str) -> None:
    options = {**OPEN, "fileUpload": {"enableForPublic": True, "fileExtensions": ["*"]}}
    async with local_app(**options) as app:
        assert (await upload(app, name)).status_code == 201
        for headers in ({}, {"Range": "bytes=0-5"}):
            answer = await app.client.get(f"{URL}/files/app/{name}", headers=headers)
            policy = answer.headers["Content-Security-Policy"].split("; ")
            assert {"sandbox", "default-src 'none'"} <= set(policy)


@pytest.mark.parametrize(
    "name",
    [
        *("..%2Fx.txt", "a%2Fb.txt", "a%5Cb.txt", "%2E%2E", ".htaccess", "a%00.txt", "a%0A.txt"),
        *("x.txt%00.html", "x.txt%0D%0AX-Evil:1", "x.html%20", "x%C2%AD.txt"),
        *("%252e%252e%252fx", "x" * 129),
    ],
)
async def test_rule_names_are_names(files: LocalApp, name: str) -> None:
    answer = await upload(files, name, "image/png")

    assert answer.status_code == 400
    assert answer.json().get("code", 122) in (122, 130)


CLIMBING: Final = [
    *("..%2Fsecret.txt", "..%2F..%2Fsecret.txt", "%2e%2e%2fsecret.txt", "..%5Csecret.txt"),
    *("%252e%252e%252fsecret.txt", "d%2F..%2F..%2Fsecret.txt", "....%2F%2Fsecret.txt"),
    *("%2Fetc%2Fpasswd", "secret.txt%00.png", "secret.txt%0A", "index.sqlite", "..%2Fapp.sqlite"),
    *("%c0%ae%c0%ae%2fsecret.txt", "C:%5Csecret.txt", "file:%2F%2F%2Fetc%2Fpasswd", "~%2Fsecret"),
]


@pytest.mark.parametrize("adapter", [{}, {"filesAdapter": "@parse/fs-files-adapter"}])
async def test_rule_no_name_leads_out_of_the_store(
    adapter: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    async with local_app(**OPEN, **adapter, databaseURI=uri) as app:
        await upload(app, "x.txt")
        for name in CLIMBING:
            for path in (f"app/{name}", f"app/metadata/{name}", name):
                for method in ("GET", "HEAD", "DELETE"):
                    answer = await app.send(method, f"/files/{path}", master=True)
                    assert answer.status_code < 500
                    assert answer.content in (b"", b"{}", b"File not found.") or answer.is_error
            stored = await app.send("POST", f"/files/{name}", {"x": 1}, master=True)
            assert stored.status_code == 400 or stored.json()["name"] == name == "index.sqlite"
        assert secret.read_text() == "secret"
        assert (await app.client.get(f"{URL}/files/app/x.txt")).content == SCRIPT


async def test_rule_a_trailing_dot_does_not_hide_an_extension(files: LocalApp) -> None:
    answer = await upload(files, "x.html.", "application/x-nothing")

    assert (answer.status_code, answer.json()["code"]) == (400, 122)


@pytest.mark.parametrize("directory", ["d", "../d", "/etc", "metadata", 5, None, ["d"]])
async def test_rule_only_the_master_key_names_a_directory(
    files: LocalApp, directory: object
) -> None:
    answer = await upload_as_json(files, "x.txt", fileData={"directory": directory})

    assert answer.json()["code"] == 119


@pytest.mark.parametrize("part", ["metadata", "tags"])
async def test_rule_descriptions_hold_no_denied_keyword(files: LocalApp, part: str) -> None:
    for denied in ({"_bsontype": "Code"}, {"a": [{"constructor": 1}]}):
        answer = await upload_as_json(files, "x.txt", fileData={part: denied})
        assert answer.json()["code"] == 105
        streamed = await files.client.post(
            f"{URL}/files/x.txt",
            content=b"x",
            headers={
                **APP,
                "X-Parse-Upload-Mode": "stream",
                f"X-Parse-File-{part.capitalize()}": '{"_bsontype": "Code"}',
            },
        )
        assert streamed.json()["code"] == 105
    assert (await files.client.get(f"{URL}/files/app/x.txt")).status_code == 404


async def test_rule_no_address_is_ever_fetched(files: LocalApp) -> None:
    asked = asyncio.Event()

    async def notice(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    async with await asyncio.start_server(notice, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x.txt"
        source = {"format": "uri", "uri": address}
        await upload_as_json(files, "x.txt", uri=address, _source=source, base64="")
        file = {"__type": "File", "name": "x.txt", "url": address}
        game = await files.create("Game", {"file": file})
        shown = await files.ok("GET", f"/classes/Game/{game}")

    assert shown["file"]["url"] == f"{URL}/files/app/x.txt"
    assert not asked.is_set()


@pytest.mark.parametrize("path", ["x.txt", "metadata/x.txt"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=0-1"}, {"If-None-Match": "*"}])
async def test_rule_every_way_to_read_meets_the_same_rules(
    path: str, method: str, headers: dict[str, str]
) -> None:
    closed = {"enableForPublic": False, "enableForAnonymousUser": False}
    async with local_app(**OPEN, fileDownload=closed) as app:
        await upload_as_json(app, "x.txt", fileData={"metadata": {"secret": 1}})
        anonymous = (await app.sign_up()).token
        for who in ({}, {"X-Parse-Session-Token": anonymous}, {"X-Parse-Master-Key": "wrong"}):
            answer = await app.client.request(
                method, f"{URL}/files/app/{path}", headers={**headers, **who}
            )
            assert answer.status_code in (400, 403)
            assert b"script" not in answer.content
            assert b"secret" not in answer.content


async def test_rule_a_token_that_is_none_is_not_nobody(files: LocalApp) -> None:
    await upload(files, "x.txt")
    headers = {"X-Parse-Session-Token": "r:unknown"}

    answer = await files.client.get(f"{URL}/files/app/x.txt", headers=headers)

    assert answer.json()["code"] == 209


async def test_rule_the_read_only_key_changes_no_file(files: LocalApp) -> None:
    await upload(files, "x.txt")
    keys = {**APP, "X-Parse-Master-Key": READ_ONLY_KEY}

    created = await files.client.post(f"{URL}/files/y.txt", content=b"x", headers=keys)
    larger = await files.client.post(
        f"{URL}/files/y.txt",
        content=b"x",
        headers={**keys, "X-Parse-File-Max-Upload-Size": "1gb"},
    )
    deleted = await files.client.delete(f"{URL}/files/x.txt", headers=keys)

    assert [answer.status_code for answer in (created, larger, deleted)] == [403] * 3
    assert (await files.client.get(f"{URL}/files/app/x.txt")).status_code == 200


async def test_rule_only_the_master_key_lifts_the_size_limit() -> None:
    async with local_app(**OPEN, maxUploadSize="4b") as app:
        for keys, status in ((APP, 403), ({**APP, "X-Parse-Master-Key": MASTER_KEY}, 201)):
            lifted = {**keys, "X-Parse-File-Max-Upload-Size": "1kb"}
            answer = await app.client.post(f"{URL}/files/x.txt", content=b"12345", headers=lifted)
            assert answer.status_code == status


async def test_rule_what_is_of_another_type_is_no_credential(files: LocalApp) -> None:
    for field in ("_SessionToken", "_MasterKey", "_InstallationId", "base64", "_ContentType"):
        answer = await upload_as_json(files, "x.txt", **{field: {"$ne": None}})
        assert (answer.status_code, answer.json()) == (403, {"error": "unauthorized"})


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.text(min_size=1, max_size=40),
    wanted=st.one_of(st.none(), st.text(alphabet="bytes=-,0123456789x ", max_size=30)),
    method=st.sampled_from(["GET", "HEAD", "DELETE", "POST", "PUT"]),
)
async def test_rule_odd_names_and_ranges_are_never_a_failure_of_the_server(
    app: LocalApp, name: str, wanted: str | None, method: str
) -> None:
    path = "".join(f"%{byte:02x}" for byte in name.encode("utf-8", "surrogatepass"))
    headers = {**APP, "X-Parse-Master-Key": MASTER_KEY}
    if wanted is not None:
        headers["Range"] = wanted
    place = path if method in ("POST", "DELETE") else f"app/{path}"

    answer = await app.client.request(method, f"{URL}/files/{place}", content=b"x", headers=headers)

    assert answer.status_code < 500
