"""Indexes: their names, keys and options, and their record in `_SCHEMA` (sheet, section 10)."""

from typing import Any

import pytest
from pymongo.database import Database

from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.schema.classes import ClassDefinition
from parsepy.storage.base import Index
from parsepy.storage.mongodb import MongoStorage
from tests.storage.mongodb.samples import SCHEMA, USER, Raw

pytestmark = pytest.mark.anyio

COLLATION = {"locale": "en_US", "strength": 2}
USERNAME = Index("_User", "username_1", ("username",), unique=True)
ANONYMOUS = Index("_User", "_auth_data_anonymous_id", ("authData.anonymous.id",), unique=True)


def indexes_of(raw: Database[Raw], class_name: str) -> dict[str, dict[str, Any]]:
    """Options by name; of the collation what was asked for."""
    found: dict[str, dict[str, Any]] = {}
    for index in raw[class_name].list_indexes():
        options = {name: value for name, value in index.items() if name not in ("v", "name")}
        if "collation" in options:
            options["collation"] = {name: options["collation"][name] for name in COLLATION}
        found[index["name"]] = {**options, "key": dict(index["key"])}
    return found


async def test_wanted_indexes_become_parse_servers(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    wanted = [
        USERNAME,
        Index("_User", "case_insensitive_email", ("email",), case_insensitive=True),
        Index("_User", "_email_verify_token", ("_email_verify_token",)),
        ANONYMOUS,
        Index("_Idempotency", "ttl", ("expire",), expires=True),
        Index("_Session", "by_user", ("user", "createdAt")),
    ]

    await storage.ensure_indexes(wanted)
    await storage.ensure_indexes(wanted)

    always = {"sparse": True, "background": True}
    assert indexes_of(raw, "_User") == {
        "_id_": {"key": {"_id": 1}},
        "username_1": {"key": {"username": 1}, "unique": True, **always},
        "case_insensitive_email": {"key": {"email": 1}, "collation": COLLATION, **always},
        "_email_verify_token": {"key": {"_email_verify_token": 1}, **always},
        "_auth_data_anonymous_id": {
            "key": {"_auth_data_anonymous.id": 1},
            "unique": True,
            **always,
        },
    }
    assert indexes_of(raw, "_Idempotency")["ttl"] == {
        "key": {"expire": 1},
        "expireAfterSeconds": 0,
        **always,
    }
    assert indexes_of(raw, "_Session")["by_user"]["key"] == {"_p_user": 1, "_created_at": 1}


async def test_duplicates_stop_only_their_own_index(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_User"].insert_many([{"_id": "a", "username": "x"}, {"_id": "b", "username": "x"}])
    email = Index("_User", "email_1", ("email",), unique=True)

    with pytest.raises(DuplicateValue) as refused:
        await storage.ensure_indexes([USERNAME, email, ANONYMOUS])

    assert refused.value.field == "username"
    assert set(indexes_of(raw, "_User")) == {"_id_", "email_1", "_auth_data_anonymous_id"}


async def test_auth_data_index_of_other_options_is_left_as_it_is(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_User"].create_index("_auth_data_anonymous.id", name="_auth_data_anonymous_id")

    await storage.ensure_indexes([USERNAME, ANONYMOUS])

    assert set(indexes_of(raw, "_User")) == {"_id_", "username_1", "_auth_data_anonymous_id"}
    assert "unique" not in indexes_of(raw, "_User")["_auth_data_anonymous_id"]


async def test_any_other_conflict_stops_the_start(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_User"].create_index("username", name="username_1")

    with pytest.raises(ParseError) as refused:
        await storage.ensure_indexes([USERNAME])

    assert refused.value.code == Code.INTERNAL
    assert "username_1" in refused.value.message


async def test_start_records_the_real_indexes_of_every_class(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    for name in ("_User", "T", "Empty"):
        await storage.create_class(ClassDefinition(name, indexes={}))
    raw["T"].create_index([("s", "text"), ("t", "text")], name="words")
    raw["_SCHEMA"].update_one({"_id": "T"}, {"$set": {"_metadata.indexes": {"gone": {"x": 1}}}})

    await storage.ensure_indexes([USERNAME])

    recorded = {row["_id"]: row.get("_metadata") for row in raw["_SCHEMA"].find()}
    assert recorded == {
        "_User": {"indexes": {"_id_": {"_id": 1}, "username_1": {"username": 1}}},
        "T": {"indexes": {"_id_": {"_id": 1}, "words": {"s": "text", "t": "text"}}},
        "Empty": None,
    }


async def test_index_of_the_schema_api_is_made_recorded_and_dropped(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.create_class(SCHEMA.definition)

    await storage.create_index(SCHEMA, "i1", {"s": 1, "_p_ptr": -1})

    assert indexes_of(raw, "T")["i1"] == {"key": {"s": 1, "_p_ptr": -1}}
    (definition,) = await storage.load_classes()
    assert definition.indexes == {"_id_": {"_id": 1}, "i1": {"s": 1, "_p_ptr": -1}}

    await storage.drop_index(SCHEMA, "i1")
    await storage.drop_index(SCHEMA, "i1")

    (definition,) = await storage.load_classes()
    assert definition.indexes == {"_id_": {"_id": 1}}


@pytest.mark.parametrize(
    "key", [{}, {"s": "nonsense"}, {"s": 0}, {"s": {"a": 1}}, {"": 1}, {"s": None}]
)
async def test_index_that_cannot_be_is_a_bad_query(storage: MongoStorage, key: Any) -> None:
    await storage.create_class(SCHEMA.definition)

    with pytest.raises(ParseError) as refused:
        await storage.create_index(SCHEMA, "bad", key)

    assert refused.value.code == Code.INVALID_QUERY


async def test_index_of_another_key_under_the_same_name_is_a_bad_query(
    storage: MongoStorage,
) -> None:
    await storage.create_index(SCHEMA, "i1", {"s": 1})

    for name, field in (("i1", "n"), ("i2", "s")):
        with pytest.raises(ParseError) as refused:
            await storage.create_index(SCHEMA, name, {field: 1})
        assert refused.value.code == Code.INVALID_QUERY


async def test_case_insensitive_look_up_uses_its_index(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    index = Index("_User", "case_insensitive_username", ("username",), case_insensitive=True)
    await storage.ensure_indexes([index])
    await storage.insert(USER, {"objectId": "a", "username": "Ann"})

    plan = raw["_User"].find({"username": "ANN"}, collation=COLLATION).explain()

    assert "case_insensitive_username" in str(plan["queryPlanner"]["winningPlan"])
