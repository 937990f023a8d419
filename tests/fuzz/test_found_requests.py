"""Requests that once got a wrong answer, each with the one that is right."""

import pytest

from tests.fuzz import data
from tests.fuzz.raw_request import RawRequest, send
from tests.fuzz.world import World, new_app
from tests.support.asgi import running_lifespan

pytestmark = pytest.mark.anyio

CLIENT = ((b"x-parse-application-id", data.APP_ID.encode()),)
USER = (*CLIENT, (b"x-parse-session-token", data.SESSION_TOKEN.encode()))
MASTER = (*CLIENT, (b"x-parse-master-key", data.MASTER_KEY.encode()))
GAMES, GAME = b"/parse/classes/Game", b"/parse/classes/Game/game1"

REQUESTS: dict[str, tuple[int, RawRequest]] = {
    "a parameter without a name": (200, RawRequest("GET", GAMES, b"&&=&=1", CLIENT)),
    "a length of thousands of digits": (
        413,
        RawRequest("POST", GAMES, b"", (*CLIENT, (b"content-length", b"9" * 5_000)), b"{}"),
    ),
    "a huge integer beside a lone surrogate": (
        400,
        RawRequest("POST", GAMES, b"", CLIENT, b'{"name":"\\ud800","score":' + b"9" * 400 + b"}"),
    ),
    "an infinite number beside a lone surrogate": (
        400,
        RawRequest("POST", GAMES, b"", CLIENT, b'{"name":"\\ud800","score":1e400}'),
    ),
    "nesting beside a lone surrogate": (
        400,
        RawRequest(
            "POST", GAMES, b"", CLIENT, b'{"a":"\\ud800","b":' + b"[" * 500 + b"]" * 500 + b"}"
        ),
    ),
    "an operation named by an object": (
        400,
        RawRequest("PUT", GAME, b"", CLIENT, b'{"name":{"__op":{"a":1}}}'),
    ),
    "an update of nothing in a new class": (
        404,
        RawRequest("PUT", b"/parse/classes/New/one", b"", CLIENT, b'{"a":1}'),
    ),
    "an update of nothing with a new field": (
        404,
        RawRequest("PUT", b"/parse/classes/Game/none", b"", CLIENT, b'{"newField":1}'),
    ),
    "an update of nothing with a new relation": (
        404,
        RawRequest(
            "PUT",
            b"/parse/roles/none",
            b"",
            MASTER,
            b'{"file":{"__type":"Relation","className":"_User"}}',
        ),
    ),
    "an update out of reach with a new field": (
        404,
        RawRequest("PUT", b"/parse/classes/Game/game2", b"", CLIENT, b'{"newField":1}'),
    ),
    "an update that does not fit, with a new field": (
        400,
        RawRequest("PUT", GAME, b"", CLIENT, b'{"newField":1,"map.a.x":1}'),
    ),
    "a new field of somebody else's": (
        400,
        RawRequest("PUT", b"/parse/users/user2", b"", USER, b'{"newField":1}'),
    ),
    "a taken name with a new field": (
        400,
        RawRequest(
            "POST", b"/parse/users", b"", CLIENT, b'{"username":"ann","password":"x","newField":1}'
        ),
    ),
    "a taken id with a new field": (
        400,
        RawRequest("POST", GAMES, b"", CLIENT, b'{"objectId":"game1","newField":1}'),
    ),
    "a badly addressed mail with a new field": (
        400,
        RawRequest("PUT", b"/parse/users/user1", b"", USER, b'{"email":"x","newField":1}'),
    ),
    "a new Polygon that is not on earth": (
        400,
        RawRequest(
            "POST",
            GAMES,
            b"",
            CLIENT,
            b'{"newField":{"__type":"Polygon","coordinates":[[0,0],[1e300,1],[1,1]]}}',
        ),
    ),
    "a Polygon whose vertices are no places": (
        400,
        RawRequest(
            "PUT",
            GAME,
            b"",
            CLIENT,
            b'{"area":{"__type":"Polygon","coordinates":[[0,0],[0,181],[1,1]]}}',
        ),
    ),
}


async def test_requests_that_once_went_wrong_get_their_answer(database_uri: str) -> None:
    app = new_app(database_uri, data.OPEN)
    async with running_lifespan(app):
        world = World(app)
        await world.fill()
        for name, (status, request) in REQUESTS.items():
            answer = await send(app, request)
            assert answer.status == status, (name, answer.content)
            assert await world.look() == world.known, name
