"""Whatever is sent to the routes of files: an answer in order, and what was refused stored nothing.

`PARSEPY_FUZZ_EXAMPLES` sets how many requests are tried on each store.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings

from parsepy.app import ParseApp
from parsepy.protocol import json
from tests.fuzz.file_requests import MOUNT, file_requests
from tests.fuzz.raw_request import RawAnswer, RawRequest, send
from tests.fuzz.test_arbitrary_requests import EXAMPLES, MASTER, arbitrary, check_error
from tests.fuzz.world import new_app
from tests.support.asgi import running_lifespan

pytestmark = pytest.mark.anyio

OPEN = {"fileUpload": {"enableForPublic": True}, "preserveFileName": True}
KEPT = b"hello files"


@pytest.fixture(params=["sqlite", "mongodb"])
async def app(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ParseApp]:
    """Holds one file."""
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    made = new_app(uri, OPEN)
    async with running_lifespan(made):
        await _keep(made)
        yield made


@settings(arbitrary, max_examples=EXAMPLES // 4)
@given(request=file_requests())
async def test_any_request_gets_an_answer_in_order_and_stores_nothing_unless_it_says_so(
    app: ParseApp, request: RawRequest
) -> None:
    before = await _versions(app)

    answer = await send(app, request)

    _check_answer(request, answer)
    after = await _versions(app)
    if answer.status == 201:
        assert not request.breaks_off
        await _check_created(app, answer)
    elif request.method != "DELETE" or answer.status != 200:
        assert after == before
    assert [left async for left in app.parts.files.leftovers(_soon())] == []
    if "kept.txt" not in after or after["kept.txt"] != before["kept.txt"]:
        await _keep(app)


def _check_answer(request: RawRequest, answer: RawAnswer) -> None:
    assert 200 <= answer.status < 500
    assert not any(set(value) & set(b"\r\n\0") for value in answer.headers.values())
    if request.method in ("HEAD", "OPTIONS") or answer.status in (304, 416):
        return
    if answer.status != 200 or not request.breaks_off:
        assert int(answer.headers[b"content-length"]) == len(answer.content)
    if answer.headers[b"content-type"].startswith(b"application/json") and answer.status >= 400:
        check_error(answer.value)
        return
    if b"/metadata/" not in request.path and request.method == "GET" and answer.status != 404:
        assert answer.headers[b"x-content-type-options"] == b"nosniff"


async def _check_created(app: ParseApp, answer: RawAnswer) -> None:
    """What was said to be stored is there, under a name that climbs nowhere."""
    created = json.loads(answer.content)
    assert isinstance(created, dict)
    name, url = str(created["name"]), str(created["url"])
    assert not set(name) & set("\\%\0\n")
    assert ".." not in name.split("/")
    path = url.removeprefix("http://parse.test").encode()
    read = await send(app, RawRequest("GET", path))
    assert read.status == 200
    assert b"html" not in read.headers[b"content-type"] or _is_masters(name)
    assert read.headers[b"x-content-type-options"] == b"nosniff"


def _is_masters(name: str) -> bool:
    """The master key may upload markup; it is served in a sandbox."""
    return name.lower().endswith((".html", ".svg"))


async def _keep(app: ParseApp) -> None:
    headers = (*MASTER, (b"content-type", b"text/plain"))
    made = await send(app, RawRequest("POST", MOUNT + b"/kept.txt", b"", headers, KEPT))
    assert made.status == 201


async def _versions(app: ParseApp) -> dict[str, str]:
    return {file.name: file.version async for file in app.parts.files.stored()}


def _soon() -> datetime:
    """All that is left over was left before."""
    return datetime.now(UTC) + timedelta(days=1)
