"""Requests that cloud code makes."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from parsepy import cloud
from parsepy.cloud.http_client import HTTPError, Response
from parsepy.types import JSONValue
from tests.support.deaf_server import DeafServer
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Site:
    """A server with `pages`: path (without its query) → status, headers, body."""

    url: str = ""
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(pages: dict[str, tuple[int, dict[str, str], bytes]] | None = None) -> Iterator[Site]:
    site = Site(pages=pages or {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append(Asked(self.command, self.path, headers, body))
            status, sent, content = site.pages.get(self.path.partition("?")[0], (200, {}, b"{}"))
            self.send_response(status)
            for name, value in sent.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_request(self, code: object = "-", size: object = "-") -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def other() -> Iterator[Site]:
    with serving() as site:
        yield site


async def test_an_answer_is_read(parse: LocalApp, site: Site) -> None:
    body = {"degrees": 4.5, "name": "Ålesund"}
    site.pages["/weather"] = (201, {"X-Own": "x"}, json.dumps(body).encode())

    with parse.app.cloud_code():
        answer = await cloud.http.get(f"{site.url}/weather")

    assert (answer.status, answer.ok, answer.headers["x-own"]) == (201, True, "x")
    assert answer.json() == body
    assert json.loads(answer.text) == body
    assert answer.raise_for_status() is answer
    assert answer.url == f"{site.url}/weather"


async def test_parameters_are_added_to_the_address(parse: LocalApp, site: Site) -> None:
    with parse.app.cloud_code():
        await cloud.http.get(
            f"{site.url}/a?x=1#part",
            params={"q": "ä &", "n": 2, "b": True, "no": None, "l": [1, 2]},
        )
        await cloud.http.get(f"{site.url}/a", params="?x=1&y=2")
        await cloud.http.get(f"{site.url}/a", params={})

    assert [asked.path for asked in site.asked] == [
        "/a?x=1&q=%C3%A4+%26&n=2&b=true&l=1&l=2",
        "/a?x=1&y=2",
        "/a",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "sent"),
    [
        ({"json": {"a": [1, "ä"]}}, "application/json", '{"a":[1,"ä"]}'.encode()),
        ({"form": {"a": "b c", "n": 1}}, "application/x-www-form-urlencoded", b"a=b+c&n=1"),
        ({"form": "a=b"}, "application/x-www-form-urlencoded", b"a=b"),
        ({"content": "ä"}, None, "ä".encode()),
        ({"content": b"\x00"}, None, b"\x00"),
        ({}, None, b""),
        ({"json": 1, "headers": {"content-type": "text/x"}}, "text/x", b"1"),
    ],
)
async def test_a_body_is_sent(
    parse: LocalApp, site: Site, body: dict[str, Any], content_type: str | None, sent: bytes
) -> None:
    with parse.app.cloud_code():
        await cloud.http.post(f"{site.url}/a", **body)

    [asked] = site.asked
    assert (asked.method, asked.body) == ("POST", sent)
    assert asked.headers.get("content-type") == content_type


async def test_headers_that_are_none_are_left_out(parse: LocalApp, site: Site) -> None:
    with parse.app.cloud_code():
        await cloud.http.request("put", f"{site.url}/a", headers={"X-A": "1", "X-B": None})

    [asked] = site.asked
    assert (asked.method, asked.headers["x-a"]) == ("PUT", "1")
    assert "x-b" not in asked.headers


async def test_a_request_has_one_body(parse: LocalApp) -> None:
    with parse.app.cloud_code(), pytest.raises(ValueError, match="one body"):
        await cloud.http.post("http://127.0.0.1:1/", json={}, content="x")


async def test_an_error_is_an_answer_until_it_is_asked_for(parse: LocalApp, site: Site) -> None:
    site.pages["/secret"] = (404, {}, b"gone")

    with parse.app.cloud_code():
        answer = await cloud.http.get(f"{site.url}/secret?token=t")

    assert (answer.status, answer.ok, answer.text) == (404, False, "gone")
    with pytest.raises(HTTPError) as caught:
        answer.raise_for_status()
    assert caught.value.response is answer
    assert str(caught.value) == "127.0.0.1 answered with status 404."


async def test_no_json_is_an_error(parse: LocalApp, site: Site) -> None:
    site.pages["/a"] = (200, {}, b"<html>")

    with parse.app.cloud_code():
        answer = await cloud.http.get(f"{site.url}/a")

    with pytest.raises(ValueError, match="JSON"):
        answer.json()


@pytest.mark.parametrize(
    ("content_type", "content", "text"),
    [
        ("text/plain", "ä".encode(), "ä"),
        ("text/plain; charset=latin-1", b"\xe4", "ä"),
        ('text/plain; x=y; charset="ISO-8859-1"', b"\xe4", "ä"),
        ("text/plain; charset=none", "ä".encode(), "ä"),
        ("text/plain; charset=hex", b"61", "61"),
        ("text/plain", b"\xff", "\N{REPLACEMENT CHARACTER}"),
        ("", b"a", "a"),
    ],
)
def test_texts_are_in_the_encoding_that_the_answer_names(
    content_type: str, content: bytes, text: str
) -> None:
    assert Response(200, {"content-type": content_type}, content, "").text == text


async def test_a_redirect_is_an_answer_unless_it_is_to_be_followed(
    parse: LocalApp, site: Site
) -> None:
    site.pages["/a"] = (302, {"Location": "/b"}, b"")
    site.pages["/b"] = (200, {}, b"here")

    with parse.app.cloud_code():
        first = await cloud.http.get(f"{site.url}/a")
        second = await cloud.http.get(f"{site.url}/a", follow_redirects=True)

    assert (first.status, first.headers["location"]) == (302, "/b")
    assert (second.status, second.text, second.url) == (200, "here", f"{site.url}/b")


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "PUT", "GET"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
    ],
)
async def test_what_a_redirect_makes_of_a_request(
    parse: LocalApp, site: Site, status: int, method: str, then: str
) -> None:
    site.pages["/a"] = (status, {"Location": f"{site.url}/b"}, b"")
    body: JSONValue = {"a": 1}

    with parse.app.cloud_code():
        await cloud.http.request(method, f"{site.url}/a", json=body, follow_redirects=True)

    _, asked = site.asked
    assert (asked.method, asked.path) == (then, "/b")
    assert (asked.body, asked.headers.get("content-type")) == (
        (b"", None) if then == "GET" else (b'{"a":1}', "application/json")
    )


async def test_credentials_do_not_go_to_another_host(
    parse: LocalApp, site: Site, other: Site
) -> None:
    site.pages["/here"] = (302, {"Location": "/b"}, b"")
    site.pages["/away"] = (302, {"Location": f"{other.url}/b"}, b"")
    headers = {"Authorization": "a", "Cookie": "c", "X-Parse-Master-Key": "m", "X-Own": "x"}

    with parse.app.cloud_code():
        for path in ("/here", "/away"):
            await cloud.http.get(site.url + path, headers=headers, follow_redirects=True)

    assert {name.lower() for name in headers} <= site.asked[1].headers.keys()
    [asked] = other.asked
    assert {name.lower() for name in headers} & asked.headers.keys() == {"x-own"}


async def test_redirects_without_end_are_given_up(parse: LocalApp, site: Site) -> None:
    site.pages["/a"] = (302, {"Location": "/a"}, b"")

    with parse.app.cloud_code(), pytest.raises(HTTPError, match="redirects too often"):
        await cloud.http.get(f"{site.url}/a", follow_redirects=True)

    assert len(site.asked) == 11


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://[", "//"])
async def test_redirects_that_lead_nowhere_are_errors(
    parse: LocalApp, site: Site, location: str
) -> None:
    site.pages["/a"] = (302, {"Location": location}, b"")

    with parse.app.cloud_code(), pytest.raises(HTTPError):
        await cloud.http.get(f"{site.url}/a", follow_redirects=True)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("ftp://example.org/a", "Unsupported protocol ftp:"),
        ("file:///etc/passwd", "Unsupported protocol file:"),
        ("", "Unsupported protocol :"),
        ("http://[", "no address"),
        ("http://127.0.0.1:1/a?token=t", "127.0.0.1 did not answer"),
    ],
)
async def test_addresses_where_nobody_is(parse: LocalApp, url: str, text: str) -> None:
    with parse.app.cloud_code(), pytest.raises(HTTPError) as caught:
        await cloud.http.get(url)

    assert text in str(caught.value)
    assert "token" not in str(caught.value)


async def test_who_does_not_answer_in_time_is_given_up(parse: LocalApp) -> None:
    late = pytest.raises(HTTPError, match=r"127\.0\.0\.1")
    with DeafServer() as deaf, parse.app.cloud_code(), late:
        await cloud.http.get(f"http://127.0.0.1:{deaf.port}/", timeout=0.1)


async def test_private_addresses_may_be_closed(site: Site) -> None:
    async with local_app(cloudCode={"allowPrivateAddresses": False}) as parse:
        with parse.app.cloud_code():
            for host in ("127.0.0.1", "localhost"):
                url = site.url.replace("127.0.0.1", host)
                with pytest.raises(HTTPError, match="no public address"):
                    await cloud.http.get(url)

    assert site.asked == []


async def test_a_plain_function_waits_for_an_answer(parse: LocalApp, site: Site) -> None:
    @parse.app.registry.function("weather")
    def weather(_: cloud.FunctionRequest) -> object:
        return cloud.wait(cloud.http.get(f"{site.url}/a")).json()

    assert await parse.ok("POST", "/functions/weather", {}) == {"result": {}}


async def test_outside_of_cloud_code_there_is_no_client() -> None:
    with pytest.raises(RuntimeError, match="only inside cloud code"):
        await cloud.http.get("http://127.0.0.1:1/")
