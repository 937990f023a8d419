"""Typical cloud code, as `mypy --strict` and pyright see it. Nothing here is run.

What has to be an error is marked as one, for both: they tell when it is none any more.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, assert_type

from parsepy import cloud
from parsepy.cloud import (
    ACL,
    Config,
    ConfigRequest,
    Counted,
    File,
    FileRequest,
    FindRequest,
    FunctionRequest,
    GeoPoint,
    Installation,
    JobRequest,
    Key,
    Object,
    Query,
    Relation,
    Role,
    Session,
    TriggerRequest,
    User,
    Validator,
)


class Player(User):
    team: str


class GameScore(Object, class_name="GameScore"):
    score: int
    player: Player
    where: GeoPoint | None
    played_at: Annotated[datetime, Key("playedAt")]
    is_final: Annotated[bool, Key("isFinal")] = False


class Cheat(Object):
    reason: str


# -- objects and queries


async def objects() -> None:
    score = GameScore(score=1)
    assert_type(score.score, int)
    assert_type(score.where, GeoPoint | None)
    assert_type(score.is_final, bool)
    assert_type(score.player.team, str)
    assert_type(score.created_at, datetime | None)
    assert_type(score.relation("fans"), Relation)
    score.score = 2
    score.score = "two"  # type: ignore[assignment]
    del score.points  # type: ignore[attr-defined]
    assert_type(await score.save(use_master_key=True), GameScore)
    assert_type(await score.fetch(include=["player"]), GameScore)
    assert_type(GameScore.without_data("x"), GameScore)
    assert_type(await cloud.save_all([score], in_transaction=True), list[GameScore])
    plain = Object("GameScore")
    assert_type(await plain.save(), Object)
    plain["score"] = 1
    value: int = plain["score"]
    score.set_acl(ACL(score.player))
    async with cloud.transaction():
        await cloud.destroy_all([score, plain], session_token=score.player.session_token)
    del value


async def queries() -> None:
    query = Query(GameScore).greater_than("score", 5).include("player").descending("score")
    assert_type(query, Query[GameScore])
    assert_type(await query.first(), GameScore | None)
    assert_type(await query.get("x", use_master_key=True), GameScore)
    assert_type(await query.find(session_token="r:x"), list[GameScore])
    assert_type(await query.find_with_count(), Counted[GameScore])
    assert_type(await query.count(), int)
    assert_type(query.each(use_master_key=True), AsyncIterator[GameScore])
    async for one in query:
        assert_type(one, GameScore)
    assert_type(query.copy(), Query[GameScore])
    assert_type(Query.any_of(query, Query(GameScore)), Query[GameScore])
    assert_type(await Query("GameScore").first(), Object | None)
    assert_type(await Query(Role).first(), Role | None)
    await query.find(master=True)  # type: ignore[call-arg]


async def accounts() -> None:
    assert_type(await Player.log_in("ann", "secret"), Player)
    assert_type(await Player(username="ann", password="x", team="red").sign_up(), Player)
    assert_type(await Session.current("r:x"), Session)
    assert_type(Installation().channels, list[str])
    assert_type(await Role.named("admins", ACL()).save(), Role)


def plain_code() -> None:
    assert_type(cloud.wait(Query(GameScore).first()), GameScore | None)


# -- functions and jobs


@cloud.function("hello", validator=Validator(require_user=True))
async def hello(request: FunctionRequest) -> str:
    assert_type(request.user, User | None)
    return f"Hello, {request.params['name']}!"


@cloud.function("greet")
def greet(request: FunctionRequest, name: str, times: int = 1, when: datetime | None = None) -> str:
    return name * times


assert_type(greet(FunctionRequest.__new__(FunctionRequest), "Ann", times=2), str)


@cloud.job("sync")
async def sync(request: JobRequest) -> str:
    await request.message("half way")
    return "done"


# -- triggers


@cloud.before_save(GameScore)
async def check(request: TriggerRequest[GameScore]) -> None:
    assert_type(request.object, GameScore)
    assert_type(request.original, GameScore | None)


@cloud.before_save(GameScore, validator=Validator(require_user=True))
def check_of_any(request: TriggerRequest) -> None:
    assert_type(request.object, Object)


@cloud.after_save("GameScore")
async def named(request: TriggerRequest[GameScore]) -> dict[str, Any]:
    return {"score": request.object.score}


@cloud.before_delete("GameScore")
def keep(request: TriggerRequest) -> None:
    assert_type(request.object, Object)


@cloud.after_delete(GameScore)
async def gone(request: TriggerRequest[GameScore]) -> None: ...


@cloud.before_save(GameScore)  # type: ignore[arg-type]
async def check_another(request: TriggerRequest[Cheat]) -> None: ...


@cloud.before_save(GameScore)  # type: ignore[arg-type]
async def check_as_a_find(request: FindRequest[GameScore]) -> None: ...


@cloud.before_find(GameScore)
async def narrow(request: FindRequest[GameScore]) -> Query[GameScore]:
    return request.query.equal_to("isFinal", True)


@cloud.after_find(GameScore)
def replaced(request: FindRequest[GameScore]) -> list[GameScore]:
    return [score for score in request.objects if score.is_final]


@cloud.before_save(File)
async def rename(request: FileRequest) -> File:
    assert_type(request.file_size, int | None)
    return request.file


@cloud.after_save(Config)
def hear(request: ConfigRequest) -> None:
    assert_type(request.object, Config)


@cloud.before_login
async def keep_out(request: TriggerRequest[User]) -> None:
    assert_type(request.object.username, str)


@cloud.after_logout
def forget(request: TriggerRequest[Session]) -> None: ...


@cloud.after_login  # type: ignore[arg-type]
async def greet_session(request: TriggerRequest[Session]) -> None: ...
