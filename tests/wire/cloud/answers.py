"""Functions of the fixtures in compat_fixtures/answers; answers.cjs is the same for
parse-server."""

from datetime import UTC, datetime
from typing import Any

from parsepy import cloud
from parsepy.cloud import (
    File,
    FunctionRequest,
    Object,
    ParseError,
    Polygon,
    Query,
    Response,
    User,
)
from parsepy.types import MISSING, Missing


async def saved(name: str, **fields: object) -> Object:
    return await Object(name).save(fields, use_master_key=True)


@cloud.function("echo")
async def echo(request: FunctionRequest) -> object:
    return request.params


@cloud.function("kinds")
async def kinds(request: FunctionRequest) -> object:
    pointer = request.params["pointer"]
    return {
        "date": isinstance(request.params["date"], datetime),
        "file": isinstance(request.params["file"], File),
        "pointer": [pointer.class_name, pointer.object_id] if isinstance(pointer, Object) else None,
    }


@cloud.function("list")
async def listed() -> object:
    return [await saved("Game", n=1), await saved("Game", n=2)]


@cloud.function("map")
async def mapped() -> object:
    return {"inner": {"game": await saved("Game", n=1)}}


@cloud.function("pointer")
async def pointer(_request: FunctionRequest, of: str) -> object:
    return Object.without_data(of, "Game")


@cloud.function("fetched")
async def fetched(_request: FunctionRequest, of: str) -> object:
    return await Query("Holder").get(of, use_master_key=True)


@cloud.function("included")
async def included(_request: FunctionRequest, of: str) -> object:
    return await Query("Holder").include("game", "games").get(of, use_master_key=True)


@cloud.function("changed")
async def changed(_request: FunctionRequest, of: str) -> object:
    game = await Query("Game").get(of, use_master_key=True)
    game.set("n", 7)
    game.increment("plays")
    return game


@cloud.function("user")
async def user(request: FunctionRequest) -> User | Missing:
    return MISSING if request.user is None else request.user


@cloud.function("typed")
async def typed() -> object:
    return {
        "polygon": Polygon([(0, 0), (0, 1), (1, 1)]),
        "file": File.from_json(
            {"__type": "File", "name": "a.txt", "url": "http://localhost/a.txt"}
        ),
        "dates": [
            datetime(1970, 1, 1, tzinfo=UTC),
            datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        ],
        "nothing": [None],
    }


@cloud.function("responds")
async def responds(_request: FunctionRequest, how: str) -> object:
    match how:
        case "header":
            return Response("ok", headers={"X-One": "1", "X-Two": "b"})
        case "status":
            return Response({"a": 1}, status=201)
        case "error":
            raise ValueError("a text")
        case "code":
            raise ParseError(999, "mine")
    return None


@cloud.function("runs")
async def runs(request: FunctionRequest) -> Any:
    params = request.params.get("params") or {}
    return await cloud.run(request.params["name"], params, use_master_key=True)
