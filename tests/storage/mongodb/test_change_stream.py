"""What the database tells of changes by itself, whoever has made them."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from pymongo import InsertOne, MongoClient, UpdateOne
from pymongo.database import Database

from parsepy.errors import ParseError
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.mongodb.change_stream import ChangeStream
from parsepy.storage.object_changes import ObjectChange
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.types import JSONValue
from tests.storage.mongodb.samples import Raw
from tests.support.mongod import QUICK_SHUTDOWN, RunningMongod, find_mongod
from tests.support.ports import free_port
from tests.support.processes import RunningProcess
from tests.support.tcp_proxy import TcpProxy, tcp_proxy
from tests.support.waiting import until

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("collected_sockets")]

PATIENCE = 30.0
GAME: Raw = {"_id": "Game", "objectId": "string", "n": "number"}
BIG = "x" * 9_000_000
"""Two of these do not fit into one answer of the database."""


class Listener:
    """An `ObjectWatcher`."""

    patterns: Sequence[str] = ("^Game$", "^Chat.*$")
    noticed: Collection[str] = ("_Join:users:_Role",)

    def __init__(self, storage: Storage) -> None:
        self._registry = SchemaRegistry(storage, max_age=1e9)
        self.changes: list[ObjectChange] = []
        self.noted: list[tuple[str, str]] = []
        self.begun: list[str] = []
        self.moved = asyncio.Event()

    def wants(self, class_name: str) -> bool:
        return any(re.search(pattern, class_name) for pattern in self.patterns)

    async def schema_of(self, class_name: str) -> ClassSchema:
        return await self._registry.get(class_name)

    async def changed(self, change: ObjectChange) -> None:
        self.changes.append(change)
        self.moved.set()

    async def notice(self, class_name: str, object_id: str) -> None:
        self.noted.append((class_name, object_id))

    def classes_changed(self) -> None:
        self.noted.append(("_SCHEMA", ""))

    def begin(self, position: str) -> None:
        self.begun.append(position)

    async def heard(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.changes) < count:
                self.moved.clear()
                await self.moved.wait()

    @property
    def seen(self) -> list[tuple[Any, Any]]:
        """`n` before and after; None where there was no object."""
        return [
            (change.before and change.before.get("n"), change.after and change.after.get("n"))
            for change in self.changes
        ]

    async def close(self) -> None:
        await self._registry.close()


@asynccontextmanager
async def listening(
    storage: MongoStorage, listener: type[Listener] = Listener
) -> AsyncIterator[tuple[Listener, ChangeStream]]:
    hearing = listener(storage)
    watch = await storage.watch_objects(hearing)
    assert isinstance(watch, ChangeStream)
    try:
        yield hearing, watch
    finally:
        await watch.close()
        await hearing.close()


def keeps_images(raw: Database[Raw], collection: str) -> bool:
    (found,) = raw.list_collections(filter={"name": collection}).to_list()
    return bool(found["options"].get("changeStreamPreAndPostImages", {}).get("enabled"))


async def test_every_kind_of_change_by_any_programme_comes_in_its_order(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one({**GAME, "owner": "*_User"})
    game = raw["Game"]
    async with listening(storage) as (listener, watch):
        game.insert_one({"_id": "a", "n": 1, "_p_owner": "_User$u", "_rperm": ["u"]})
        game.update_one({"_id": "a"}, {"$inc": {"n": 1}})
        game.replace_one({"_id": "a"}, {"n": 3})
        game.update_one({"_id": "b"}, {"$set": {"n": 7}}, upsert=True)
        game.delete_one({"_id": "a"})
        game.find_one_and_update({"_id": "b"}, [{"$set": {"n": {"$add": ["$n", 1]}}}])
        raw["Other"].insert_one({"_id": "o"})
        await watch.caught_up()

        assert listener.seen == [(None, 1), (1, 2), (2, 3), (None, 7), (3, None), (7, 8)]
        created = listener.changes[0].after
        assert created == {
            "objectId": "a",
            "n": 1,
            "owner": {"__type": "Pointer", "className": "_User", "objectId": "u"},
            "ACL": {"u": {"read": True}},
        }
        positions = [change.position for change in listener.changes]
        assert positions == sorted(set(positions))


async def test_a_transaction_is_told_once_it_is_kept(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    raw["Game"].insert_one({"_id": "a", "n": 0})
    async with listening(storage) as (listener, watch):
        with raw.client.start_session() as session:
            for is_kept in (False, True):
                session.start_transaction()
                for _ in range(2):
                    raw["Game"].update_one({"_id": "a"}, {"$inc": {"n": 1}}, session=session)
                raw["Game"].insert_many([{"n": 5}, {"n": 6}], session=session)
                if is_kept:
                    session.commit_transaction()
                else:
                    session.abort_transaction()
        await watch.caught_up()

        assert listener.seen == [(0, 1), (1, 2), (None, 5), (None, 6)]


async def test_it_has_caught_up_only_when_all_of_many_is_told(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with listening(storage) as (listener, watch):
        for turn in range(3):
            ids = [f"{turn}-{number}" for number in range(500)]
            raw["Game"].bulk_write([InsertOne({"_id": each, "n": 1}) for each in ids])
            raw["Game"].bulk_write([UpdateOne({"_id": each}, {"$inc": {"n": 1}}) for each in ids])
            raw["Other"].insert_one({})
            await watch.caught_up()
            assert len(listener.changes) == 1000
            listener.changes.clear()
        await watch.caught_up()
        assert listener.changes == []


async def test_classes_under_a_prefix(mongodb_database_uri: str, raw: Database[Raw]) -> None:
    storage = MongoStorage(mongodb_database_uri, collection_prefix="app.1_")
    await storage.start()
    try:
        raw["app.1__SCHEMA"].insert_one(GAME)
        async with listening(storage) as (listener, watch):
            for name in ("app.1_Game", "app.1_ChatRoom", "app.1_Games", "Game", "appx1_ChatRoom"):
                raw[name].insert_one({"n": name})
            await watch.caught_up()
            assert keeps_images(raw, "app.1_Game")
            assert not keeps_images(raw, "Game")

            assert [change.schema.name for change in listener.changes] == ["Game", "ChatRoom"]
    finally:
        await storage.close()


async def test_images_are_kept_of_what_is_watched_and_of_nothing_else(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    raw["ChatOld"].insert_one({"n": 1})
    raw["Other"].insert_one({"n": 1})
    raw.create_collection("ChatView", viewOn="Other")
    async with listening(storage) as (listener, watch):
        # One that this server makes keeps them from its first object on.
        await storage.create_class(ClassDefinition("ChatNew", {}))
        raw["ChatByOthers"].insert_one({"_id": "a", "n": 1})
        await watch.caught_up()
        kept = {name for name in raw.list_collection_names() if keeps_images(raw, name)}
        assert kept == {"Game", "ChatOld", "ChatNew", "ChatByOthers"}

        raw["ChatByOthers"].update_one({}, {"$set": {"n": 2}})
        raw["ChatOld"].drop()
        raw["ChatOld"].insert_one({"_id": "b", "n": 3})
        await watch.caught_up()
        raw["ChatOld"].update_one({}, {"$set": {"n": 4}})
        await watch.caught_up()

        assert listener.seen == [(None, 1), (1, 2), (None, 3), (3, 4)]


async def test_what_a_change_was_from_is_not_made_up_where_nobody_knows(
    storage: MongoStorage, raw: Database[Raw], caplog: pytest.LogCaptureFixture
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    raw["Game"].insert_many([{"_id": "a", "n": 1}, {"_id": "b", "n": 1}])
    async with listening(storage) as (listener, watch):
        raw.command("collMod", "Game", changeStreamPreAndPostImages={"enabled": False})
        raw["Game"].update_one({"_id": "a"}, {"$set": {"n": 2}})
        raw["Game"].replace_one({"_id": "a"}, {"n": 3})
        raw["Game"].delete_one({"_id": "b"})
        await watch.caught_up()
        (updated, replaced) = listener.changes

    # Neither new, nor from a state that never was; and nobody is told of what nobody may know.
    assert updated.before is updated.after
    assert replaced.before is replaced.after
    assert replaced.after == {"objectId": "a", "n": 3}
    assert "what was deleted of class Game is not known" in caplog.text


async def test_what_else_is_noticed_is_no_change_of_an_object(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    async with listening(storage) as (listener, watch):
        raw["_Join:users:_Role"].insert_one({"_id": "row", "owningId": "r", "relatedId": "u"})
        raw["_SCHEMA"].insert_one(GAME)
        raw["Game"].insert_one({"_id": "a", "n": 1})
        await watch.caught_up()

        assert listener.noted == [("_Join:users:_Role", "row"), ("_SCHEMA", "")]
        assert listener.seen == [(None, 1)]


# -- what happens to streams


@asynccontextmanager
async def behind_proxy(
    mongod: RunningMongod, name: str, driver_patience: int
) -> AsyncIterator[tuple[MongoStorage, TcpProxy]]:
    """`driver_patience` is in milliseconds."""
    assert mongod.port is not None
    options: dict[str, JSONValue] = {
        "heartbeatFrequencyMS": 500,
        "serverSelectionTimeoutMS": driver_patience,
    }
    async with tcp_proxy(mongod.port) as proxy:
        address = f"mongodb://127.0.0.1:{proxy.port}/{name}?directConnection=true"
        storage = MongoStorage(address, options=options)
        await storage.start()
        try:
            yield storage, proxy
        finally:
            proxy.mend()
            await storage.close()


LOST = "the change stream was lost"


@pytest.mark.parametrize("driver_patience", [30_000, 100], ids=["patient", "impatient"])
async def test_what_happens_while_the_connection_is_lost_is_told_once_it_is_back(
    mongod: RunningMongod,
    database_name: str,
    raw: Database[Raw],
    driver_patience: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    raw["Game"].insert_one({"_id": "a", "n": 0})
    async with (
        behind_proxy(mongod, database_name, driver_patience) as (storage, proxy),
        listening(storage) as (listener, _),
    ):
        for turn in (1, 2, 3):
            raw["Game"].update_one({"_id": "a"}, {"$inc": {"n": 1}})
            proxy.cut()
            for _ in range(10):
                raw["Game"].update_one({"_id": "a"}, {"$inc": {"n": 1}})
            if driver_patience < 1000:
                await until(lambda: LOST in caplog.text)
            proxy.mend()
            raw["Game"].update_one({"_id": "a"}, {"$inc": {"n": 1}})
            await listener.heard(turn * 12)
            assert (LOST in caplog.text) is (driver_patience < 1000)
            caplog.clear()

        assert listener.seen == [(number, number + 1) for number in range(36)]
        assert len(listener.begun) == 1


def kill_streams(raw: Database[Raw]) -> None:
    """The cursors of all streams on the database."""
    admin = raw.client["admin"]
    namespace = f"{raw.name}.$cmd.aggregate"
    for operation in admin.aggregate(
        [{"$currentOp": {"idleCursors": True}}, {"$match": {"ns": namespace}}]
    ):
        cursor = operation.get("cursor", {}).get("cursorId")
        if cursor:
            raw.command("killCursors", "$cmd.aggregate", cursors=[cursor])


async def test_a_killed_cursor_loses_and_doubles_nothing(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with listening(storage) as (listener, watch):
        for number in range(20):
            raw["Game"].insert_one({"n": number})
            kill_streams(raw)
        await watch.caught_up()

        assert listener.seen == [(None, number) for number in range(20)]


async def test_after_a_place_that_the_database_has_forgotten_it_begins_anew_and_says_so(
    mongod: RunningMongod,
    database_name: str,
    raw: Database[Raw],
    caplog: pytest.LogCaptureFixture,
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with (
        behind_proxy(mongod, database_name, 100) as (storage, proxy),
        listening(storage) as (listener, watch),
    ):
        raw["Game"].insert_one({"n": 1})
        await watch.caught_up()
        proxy.cut()
        await until(lambda: LOST in caplog.text)
        watch.position = long_ago(watch.position)
        proxy.mend()
        await until(lambda: len(listener.begun) == 2)
        raw["Game"].insert_one({"n": 2})
        await listener.heard(2)

        assert listener.seen == [(None, 1), (None, 2)]
        assert listener.begun[1] > listener.begun[0]
        assert "changes were lost" in caplog.text


def long_ago(position: str) -> str:
    return f"{position[:2]}00000001{position[10:]}"


async def test_a_dropped_database_is_no_end(storage: MongoStorage, raw: Database[Raw]) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with listening(storage) as (listener, watch):
        raw["Game"].insert_one({"n": 1})
        raw.client.drop_database(raw.name)
        raw["_SCHEMA"].insert_one(GAME)
        raw["Game"].insert_one({"_id": "a", "n": 2})
        await watch.caught_up()
        raw["Game"].update_one({"_id": "a"}, {"$set": {"n": 3}})
        await watch.caught_up()

        assert listener.seen == [(None, 1), (None, 2), (2, 3)]
        assert len(listener.begun) == 1


async def test_a_change_of_an_object_that_is_too_large_for_both_images_is_told_without_one(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with listening(storage) as (listener, watch):
        raw["Game"].insert_many([{"_id": "a", "n": 1, "big": BIG}, {"_id": "b", "n": 1}])
        await watch.caught_up()
        listener.changes.clear()
        raw["Game"].update_one({"_id": "b"}, {"$set": {"n": 2}})
        raw["Game"].update_one({"_id": "a"}, {"$set": {"n": 2}})
        raw["Game"].update_one({"_id": "b"}, {"$set": {"n": 3}})
        async with asyncio.timeout(PATIENCE):
            await watch.caught_up()

        assert listener.seen == [(1, 2), (2, 2), (2, 3)]
        assert len(listener.begun) == 1


# -- the past


async def test_what_came_after_a_position_is_known_to_the_database(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with listening(storage) as (listener, watch):
        start = watch.position
        raw["Game"].insert_one({"_id": "a", "n": 0})
        for _ in range(4):
            raw["Game"].update_one({"_id": "a"}, {"$inc": {"n": 1}})
            raw["_Join:users:_Role"].insert_one({})
        await watch.caught_up()
        told = listener.changes
        positions = [change.position for change in told]

        async def since(after: str, until: str, most: int) -> list[ObjectChange] | None:
            found = await watch.since(after, until, most)
            return None if found is None else [replace(one, schema=told[0].schema) for one in found]

        told = [replace(one, schema=told[0].schema) for one in told]
        assert await since(start, positions[-1], 5) == told
        assert await since(start, positions[2], 3) == told[:3]
        assert await since(positions[1], positions[3], 9) == told[2:4]
        assert await since(positions[4], watch.position, 9) == []
        # Of a row that is only noticed.
        assert await since(watch.position, watch.position, 9) == []
        assert await since(start, positions[-1], 4) is None


@pytest.mark.parametrize(
    "position",
    ["", "x", "82", "8200", "82" + "F" * 40, "82" + "0" * 5000, "826B0CF2520000001", "long ago"],
)
async def test_what_is_no_position_is_not_known(
    storage: MongoStorage, raw: Database[Raw], position: str
) -> None:
    raw["_SCHEMA"].insert_one(GAME)
    async with listening(storage) as (listener, watch):
        raw["Game"].insert_one({"n": 1})
        await watch.caught_up()
        until = listener.changes[0].position
        asked = long_ago(until) if position == "long ago" else position

        assert await watch.since(asked, until, 9) is None


# -- where it does not work


async def test_a_server_alone_cannot_and_says_what_can(standalone_uri: str) -> None:
    storage = MongoStorage(standalone_uri)
    await storage.start()
    try:
        with pytest.raises(ParseError, match=r"no replica set.* needs MongoDB 6\.0 or later"):
            await storage.watch_objects(Listener(storage))
    finally:
        await storage.close()


async def test_sqlite_cannot_and_says_what_can() -> None:
    storage = SQLiteStorage(":memory:")
    with pytest.raises(ParseError, match=r"with SQLite: it needs MongoDB 6\.0 or later"):
        await storage.watch_objects(Listener(storage))


class WithPattern(Listener):
    patterns = (r"^(?a:Game)$",)


async def test_a_pattern_that_only_python_knows_is_refused(storage: MongoStorage) -> None:
    with pytest.raises(ParseError, match="a pattern that the database does not take"):
        async with listening(storage, WithPattern):
            pass


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that asks who one is; `{}` stands for name and password."""
    folder = tmp_path_factory.mktemp("guarded")
    key = folder / "key"
    key.write_text("c2VjcmV0IG9mIHRoZSBzZXQ=")
    key.chmod(0o600)
    port = free_port()
    options = ["--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(folder)]
    options += ["--replSet", "rs0", "--keyFile", str(key), "--nounixsocket"]
    options += ["--wiredTigerCacheSizeGB", "0.25", "--setParameter", QUICK_SHUTDOWN]
    with RunningProcess([str(find_mongod()), *options]) as process:
        process.wait_for_line(lambda line: "Waiting for connections" in line)
        address = f"127.0.0.1:{port}/test?authSource=admin"
        with MongoClient[Raw](f"mongodb://{address}&directConnection=true") as client:
            member = {"_id": 0, "host": f"127.0.0.1:{port}"}
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
        with MongoClient[Raw](f"mongodb://{address}&replicaSet=rs0") as client:
            root = {"role": "root", "db": "admin"}
            client.admin.command("createUser", "root", pwd="secret", roles=[root])
        yield f"mongodb://{{}}@{address}&replicaSet=rs0"


@pytest.mark.parametrize(
    ("roles", "missing"),
    [
        (["readWrite"], "may run collMod on the collections of published classes"),
        (["readWrite", "dbAdmin"], None),
    ],
    ids=["readWrite", "dbAdmin"],
)
async def test_a_user_of_the_database_needs_a_role(
    guarded: str, roles: list[str], missing: str | None
) -> None:
    with MongoClient[Raw](guarded.format("root:secret")) as client:
        client["test"]["Game"].insert_one({"n": 1})
        name = f"user{len(roles)}"
        given = [{"role": role, "db": "test"} for role in roles]
        client.admin.command("createUser", name, pwd="secret", roles=given)
        storage = MongoStorage(guarded.format(f"{name}:secret"))
        await storage.start()
        try:
            if missing is not None:
                with pytest.raises(ParseError, match=missing) as refusal:
                    await storage.watch_objects(Listener(storage))
                assert "secret" not in str(refusal.value)
                return
            async with listening(storage) as (listener, watch):
                client["test"]["Game"].insert_one({"n": 2})
                await watch.caught_up()
                assert listener.seen == [(None, 2)]
        finally:
            await storage.close()
