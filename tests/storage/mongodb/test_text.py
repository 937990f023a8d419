"""Text indexes in a database that parse-server uses as well."""

import pytest
from pymongo.database import Database

from parsepy.errors import ParseError
from parsepy.query.tree import Path, Text
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONObject
from tests.contract.samples import ids, thing
from tests.storage.mongodb.reference_client import Reference
from tests.storage.mongodb.samples import DEFINITION, SCHEMA, Raw

pytestmark = pytest.mark.anyio

SEARCH = Text(Path("s", SCHEMA.type_of("s")), "coffee")
RECORD = {"_id_": {"_id": 1}, "s_text": {"s": "text"}}


@pytest.fixture
async def filled(storage: MongoStorage) -> MongoStorage:
    await storage.create_class(DEFINITION)
    await storage.insert(SCHEMA, thing("t1", s="coffee", arr=["tea"]))
    return storage


def recorded(raw: Database[Raw]) -> JSONObject:
    document = raw["_SCHEMA"].find_one({"_id": "T"})
    assert document is not None
    found: JSONObject = document["_metadata"]["indexes"]
    return found


async def test_the_index_and_its_record_are_parse_servers(
    filled: MongoStorage, raw: Database[Raw]
) -> None:
    assert await ids(filled, SEARCH, schema=SCHEMA) == ["t1"]
    made = raw["T"].index_information()["s_text"]
    assert (made["weights"], made["default_language"]) == ({"s": 1}, "english")
    assert recorded(raw) == RECORD


async def test_an_index_that_nobody_recorded_serves(
    filled: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].create_index([("s", "text"), ("arr", "text")], name="theirs")
    assert await ids(filled, SEARCH, schema=SCHEMA) == ["t1"]
    assert recorded(raw) == {"_id_": {"_id": 1}, "theirs": {"s": "text", "arr": "text"}}


async def test_an_index_of_another_field_that_nobody_recorded_does_not(
    filled: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].create_index([("arr", "text")], name="theirs")
    with pytest.raises(ParseError) as refused:
        await ids(filled, Text(SEARCH.path, "tea"), schema=SCHEMA)
    assert refused.value.code == 102


async def test_an_index_that_is_gone_but_recorded_is_made_again(
    filled: MongoStorage, raw: Database[Raw]
) -> None:
    await ids(filled, SEARCH, schema=SCHEMA)
    raw["T"].drop_index("s_text")
    registry = SchemaRegistry(filled, max_age=60)
    schema = await registry.get("T")
    assert "s_text" in schema.definition.indexes
    assert await ids(filled, SEARCH, schema=schema) == ["t1"]
    assert "s_text" in raw["T"].index_information()


async def test_a_plain_index_on_the_field_is_no_text_index(filled: MongoStorage) -> None:
    await filled.create_index(SCHEMA, "plain", {"s": 1})
    registry = SchemaRegistry(filled, max_age=60)
    assert await ids(filled, SEARCH, schema=await registry.get("T")) == ["t1"]


async def test_an_object_in_an_unsupported_language_is_refused(filled: MongoStorage) -> None:
    await ids(filled, SEARCH, schema=SCHEMA)
    with pytest.raises(ParseError) as refused:
        await filled.insert(SCHEMA, thing("t2", s="coffee", language="klingon"))
    assert refused.value.code == 102


async def test_parse_server_searches_by_our_index_and_we_by_its(
    shared_reference: Reference,
) -> None:
    store = MongoStorage(shared_reference.database_uri)
    await store.start()
    for class_name in ("Ours", "Theirs"):
        shared_reference.create(class_name, {"s": "coffee"})
    registry = SchemaRegistry(store, max_age=0)
    query = '{"s":{"$text":{"$search":{"$term":"coffee"}}}}'

    ours, theirs = await registry.get("Ours"), await registry.get("Theirs")
    assert len(await store.find(ours, SEARCH)) == 1
    assert len(shared_reference.ask("GET", "/classes/Ours", where=query)["results"]) == 1
    assert len(shared_reference.ask("GET", "/classes/Theirs", where=query)["results"]) == 1
    assert len(await store.find(theirs, SEARCH)) == 1

    found = {each.name: each.indexes for each in await store.load_classes()}
    await store.close()
    assert found["Ours"] == found["Theirs"] == RECORD
