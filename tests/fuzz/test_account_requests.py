"""Whatever is sent to the routes and pages of accounts: an answer in order, nothing changed by
what was refused, and nobody's password, address or session without a right to it.

`PARSEPY_FUZZ_EXAMPLES` sets how many requests are tried on each store.
"""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final, cast

import pytest
from hypothesis import given

from parsepy.types import JSONObject
from tests.fuzz import data
from tests.fuzz.page_requests import MARKUP, page_requests
from tests.fuzz.raw_request import RawAnswer, RawRequest, send
from tests.fuzz.requests import ACCOUNT_ROUTES, requests
from tests.fuzz.test_arbitrary_requests import (
    arbitrary,
    check_all_is_readable,
    check_answer,
)
from tests.fuzz.world import World, new_app
from tests.support.asgi import running_lifespan

pytestmark = pytest.mark.anyio

_STORES: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "sqlite": ("sqlite::memory:", data.OPEN),
    "sqlite-guarded": ("sqlite::memory:", data.GUARDED),
    "mongodb-guarded": ("mongodb", data.GUARDED),
}
_COUNTED: Final = ("_failed_login_count", "_account_lockout_expires_at")
_WRITERS: Final = (*(data.SESSION_TOKEN, data.MASTER_KEY, data.MAINTENANCE_KEY, data.RESET_TOKEN),)
_READERS: Final[Mapping[str, tuple[str, ...]]] = {
    data.RESET_TOKEN: (data.MAINTENANCE_KEY,),
    data.VERIFY_TOKEN: (data.MAINTENANCE_KEY,),
    data.SESSION_TOKEN: (data.MASTER_KEY,),
}
"""Who may be told a secret that he has not sent himself."""
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


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
@given(request=requests(ACCOUNT_ROUTES))
async def test_any_request_about_accounts_gets_an_answer_in_order_and_makes_no_half_change(
    world: World, request: RawRequest
) -> None:
    answer = await send(world.app, request)

    check_answer(request, answer)
    check_secrets(request, answer)
    after = await world.look()
    if answer.status >= 400:
        assert without_counts(after) == without_counts(world.known)
    else:
        check_passwords(world, after, request)
        if after != world.known:
            await check_all_is_readable(world)
    if after != world.known:
        await world.restore()


@arbitrary
@given(request=page_requests())
async def test_any_visit_of_a_page_gets_an_answer_in_order_and_proves_what_it_changes(
    world: World, request: RawRequest
) -> None:
    answer = await send(world.app, request)

    check_page(answer)
    check_secrets(request, answer)
    after = await world.look()
    if answer.status >= 400:
        assert after == world.known
    if after != world.known:
        check_passwords(world, after, request)
        if user_of(after)["emailVerified"] is True:
            assert data.VERIFY_TOKEN.encode() in everything_in(request)
        await world.restore()


def check_page(answer: RawAnswer) -> None:
    """A page, an answer to a script, or the way to a page of this server."""
    assert 200 <= answer.status < 500
    for name, value in answer.headers.items():
        assert not _CONTROL.search(name + value), (name, value)
    if answer.headers.get(b"content-type", b"").startswith(b"text/html"):
        assert MARKUP.encode() not in answer.content
    if b"location" in answer.headers:
        assert answer.headers[b"location"].startswith(b"http://parse.test/parse/apps/")
    assert b"class Pages" not in answer.content


def check_secrets(request: RawRequest, answer: RawAnswer) -> None:
    """No answer to anybody holds a hash; tokens come back to who has them or may read them."""
    sent, got = everything_in(request), answer.content + b"".join(answer.headers.values())
    assert data.HASH.encode() not in got
    for secret, keys in _READERS.items():
        if secret.encode() in got:
            assert any(key.encode() in sent for key in (secret, *keys)), secret


def check_passwords(world: World, after: JSONObject, request: RawRequest) -> None:
    """A password changes by its user, by a key, or by the token of a mail to him."""
    if user_of(after).get("_hashed_password") != user_of(world.known)["_hashed_password"]:
        sent = everything_in(request)
        assert any(secret.encode() in sent for secret in _WRITERS)


def everything_in(request: RawRequest) -> bytes:
    return b" ".join(
        (request.query, request.body, *(value for _, value in request.headers), request.path)
    )


def user_of(stored: JSONObject) -> JSONObject:
    """Ann, whom the tokens are for; nothing when she is gone."""
    users = cast("dict[str, JSONObject]", stored["_User"])
    return users.get("user1", {"emailVerified": False})


def without_counts(stored: JSONObject) -> JSONObject:
    """A failed log-in counts, though it is refused."""
    users = cast("dict[str, JSONObject]", stored["_User"])
    kept = {
        user_id: {name: value for name, value in user.items() if name not in _COUNTED}
        for user_id, user in users.items()
    }
    return {**stored, "_User": cast("JSONObject", kept)}
