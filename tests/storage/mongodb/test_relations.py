"""Rows of relations (sheet, section 6) and the roles they lead to."""

import pytest
from bson import ObjectId
from pymongo.database import Database

from parsepy.storage.mongodb import MongoStorage
from tests.storage.mongodb.samples import ROLE, Raw

pytestmark = pytest.mark.anyio

USERS, ROLES = "_Join:users:_Role", "_Join:roles:_Role"


def rows(raw: Database[Raw], join: str) -> list[tuple[str, str]]:
    return sorted((row["owningId"], row["relatedId"]) for row in raw[join].find())


async def test_row_is_stored_as_parse_server_stores_it(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.change_relation(USERS, "r1", ["u1"], [])

    row = raw[USERS].find_one()
    assert row is not None
    assert list(row) == ["_id", "owningId", "relatedId"]
    assert isinstance(row["_id"], ObjectId)
    assert list(raw[USERS].index_information()) == ["_id_"]


async def test_adding_and_removing_twice_is_the_same_as_once(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.change_relation(USERS, "r1", ["u1", "u2", "u2"], [])
    await storage.change_relation(USERS, "r1", ["u1", "u3"], ["u2", "u9"])
    await storage.change_relation(USERS, "r2", ["u1"], [])
    await storage.change_relation(USERS, "r1", [], ["u2"])
    await storage.change_relation(USERS, "r1", [], [])

    assert rows(raw, USERS) == [("r1", "u1"), ("r1", "u3"), ("r2", "u1")]


async def test_roles_are_found_through_their_children_and_cycles_end(
    storage: MongoStorage,
) -> None:
    for object_id in ("member", "parent", "grandparent", "other"):
        await storage.insert(ROLE, {"objectId": object_id, "name": object_id.title()})
    await storage.change_relation(USERS, "member", ["u1"], [])
    await storage.change_relation(USERS, "grandparent", ["u1", "u2"], [])
    await storage.change_relation(ROLES, "parent", ["member"], [])
    await storage.change_relation(ROLES, "grandparent", ["parent", "deleted"], [])
    await storage.change_relation(ROLES, "member", ["grandparent"], [])

    names = await storage.role_names("u1")

    assert sorted(names) == ["Grandparent", "Member", "Parent"]
    assert sorted(await storage.role_names("u2")) == ["Grandparent", "Member", "Parent"]
    assert await storage.role_names("nobody") == []


async def test_roles_are_looked_for_under_the_prefix(mongodb_database_uri: str) -> None:
    storage = MongoStorage(mongodb_database_uri, collection_prefix="pre_")
    await storage.start()
    try:
        await storage.insert(ROLE, {"objectId": "r", "name": "Admins"})
        await storage.insert(ROLE, {"objectId": "p", "name": "Owners"})
        await storage.change_relation(USERS, "r", ["u"], [])
        await storage.change_relation(ROLES, "p", ["r"], [])

        assert sorted(await storage.role_names("u")) == ["Admins", "Owners"]
    finally:
        await storage.close()
