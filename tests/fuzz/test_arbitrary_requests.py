"""Whatever is sent, to whatever route, by whomever: an answer in order, and no half-made change.

`PARSEPY_FUZZ_EXAMPLES` sets how many requests are tried on each store.
"""

import os
from collections.abc import AsyncIterator, Mapping
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings

from parsepy.errors import Code
from parsepy.types import JSONValue
from tests.fuzz.data import APP_ID, MASTER_KEY, OPEN, STRICT
from tests.fuzz.raw_request import RawAnswer, RawRequest, send
from tests.fuzz.requests import MOUNT, requests
from tests.fuzz.world import World, new_app
from tests.support.asgi import running_lifespan

pytestmark = pytest.mark.anyio

EXAMPLES: Final = int(os.environ.get("PARSEPY_FUZZ_EXAMPLES", "500"))
_STORES: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "sqlite": ("sqlite::memory:", OPEN),
    "sqlite-strict": ("sqlite::memory:", STRICT),
    "mongodb": ("mongodb", OPEN),
}

MASTER: Final = (
    (b"x-parse-application-id", APP_ID.encode()),
    (b"x-parse-master-key", MASTER_KEY.encode()),
)

arbitrary = settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    # Each example leaves the store as it found it.
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


@pytest.fixture(params=_STORES)
async def world(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    uri, options = _STORES[request.param]
    if uri == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    monkeypatch.setattr("parsepy.users.passwords.COST", 4)
    app = new_app(uri, options)
    async with running_lifespan(app):
        found = World(app)
        await found.fill()
        yield found


@arbitrary
@given(request=requests())
async def test_any_request_gets_an_answer_in_order_and_makes_no_half_change(
    world: World, request: RawRequest
) -> None:
    answer = await send(world.app, request)

    check_answer(request, answer)
    if answer.status >= 400 or is_all_refused(answer):
        assert await world.look() == world.known
    elif await world.look() != world.known:
        await check_all_is_readable(world)
        await world.restore()


def check_answer(request: RawRequest, answer: RawAnswer) -> None:
    assert 200 <= answer.status < 500
    if request.method == "OPTIONS":
        return
    if request.method == "HEAD" or answer.status == 304:
        assert answer.content == b""
        return
    assert answer.headers[b"content-type"] == b"application/json; charset=utf-8"
    assert int(answer.headers[b"content-length"]) == len(answer.content)
    value = answer.value
    assert isinstance(value, dict | list)
    if answer.status >= 400:
        check_error(value)
    for part in value if isinstance(value, list) else ():
        assert isinstance(part, dict)
        assert len(part) == 1
        if "error" in part:
            check_error(part["error"])
        else:
            assert "success" in part


async def check_all_is_readable(world: World) -> None:
    """Whatever has been stored, it must not break the listing that it is a part of."""
    for schema in world.app.parts.schemas.known():
        path = f"{MOUNT}/classes/{schema.name}".encode()
        for query in (b"include=*&limit=1000", b"count=1&order=-updatedAt,name"):
            answer = await send(world.app, RawRequest("GET", path, query, MASTER))
            assert answer.status == 200, (schema.name, answer.content)
    answer = await send(world.app, RawRequest("GET", f"{MOUNT}/schemas".encode(), b"", MASTER))
    assert answer.status == 200, answer.content


def check_error(value: JSONValue) -> None:
    assert isinstance(value, dict)
    assert isinstance(value["error"], str)
    assert value.get("code") != Code.INTERNAL


def is_all_refused(answer: RawAnswer) -> bool:
    """Whether this is a batch of which nothing was done."""
    if not answer.content.startswith(b"["):
        return False
    value = answer.value
    return isinstance(value, list) and all(
        isinstance(part, dict) and "error" in part for part in value
    )
