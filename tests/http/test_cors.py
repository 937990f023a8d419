"""The headers that let a browser's script read an answer."""

import pytest

from parsepy.http.cors import Cors
from parsepy.options.load import load_options
from tests.support.local_app import OPTIONS, URL, LocalApp, local_app


def _headers(origin: bytes | None, **options: object) -> dict[bytes, bytes]:
    return dict(Cors(load_options({**OPTIONS, **options}).options).headers(origin))


@pytest.mark.parametrize(
    ("allowed", "origin", "answered"),
    [
        (None, None, b"*"),
        (None, b"http://a.test", b"*"),
        ("*", b"http://a.test", b"*"),
        ("http://a.test", None, b"http://a.test"),
        ("http://a.test", b"http://b.test", b"http://a.test"),
        (["http://a.test", "http://b.test"], b"http://b.test", b"http://b.test"),
        (["http://a.test", "http://b.test"], b"http://c.test", b"http://a.test"),
        (["http://a.test", "http://b.test"], b"http://B.test", b"http://a.test"),
        (["http://a.test", "http://b.test"], b"http://b.test.evil", b"http://a.test"),
        (["http://a.test"], b"null", b"http://a.test"),
    ],
)
def test_an_origin_is_echoed_only_when_it_is_listed(
    allowed: object, origin: bytes | None, answered: bytes
) -> None:
    assert _headers(origin, allowOrigin=allowed)[b"Access-Control-Allow-Origin"] == answered


def test_headers_of_the_app_are_allowed_beside_those_of_sdks() -> None:
    allowed = _headers(None, allowHeaders=["X-Mine"])[b"Access-Control-Allow-Headers"].split(b", ")

    assert allowed[-1] == b"X-Mine"
    assert {b"X-Parse-Session-Token", b"X-Parse-Cloud-Context", b"Content-Type"} <= set(allowed)


def test_the_dashboard_s_imports_may_send_the_maintenance_key() -> None:
    allowed = _headers(None)[b"Access-Control-Allow-Headers"].split(b", ")

    assert b"X-Parse-Maintenance-Key" in allowed


def test_a_script_may_not_send_its_cookies() -> None:
    assert b"Access-Control-Allow-Credentials" not in _headers(b"http://a.test")


def test_one_request_s_headers_do_not_grow_into_another_s() -> None:
    cors = Cors(load_options(OPTIONS).options)

    first = [*cors.headers(b"x"), (b"More", b"1")]

    assert len(cors.headers(b"x")) == len(first) - 1


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/classes/Game", "/nowhere", "/health", ""])
async def test_a_preflight_needs_no_key(parse: LocalApp, path: str) -> None:
    answer = await parse.client.options(f"{URL}{path}", headers={"Origin": "http://a.test"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.anyio
async def test_refusals_can_be_read_by_scripts_too() -> None:
    async with local_app(allowOrigin="http://a.test") as parse:
        answers = [
            await parse.client.get(f"{URL}/classes/Game"),
            await parse.send("GET", "/classes/Game/nothing"),
            await parse.send("GET", "/nowhere"),
            await parse.send("GET", "/health"),
        ]

    origins = [answer.headers["Access-Control-Allow-Origin"] for answer in answers]
    assert [answer.status_code for answer in answers] == [403, 404, 404, 200]
    assert origins == ["http://a.test"] * 4
