"""What cannot be stored or reached: Parse errors with our own texts (sheet, section 17)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo.database import Database

from parsepy.errors import Code, ParseError
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, Equal
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONObject, JSONValue
from tests.storage.mongodb.samples import SCHEMA, Raw
from tests.support.availability import MissingComponentError, component_missing
from tests.support.mongod import RunningMongod, start_mongod
from tests.support.ports import free_port

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("collected_sockets")]

OBJECT_O = Equal(tree.Path("objectId"), "o")
# Long enough for one refused attempt: the driver leaks the socket of one that it cancels.
UNREACHABLE_SOON: JSONObject = {"serverSelectionTimeoutMS": 200}


@pytest.fixture
def mongod_of_its_own(tmp_path: Path) -> Iterator[RunningMongod]:
    """A server that the test may stop."""
    try:
        server = start_mongod(tmp_path)
    except MissingComponentError as missing:
        component_missing(missing)
    yield server
    server.stop()


def nested(levels: int) -> JSONValue:
    value: JSONValue = 1
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (nested(190), Code.INCORRECT_TYPE),
        ("x" * (17 << 20), Code.INVALID_JSON),
        ("\ud800", Code.INCORRECT_TYPE),
        ({"\ud800": 1}, Code.INCORRECT_TYPE),
        ({"a\0b": 1}, Code.INVALID_NESTED_KEY),
    ],
    ids=["too deep", "too large", "surrogate", "surrogate key", "NUL key"],
)
async def test_value_that_cannot_be_stored_is_refused_whatever_the_write(
    storage: MongoStorage, raw: Database[Raw], value: JSONValue, code: int
) -> None:
    raw["T"].insert_one({"_id": "o"})

    for write in (
        storage.insert(SCHEMA, {"objectId": "new", "any": value}),
        storage.insert_many(SCHEMA, [{"objectId": "new", "any": value}]),
        storage.update(SCHEMA, OBJECT_O, {"any": SetValue(value)}),
    ):
        with pytest.raises(ParseError) as refused:
            await write
        assert refused.value.code == code
        assert "BSON" not in refused.value.message
    assert list(raw["T"].find()) == [{"_id": "o"}]


async def test_object_that_grows_too_large_is_refused(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_one({"_id": "o", "s": "x" * (15 << 20)})

    with pytest.raises(ParseError) as refused:
        await storage.update(SCHEMA, OBJECT_O, {"t": SetValue("x" * (2 << 20))})

    assert refused.value.code == Code.INVALID_JSON


async def test_query_that_cannot_be_sent_or_run_is_refused(storage: MongoStorage) -> None:
    with pytest.raises(ParseError) as refused:
        await storage.find(SCHEMA, Equal(tree.Path("s"), "\ud800"))
    assert refused.value.code == Code.INCORRECT_TYPE
    for key in ("$where", "a..b", "a."):
        with pytest.raises(ParseError) as refused:
            await storage.find(SCHEMA, EVERYTHING, FindOptions(order=((key, False),)))
        assert refused.value.code == Code.INVALID_QUERY
        assert refused.value.message == "The database does not take this query."


@pytest.mark.parametrize("path", ["", "/data"])
async def test_server_that_is_not_there_stops_the_start(path: str) -> None:
    address = f"127.0.0.1:{free_port()}"
    storage = MongoStorage(f"mongodb://user:secret@{address}{path}", options=UNREACHABLE_SOON)

    with pytest.raises(ParseError) as refused:
        await storage.start()

    assert refused.value.code == Code.INTERNAL
    assert refused.value.message == f"The database at {address} cannot be reached."


async def test_credentials_that_are_refused_are_not_repeated(mongodb_uri: str) -> None:
    hosts = mongodb_uri.removeprefix("mongodb://")
    storage = MongoStorage(f"mongodb://user:se%cr@t/@{hosts}")

    with pytest.raises(ParseError) as refused:
        await storage.start()

    assert refused.value.code == Code.INTERNAL
    assert "refuses the credentials" in refused.value.message
    assert "cr@t" not in refused.value.message


@pytest.mark.parametrize(
    ("uri", "options", "named"),
    [
        ("mongodb://", {}, "databaseURI"),
        ("mongodb://h:port", {}, "databaseURI"),
        ("http://h", {}, "databaseURI"),
        ("mongodb://h", {"maxPoolSize": -1}, "databaseOptions.maxPoolSize"),
        ("mongodb://h", {"tslCAFile": "x"}, "databaseOptions.tslCAFile"),
    ],
)
async def test_address_or_option_that_is_wrong_is_named(
    uri: str, options: JSONObject, named: str
) -> None:
    with pytest.raises(ParseError) as refused:
        await MongoStorage(uri, options=options).start()

    assert refused.value.code == Code.INTERNAL
    assert named in refused.value.message


async def test_store_that_goes_away_is_a_database_error(mongod_of_its_own: RunningMongod) -> None:
    storage = MongoStorage(
        mongod_of_its_own.database_uri("gone"), options={"serverSelectionTimeoutMS": 200}
    )
    await storage.start()
    try:
        await storage.insert(SCHEMA, {"objectId": "o"})
        mongod_of_its_own.stop()

        for operation in (
            storage.get(SCHEMA, "o", None),
            storage.find(SCHEMA, EVERYTHING),
            storage.count(SCHEMA, EVERYTHING),
            storage.insert(SCHEMA, {"objectId": "p"}),
            storage.insert_many(SCHEMA, [{"objectId": "p"}]),
            storage.update(SCHEMA, OBJECT_O, {"s": SetValue("x")}),
            storage.delete(SCHEMA, EVERYTHING),
            storage.load_classes(),
            storage.role_names("u"),
        ):
            with pytest.raises(ParseError) as refused:
                await operation
            assert (refused.value.code, refused.value.message) == (1, "Database error")
    finally:
        await storage.close()


async def test_capabilities_name_the_server(storage: MongoStorage) -> None:
    assert storage.capabilities.name.startswith("MongoDB ")
    assert storage.capabilities.transactions
    assert storage.capabilities.parse_server_layout


async def test_store_can_be_started_again(mongodb_database_uri: str) -> None:
    storage = MongoStorage(mongodb_database_uri)
    for _ in range(2):
        await storage.start()
        await storage.delete(SCHEMA, EVERYTHING)
        await storage.insert(SCHEMA, {"objectId": "o"})
        await storage.close()
        await storage.close()

    with pytest.raises(RuntimeError):
        await storage.get(SCHEMA, "o", None)
