"""Indexes: those the server wants, and those of the schema API."""

import pytest

from parsepy.errors import DuplicateValue, ParseError
from parsepy.query.options import FindOptions
from parsepy.query.tree import Equal, Path
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index, Storage
from tests.contract.conftest import StoreOpener
from tests.contract.samples import equal, ids, thing

pytestmark = pytest.mark.anyio

USERS = missing_class("_User")
SERVER_INDEXES = [
    Index("_User", "username_1", ("username",), unique=True),
    Index("_User", "case_insensitive_username", ("username",), case_insensitive=True),
    Index("_User", "_email_verify_token", ("_email_verify_token",)),
    Index("_User", "_auth_data_anonymous_id", ("authData.anonymous.id",), unique=True),
    Index("_Role", "name_1", ("name",), unique=True),
    Index("_Idempotency", "ttl", ("expire",), expires=True),
]


async def test_a_unique_index_binds_only_objects_with_the_field(storage: Storage) -> None:
    await storage.ensure_indexes(SERVER_INDEXES)
    await storage.insert(USERS, thing("u1"))
    await storage.insert(USERS, thing("u2"))
    await storage.insert(USERS, thing("u3", username="ann"))
    await storage.insert(USERS, thing("u4", username="Ann"))
    with pytest.raises(DuplicateValue) as refused:
        await storage.insert(USERS, thing("u5", username="ann"))
    assert refused.value.field == "username"


async def test_the_path_that_refused_is_named(storage: Storage) -> None:
    await storage.ensure_indexes(SERVER_INDEXES)
    await storage.insert(USERS, thing("u1", authData={"anonymous": {"id": "a"}}))
    with pytest.raises(DuplicateValue) as refused:
        await storage.insert(USERS, thing("u2", authData={"anonymous": {"id": "a"}}))
    assert refused.value.field == "authData.anonymous.id"
    await storage.insert(USERS, thing("u3", authData={"anonymous": {"id": "b"}}))
    await storage.insert(USERS, thing("u4", authData={"other": {"id": "a"}}))


async def test_names_are_found_whatever_their_case(storage: Storage) -> None:
    await storage.ensure_indexes(SERVER_INDEXES)
    await storage.insert(USERS, thing("u1", username="Ann"))
    where = Equal(Path("username", USERS.type_of("username")), "aNN")
    found = await storage.find(USERS, where, FindOptions(case_insensitive=True, limit=1))
    assert [user["objectId"] for user in found] == ["u1"]


async def test_making_indexes_twice_changes_nothing(storage: Storage) -> None:
    await storage.ensure_indexes(SERVER_INDEXES)
    await storage.insert(USERS, thing("u1", username="ann"))
    await storage.ensure_indexes(SERVER_INDEXES)
    with pytest.raises(DuplicateValue):
        await storage.insert(USERS, thing("u2", username="ann"))


async def test_indexes_outlive_a_restart(lasting: StoreOpener) -> None:
    first = lasting()
    await first.start()
    await first.ensure_indexes(SERVER_INDEXES)
    await first.insert(USERS, thing("u1", username="ann"))
    await first.close()
    second = lasting()
    await second.start()
    await second.ensure_indexes(SERVER_INDEXES)
    with pytest.raises(DuplicateValue):
        await second.insert(USERS, thing("u2", username="ann"))
    await second.close()


async def test_duplicates_that_are_there_already_are_told(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert_many(schema, [thing("t1", text="x"), thing("t2", text="x")])
    with pytest.raises(DuplicateValue) as refused:
        await storage.ensure_indexes([Index("Thing", "text_1", ("text",), unique=True)])
    assert refused.value.field == "text"
    await storage.insert(schema, thing("t3", text="x"))


async def test_a_class_lists_the_indexes_that_the_server_has_on_it(storage: Storage) -> None:
    await storage.create_class(USERS.definition)
    await storage.ensure_indexes(SERVER_INDEXES)
    await storage.ensure_indexes(SERVER_INDEXES)
    (definition,) = await storage.load_classes()
    assert definition.indexes == {
        "_id_": {"_id": 1},
        "username_1": {"username": 1},
        "case_insensitive_username": {"username": 1},
        "_email_verify_token": {"_email_verify_token": 1},
        "_auth_data_anonymous_id": {"_auth_data_anonymous.id": 1},
    }


async def test_a_schema_index_is_recorded_and_dropped(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1", text="x", number=1))
    await storage.create_index(schema, "mine", {"text": 1, "_p_owner": -1})
    (definition,) = await storage.load_classes()
    assert definition.indexes["mine"] == {"text": 1, "_p_owner": -1}
    assert await ids(storage, equal("text", "x")) == ["t1"]
    await storage.drop_index(schema, "mine")
    (definition,) = await storage.load_classes()
    assert "mine" not in definition.indexes
    assert await ids(storage, equal("text", "x")) == ["t1"]


@pytest.mark.parametrize("direction", [0, "sideways", {"a": 1}])
async def test_an_index_that_makes_no_sense_is_refused(
    storage: Storage, schema: ClassSchema, direction: int | str
) -> None:
    await storage.insert(schema, thing("t1"))
    with pytest.raises(ParseError) as refused:
        await storage.create_index(schema, "bad", {"text": direction})
    assert refused.value.code == 102
    (definition,) = await storage.load_classes()
    assert "bad" not in definition.indexes


async def test_an_index_does_not_change_what_is_found(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.create_index(schema, "on_list", {"list": 1})
    await storage.create_index(schema, "on_map", {"map.a": 1})
    await storage.insert(schema, thing("t1", list=[1, "a"], map={"a": [1, 2]}))
    await storage.insert(schema, thing("t2", list=[], map={"a": None}))
    await storage.insert(schema, thing("t3"))
    assert await ids(storage, equal("list", "a")) == ["t1"]
    assert await ids(storage, equal("map.a", 2)) == ["t1"]
    assert await ids(storage, equal("map.a", None)) == ["t2", "t3"]
