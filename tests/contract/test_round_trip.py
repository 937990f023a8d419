"""What goes into a store comes out of it, whatever the value."""

import pytest

from parsepy.protocol.values import date, pointer
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, JSONValue
from tests.contract.samples import LATER, thing

pytestmark = pytest.mark.anyio

GEO_POINT: JSONObject = {"__type": "GeoPoint", "latitude": 40.5, "longitude": -30}
POLYGON: JSONObject = {"__type": "Polygon", "coordinates": [[0, 0], [0, 1.5], [1, 1], [0, 0]]}
BYTES: JSONObject = {"__type": "Bytes", "base64": "aGVsbG8="}
FILE: JSONObject = {"__type": "File", "name": "abc_x.png"}
NESTED_FILE: JSONObject = {**FILE, "url": "http://host/x.png"}
USER: JSONObject = pointer("_User", "u1")

VALUES: dict[str, list[JSONValue]] = {
    "text": ["", "plain", "Zoë 😀 \U0010ffff", "a\0b", "line\nbreak", "$where", "x" * 100_000],
    "number": [0, -1, 1.5, 0.1, 2**31 - 1, 2**31, -(2**31) - 1, 2**53, 2**60, 1e300, 5e-324],
    "flag": [True, False],
    "day": [date(LATER), date("0001-01-01T00:00:00.000Z"), date("9999-12-31T23:59:59.999Z")],
    "place": [GEO_POINT, {"__type": "GeoPoint", "latitude": 0, "longitude": 0}],
    "area": [POLYGON],
    "file": [FILE],
    "blob": [BYTES, {"__type": "Bytes", "base64": "AP8="}],
    "owner": [USER, pointer("_User", "with$dollar")],
    "list": [
        [],
        [1, "x", True, None, 1.5],
        [[1, [2, []]], {"a": {"b": [None]}}],
        [USER, date(LATER), GEO_POINT, BYTES, NESTED_FILE, POLYGON],
    ],
    "map": [
        {},
        {"z": 1, "a": None, "0": [], "": "empty key", "ключ": {"é": [1]}},
        {"pointer": USER, "date": date(LATER), "blob": BYTES, "place": GEO_POINT},
        {"_id": 1, "_rperm": ["x"], "createdAt": "text", "objectId": "o", "_p_x": "y", "ACL": 1},
        {"__type": "Object", "className": "A", "objectId": "b"},
    ],
}
CASES = [(field, value) for field, values in VALUES.items() for value in [*values, None]]


@pytest.mark.parametrize(
    ("field", "value"), CASES, ids=[f"{field}-{n}" for n, (field, _) in enumerate(CASES)]
)
async def test_a_value_comes_back_as_it_was(
    storage: Storage, schema: ClassSchema, field: str, value: JSONValue
) -> None:
    document = thing("t1", **{field: value})
    await storage.insert(schema, document)
    found = await storage.get(schema, "t1", None)
    assert found == document
    # `==` takes 1 for True and 1.0, and objects in any order.
    assert repr(found and found[field]) == repr(value)


async def test_missing_fields_stay_missing(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1"))
    assert await storage.get(schema, "t1", None) == thing("t1")


@pytest.mark.parametrize(
    "acl",
    [
        {},
        {"*": {"read": True}},
        {"u1": {"read": True, "write": True}, "role:Admins": {"write": True}},
    ],
)
async def test_an_acl_comes_back_as_it_was(
    storage: Storage, schema: ClassSchema, acl: JSONObject
) -> None:
    document = thing("t1", ACL=acl)
    await storage.insert(schema, document)
    assert await storage.get(schema, "t1", None) == document


async def test_relation_values_are_not_kept(storage: Storage, schema: ClassSchema) -> None:
    relation: JSONObject = {"__type": "Relation", "className": "_User"}
    await storage.insert(schema, thing("t1", members=relation))
    assert await storage.get(schema, "t1", None) == thing("t1")


async def test_internal_columns_keep_their_names(storage: Storage) -> None:
    users = missing_class("_User")
    user = thing(
        "u1",
        username="ann",
        authData={"anonymous": {"id": "x-1"}, "other": {"id": "2", "nested": {"a": [1]}}},
        _hashed_password="$2b$10$abc",
        _failed_login_count=3,
        _email_verify_token="token",
        _email_verify_token_expires_at=date(LATER),
        _perishable_token="other",
        _perishable_token_expires_at=date(LATER),
        _account_lockout_expires_at=date(LATER),
        _password_changed_at=date(LATER),
        _password_history=["$2b$10$a", "$2b$10$b"],
    )
    await storage.insert(users, user)
    assert await storage.get(users, "u1", None) == user


async def test_a_session_keeps_its_token(storage: Storage) -> None:
    sessions = missing_class("_Session")
    session = thing(
        "s1",
        sessionToken="r:abc",
        user=USER,
        expiresAt=date(LATER),
        createdWith={"action": "login", "authProvider": "password"},
    )
    await storage.insert(sessions, session)
    assert await storage.get(sessions, "s1", None) == session


async def test_a_document_is_neither_changed_nor_kept(
    storage: Storage, schema: ClassSchema
) -> None:
    document = thing("t1", map={"a": [1]}, list=[{"b": 2}], ACL={"*": {"read": True}})
    before = repr(document)
    await storage.insert(schema, document)
    assert repr(document) == before
    document["map"] = {"changed": True}
    found = await storage.get(schema, "t1", None)
    assert found is not None
    found["list"] = []
    again = await storage.get(schema, "t1", None)
    assert again == thing("t1", map={"a": [1]}, list=[{"b": 2}], ACL={"*": {"read": True}})
