"""Files and pages as HTTP: types, caches, and what browsers are told."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[LocalApp]:
    async with local_app(
        appName="App", publicServerURL=URL, pages={"pagesPath": str(tmp_path)}
    ) as running:
        yield running


async def get(app: LocalApp, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await app.client.request(method, f"{URL}/apps/{path}", headers=sent)


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("script.js", "text/javascript; charset=utf-8"),
        ("texts.json", "application/json; charset=utf-8"),
        ("logo.svg", "image/svg+xml"),
        ("logo.png", "image/png"),
        ("font.woff2", "font/woff2"),
        ("page.htm", "text/html; charset=utf-8"),
        ("unknown.xyz", "application/octet-stream"),
        ("none", "application/octet-stream"),
    ],
)
async def test_a_file_is_sent_as_it_is_under_its_type(
    app: LocalApp, tmp_path: Path, name: str, content_type: str
) -> None:
    content = b"{{appName}}\0\xff"
    (tmp_path / name).write_bytes(content)

    answer = await get(app, name)

    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(content))


async def test_a_client_that_has_the_file_gets_it_once(app: LocalApp, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    tag = (await get(app, "a.css")).headers["ETag"]

    again = await get(app, "a.css", If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "public, no-cache"

    (tmp_path / "a.css").write_text("other")
    assert (await get(app, "a.css", If_None_Match=tag)).text == "other"


async def test_a_large_file_comes_whole(app: LocalApp, tmp_path: Path) -> None:
    content = bytes(range(256)) * 1000
    (tmp_path / "film.mp4").write_bytes(content)

    assert (await get(app, "film.mp4")).content == content


@pytest.mark.parametrize("name", ["a.css", "a.html"])
async def test_a_head_is_a_get_without_its_body(app: LocalApp, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text")

    answer, whole = await get(app, name, "HEAD"), await get(app, name)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers == whole.headers


async def test_a_page_is_no_ones_but_its_readers(app: LocalApp, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("text")
    for path in ("a.html", "missing.html", "missing.css"):
        answer = await get(app, path)

        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "ETag" not in answer.headers


async def test_a_redirect_is_as_private(app: LocalApp) -> None:
    answer = await get(app, "app/request_password_reset", "POST")

    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_what_is_not_there_is_not_found(app: LocalApp) -> None:
    answer = await get(app, "missing.html")

    assert (answer.status_code, answer.text) == (404, "Not found.")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_pages_may_be_asked_for_from_other_origins(app: LocalApp) -> None:
    answer = await get(app, "missing.html", Origin="https://example.com")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_template_that_is_no_utf_8_is_shown_all_the_same(
    app: LocalApp, tmp_path: Path
) -> None:
    (tmp_path / "a.html").write_bytes(b"K\xfchne {{appName}}")

    assert (await get(app, "a.html")).text == "K\ufffdhne App"
