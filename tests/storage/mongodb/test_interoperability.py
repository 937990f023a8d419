"""One database under the real parse-server and under this store, in turns (sheet, section 19)."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import cast

import pytest
from pymongo import MongoClient

from parsepy.protocol.operations import UNSET, Add, AddUnique, Increment, Remove, SetValue
from parsepy.protocol.values import date, pointer
from parsepy.query.options import ONE, FindOptions
from parsepy.query.tree import Accessible, And, Compare, Equal, Path
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.storage.mongodb.reference_client import Reference, reference_on_own_database
from tests.storage.mongodb.samples import (
    BLOB,
    DAY,
    DEFINITION,
    OBJECT_OF_ALL_TYPES,
    PLACE,
    POINTER,
    ROLE,
    TYPES,
    USER,
    Raw,
)
from tests.support.mongod import RunningMongod

pytestmark = pytest.mark.anyio

LATER = date("2030-01-01T00:00:00.000Z")
# bcrypt of "password", cost 10.
PASSWORD_HASH = "$2b$10$41x1wZaoWKA6rGDlN4n.guxwu.vMmUQiAeY4S/.LqsNQmmxsAYoqG"


@pytest.fixture(scope="module")
def reference(mongod: RunningMongod) -> Iterator[Reference]:
    with reference_on_own_database(mongod) as running:
        yield running


@pytest.fixture
async def storage(reference: Reference) -> AsyncIterator[MongoStorage]:
    store = MongoStorage(reference.database_uri)
    await store.start()
    yield store
    await store.close()


async def class_of(storage: MongoStorage, class_name: str) -> ClassSchema:
    definitions = {definition.name: definition for definition in await storage.load_classes()}
    return ClassSchema(definitions[class_name])


def with_id(object_id: str) -> Equal:
    return Equal(Path("objectId"), object_id)


def fields_to_write() -> JSONObject:
    """The sample without what the servers make themselves, in a copy of its own."""
    written = {
        name: value
        for name, value in OBJECT_OF_ALL_TYPES.items()
        if name not in ("objectId", "createdAt", "updatedAt")
    }
    return cast("JSONObject", json.loads(json.dumps(written)))


async def test_what_parse_server_writes_is_read_changed_and_read_by_it_again(
    reference: Reference, storage: MongoStorage
) -> None:
    relation: JSONObject = {"__op": "AddRelation", "objects": [pointer("A", "rel1")]}
    object_id = reference.create("Theirs", {**fields_to_write(), "rel": relation})

    schema = await class_of(storage, "Theirs")
    assert {name: field.type for name, field in schema.definition.fields.items()} == TYPES
    ours = await storage.get(schema, object_id, None)
    theirs = reference.read("Theirs", object_id)
    assert ours is not None
    # parse-server reads back nested Bytes as the parts of its driver's object; here they are Bytes.
    assert {**ours, "arr": None} == {**theirs, "arr": None}
    assert {name: ours[name] for name in fields_to_write()} == fields_to_write()

    after = await storage.update(
        schema,
        And((with_id(object_id), Accessible("write", ("*", "u1")))),
        {
            "n": Increment(2),
            "big": Increment(1),
            "arr": SetValue([BLOB, DAY, [POINTER]]),
            "obj.d": SetValue(LATER),
            "obj.b": SetValue(BLOB),
            "obj.x": UNSET,
            "ptr": SetValue(pointer("A", "other")),
            "by": SetValue(None),
            "newPtr": SetValue(POINTER),
            "ACL": SetValue({"*": {"read": True}}),
            "updatedAt": SetValue("2030-01-01T00:00:00.000Z"),
        },
    )

    # The new field is in no schema: neither server may show a pointer column it does not know.
    assert after == reference.read("Theirs", object_id)
    assert after is not None
    assert after["arr"] == [BLOB, DAY, [POINTER]]
    assert (after["n"], after["big"]) == (3.5, 5_000_000_001)
    assert "newPtr" not in after


async def test_what_this_store_writes_is_read_found_changed_and_read_by_it_again(
    reference: Reference, storage: MongoStorage
) -> None:
    permissions: JSONObject = {
        "find": {"*": True},
        "get": {"*": True},
        "update": {"requiresAuthentication": True},
    }
    definition = ClassDefinition("Ours", DEFINITION.fields, permissions)
    schema = ClassSchema(definition)
    await storage.create_class(definition)
    document: ParseObject = {
        **OBJECT_OF_ALL_TYPES,
        "ACL": {"*": {"read": True}, "role:Admins": {"write": True}},
        "obj": {**cast("JSONObject", OBJECT_OF_ALL_TYPES["obj"]), "b": BLOB},
    }
    object_id = cast("str", document["objectId"])
    await storage.insert(schema, document)
    await storage.change_relation("_Join:rel:Ours", object_id, ["a1"], [])
    await storage.change_relation("_Join:rel:Ours", "another", ["a2"], [])
    for related in ("a1", "a2"):
        await storage.insert(ClassSchema(ClassDefinition("A")), {"objectId": related})

    assert reference.read("Ours", object_id) == document
    described = reference.ask("GET", "/schemas/Ours")
    assert described["fields"]["ptr"] == {"type": "Pointer", "targetClass": "A"}
    assert described["fields"]["rel"] == {"type": "Relation", "targetClass": "A"}
    assert described["classLevelPermissions"]["update"] == {"requiresAuthentication": True}
    for where in (
        {"s": "str", "n": 1.5, "big": {"$gt": 4_999_999_999}},
        {"d": DAY},
        {"d": {"$lt": LATER}, "createdAt": {"$lte": DAY}},
        {"ptr": POINTER},
        {"arr": POINTER},
        {"arr": {"$all": [1, "x", DAY]}},
        {"obj.d": DAY},
        {"by": BLOB},
        {"geo": {"$nearSphere": PLACE, "$maxDistance": 0.1}},
        {"file": OBJECT_OF_ALL_TYPES["file"]},
        {"rel": pointer("A", "a1")},
    ):
        found = reference.ask("GET", "/classes/Ours", where=json.dumps(where))["results"]
        assert [row["objectId"] for row in found] == [object_id], where
    to_parent = {"$relatedTo": {"object": pointer("Ours", object_id), "key": "rel"}}
    related_rows = reference.ask("GET", "/classes/A", where=json.dumps(to_parent))["results"]
    assert [row["objectId"] for row in related_rows] == ["a1"]

    reference.ask(
        "PUT",
        f"/classes/Ours/{object_id}",
        {
            "n": {"__op": "Increment", "amount": 1},
            "arr": {"__op": "Remove", "objects": [POINTER, DAY, None]},
            "obj.d": LATER,
            "ptr": {"__op": "Delete"},
            "rel": {"__op": "RemoveRelation", "objects": [pointer("A", "a1")]},
            "ACL": {"u9": {"read": True}},
        },
    )

    ours = await storage.get(schema, object_id, ("u9",))
    assert ours == reference.read("Ours", object_id)
    assert ours is not None
    assert (ours["n"], ours["ACL"]) == (2.5, {"u9": {"read": True}})
    assert await storage.get(schema, object_id, ("*",)) is None
    with MongoClient[Raw](reference.database_uri) as client:
        rows = client[reference.database_name]["_Join:rel:Ours"].find({}, {"_id": 0})
        assert list(rows) == [{"owningId": "another", "relatedId": "a2"}]


async def test_arrays_changed_by_both_keep_single_elements(
    reference: Reference, storage: MongoStorage
) -> None:
    """`AddUnique` and `Remove` compare embedded documents with the order of their keys."""
    items: list[JSONValue] = [POINTER, DAY, PLACE, 1]
    object_id = reference.create("Lists", {"arr": items})
    schema = await class_of(storage, "Lists")

    await storage.update(schema, with_id(object_id), {"arr": AddUnique([*items, 2])})
    reference.ask(
        "PUT", f"/classes/Lists/{object_id}", {"arr": {"__op": "AddUnique", "objects": items}}
    )
    assert reference.read("Lists", object_id)["arr"] == [*items, 2]

    await storage.update(schema, with_id(object_id), {"arr": Remove([POINTER, DAY])})
    await storage.update(schema, with_id(object_id), {"arr": Add([POINTER])})
    reference.ask(
        "PUT", f"/classes/Lists/{object_id}", {"arr": {"__op": "Remove", "objects": [POINTER]}}
    )
    after = await storage.get(schema, object_id, None)
    assert after is not None
    assert after["arr"] == [PLACE, 1, 2]


async def test_users_sessions_and_roles_of_parse_server_are_read(
    reference: Reference, storage: MongoStorage
) -> None:
    account: JSONObject = {"username": "theirs", "password": "p", "email": "T@x.y"}
    signed_up = reference.ask("POST", "/users", account, session="")
    user_id, token = str(signed_up["objectId"]), signed_up["sessionToken"]
    proof: JSONObject = {"authData": {"anonymous": {"id": "anon-1"}}}
    anonymous = reference.ask("POST", "/users", proof, session="")
    child, parent = (
        reference.create("_Role", {"name": name, "ACL": {"*": {"read": True}}})
        for name in ("Child", "Parent")
    )
    members: JSONObject = {"__op": "AddRelation", "objects": [pointer("_User", user_id)]}
    children: JSONObject = {"__op": "AddRelation", "objects": [pointer("_Role", child)]}
    reference.ask("PUT", f"/classes/_Role/{child}", {"users": members})
    reference.ask("PUT", f"/classes/_Role/{parent}", {"roles": children})

    (user,) = await storage.find(USER, Equal(Path("email"), "T@x.y"))
    insensitive = FindOptions(case_insensitive=True)
    (same,) = await storage.find(USER, Equal(Path("username"), "THEIRS"), insensitive)
    (nameless,) = await storage.find(USER, Equal(Path("authData.anonymous.id"), "anon-1"))
    sessions = ClassSchema(ClassDefinition("_Session"))
    (session,) = await storage.find(sessions, Equal(Path("sessionToken"), token), ONE)

    assert same == user
    assert user["objectId"] == user_id
    assert cast("str", user["_hashed_password"])[:4] in ("$2a$", "$2b$", "$2y$")
    assert user["ACL"] == {user_id: {"read": True, "write": True}}
    assert nameless["objectId"] == anonymous["objectId"]
    assert nameless["authData"] == {"anonymous": {"id": "anon-1"}}
    assert session["user"] == pointer("_User", user_id)
    assert session["sessionToken"] == token
    assert (
        await storage.find(sessions, And((with_id("x"), Compare(Path("expiresAt"), "<", DAY))))
        == []
    )
    assert cast("JSONObject", session["expiresAt"])["__type"] == "Date"
    assert sorted(await storage.role_names(user_id)) == ["Child", "Parent"]


async def test_users_sessions_and_roles_of_this_store_are_used_by_parse_server(
    reference: Reference, storage: MongoStorage
) -> None:
    sessions = ClassSchema(ClassDefinition("_Session"))
    token = "r:" + "0123456789abcdef" * 2
    own: JSONObject = {"read": True, "write": True}
    await storage.insert(
        USER,
        {
            "objectId": "ourUser",
            "createdAt": "2024-01-02T03:04:05.678Z",
            "updatedAt": "2024-01-02T03:04:05.678Z",
            "username": "ours",
            "_hashed_password": PASSWORD_HASH,
            "authData": {"anonymous": {"id": "ours-1"}},
            "ACL": {"ourUser": own},
        },
    )
    await storage.insert(
        sessions,
        {
            "objectId": "ourSession",
            "createdAt": "2024-01-02T03:04:05.678Z",
            "updatedAt": "2024-01-02T03:04:05.678Z",
            "sessionToken": token,
            "user": pointer("_User", "ourUser"),
            "createdWith": {"action": "login", "authProvider": "password"},
            "expiresAt": LATER,
        },
    )
    await storage.insert(
        ROLE, {"objectId": "ourRole", "name": "Ours", "ACL": {"*": {"read": True}}}
    )
    await storage.change_relation("_Join:users:_Role", "ourRole", ["ourUser"], [])
    secret = reference.create("Secrets", {"ACL": {"role:Ours": {"read": True}}})

    # The log-in makes `_Session` known to parse-server's schema, without which it drops `user`.
    logged_in = reference.ask("GET", "/login", session="", username="ours", password="password")
    me = reference.ask("GET", "/users/me", session=token)
    proof: JSONObject = {"authData": {"anonymous": {"id": "ours-1"}}}
    by_provider = reference.ask("POST", "/users", proof, session="")
    seen = reference.ask("GET", f"/classes/Secrets/{secret}", session=token)

    assert me["objectId"] == logged_in["objectId"] == by_provider["objectId"] == "ourUser"
    assert seen["objectId"] == secret
