"""Files that somebody has uploaded, opened in a browser: no script of theirs acts for the app."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from parsepy.types import JSONMapping
from tests.browser.live_pages import serving
from tests.browser.webdriver import Browser, running_browser
from tests.support.parsepy_server import RunningParsepy, running_parsepy

OPTIONS: Final[JSONMapping] = {
    "preserveFileName": True,
    "fileUpload": {"enableForPublic": True, "fileExtensions": ["*"]},
}
SCRIPT: Final = (
    "document.documentElement.setAttribute('ran', 'yes');"
    "try { localStorage.setItem('ran', 'yes') } catch (refused) {}"
)
HTML: Final = (
    f"<!doctype html><title>x</title><p id='p'>text</p><script>{SCRIPT}</script>"
    f'<img src="none.png" onerror="{SCRIPT}">'
    '<form action="/parse/files/sent.txt" method="post"><button>send</button></form>'
)
SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" id="p" width="9" height="9">'
    f"<script>{SCRIPT}</script><rect width='9' height='9' onload=\"{SCRIPT}\"/></svg>"
)
XHTML: Final = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
    f'<body><p id="p">text</p><script>{SCRIPT}</script></body></html>'
)
XML: Final = f'<r xmlns:h="http://www.w3.org/1999/xhtml" id="p"><h:script>{SCRIPT}</h:script></r>'

MARKUP: Final = {
    "a.html": HTML,
    "a.HTM": HTML,
    "a.shtml": HTML,
    "a.svg": SVG,
    "a.xhtml": XHTML,
    "a.xht": XHTML,
    "a.xml": XML,
}
SHOWN: Final = {"a.txt": "text/plain", "a.js": "text/javascript", "a": "text/plain"}
"""Files that hold a page and are none, and what a browser takes them for."""

LOOK: Final = "return [self.origin, document.documentElement.getAttribute('ran')]"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningParsepy]:
    folder = tmp_path_factory.mktemp("files")
    with running_parsepy(f"sqlite:///{folder}/app.sqlite", folder, OPTIONS) as running:
        for name, content in MARKUP.items():
            _upload(running, name, content, "image/png")
        for name, kind in SHOWN.items():
            _upload(running, name, HTML, "text/html" if "." in name else kind)
        yield running


@pytest.fixture(scope="module")
def page(driver: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(driver, tmp_path_factory.mktemp("profile"), scripts=True) as browser:
        yield browser


def _upload(server: RunningParsepy, name: str, content: str, content_type: str) -> None:
    answer = httpx.post(
        f"{server.url}/files/{name}",
        content=content.encode(),
        headers={
            "X-Parse-Application-Id": server.keys.app_id,
            "X-Parse-REST-API-Key": server.keys.rest_key,
            "Content-Type": content_type,
        },
    )
    answer.raise_for_status()


def _address(server: RunningParsepy, name: str) -> str:
    """Of what was stored: a name without an extension has got one."""
    name = name if "." in name else f"{name}.txt"
    return f"{server.url}/files/{server.keys.app_id}/{name}"


def test_the_same_page_from_anywhere_else_runs(page: Browser, tmp_path: Path) -> None:
    """Or the tests below would see nothing, whatever happened."""
    (tmp_path / "a.html").write_text(HTML)
    with serving(tmp_path) as address:
        page.open(f"{address}/a.html")
        assert page.run(LOOK) == [address, "yes"]


@pytest.mark.parametrize("name", MARKUP)
def test_markup_runs_no_script_and_belongs_to_no_origin(
    name: str, server: RunningParsepy, page: Browser
) -> None:
    page.open(_address(server, name))

    # The driver asks from outside of the page, which may run nothing.
    assert page.url == _address(server, name)
    assert page.run("return document.getElementById('p') !== null")
    assert page.run(LOOK) == ["null", None]
    for kept in ("localStorage", "document.cookie"):
        reached = f"try {{ {kept}; return 'reached' }} catch (refused) {{ return refused.name }}"
        assert page.run(reached) == "SecurityError"


def test_markup_sends_no_form(server: RunningParsepy, page: Browser) -> None:
    page.open(_address(server, "a.html"))

    page.find("button").click()

    page.wait_until(lambda: any("form" in said for said in page.complaints()), "a refusal")
    assert page.url == _address(server, "a.html")


def test_markup_in_a_frame_of_the_app_is_a_stranger_there(
    server: RunningParsepy, page: Browser
) -> None:
    page.open(f"{server.url}/health")
    page.run(
        "const frame = document.createElement('iframe');"
        "frame.src = arguments[0];"
        "frame.onload = () => { document.title = String(frame.contentDocument) };"
        "document.body.append(frame)",
        _address(server, "a.html"),
    )

    page.wait_until(lambda: page.run("return document.title") == "null", "a frame out of reach")
    assert page.run("return localStorage.getItem('ran')") is None


@pytest.mark.parametrize("name", SHOWN)
def test_a_page_under_another_name_is_no_page(
    name: str, server: RunningParsepy, page: Browser
) -> None:
    page.open(_address(server, name))

    assert page.run("return document.contentType") == SHOWN[name]
    assert page.text.startswith("<!doctype html>")
    assert page.run("return document.documentElement.getAttribute('ran')") is None
