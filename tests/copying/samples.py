"""An app with something of everything, written into a store as a server leaves it there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, cast

from parsepy.copying.places import Place
from parsepy.protocol.field_types import ARRAY, NUMBER, OBJECT, STRING, FieldType
from parsepy.protocol.values import date, pointer
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, ParseObject
from tests.contract.samples import CREATED, EVERY_TYPE, UPDATED

HASH: Final = "$2b$10$41x1wZaoWKA6rGDlN4n.guxwu.vMmUQiAeY4S/.LqsNQmmxsAYoqG"
TOKEN: Final = "r:" + "0123456789abcdef" * 2
LATER: Final = date("2030-01-01T00:00:00.000Z")
BLOB: Final[JSONObject] = {"__type": "Bytes", "base64": "aGVsbG8="}
PLACE: Final[JSONObject] = {"__type": "GeoPoint", "latitude": 40, "longitude": -30.5}
AREA: Final[JSONObject] = {
    "__type": "Polygon",
    "coordinates": [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]],
}
ODD: Final = ClassDefinition(
    "Odd_Names0",
    {
        "UPPER": Field(STRING, required=True, default="x"),
        "upper": Field(STRING),
        "sqlite_like": Field(NUMBER, default=0),
        "day": Field(FieldType("Date"), default=LATER),
        "other": Field(FieldType("Pointer", "Thing")),
        "map": Field(OBJECT),
        "list": Field(ARRAY),
    },
    {"find": {"*": True}, "get": {"role:Admins": True}, "protectedFields": {"*": ["upper"]}},
    {"by_upper": {"UPPER": 1, "upper": -1}, "by_other": {"_p_other": 1}},
)
DEFINITIONS: Final = (
    EVERY_TYPE.definition,
    ODD,
    ClassDefinition("_User", {"nick": Field(STRING)}),
    ClassDefinition("_Role"),
    ClassDefinition("_Session", {"user": Field(FieldType("Pointer", "_User"))}),
)


def made(object_id: str, **fields: object) -> ParseObject:
    given = cast("JSONObject", fields)
    return {"objectId": object_id, "createdAt": CREATED, "updatedAt": UPDATED, **given}


OBJECTS: Final[dict[str, list[ParseObject]]] = {
    "Thing": [
        made(
            "every",
            text="a\u0000b \U0001f600 ~ \u2028",
            number=1.5,
            flag=False,
            day=LATER,
            map={"k": [1, None, {"deep": {"d": LATER, "b": BLOB, "p": pointer("Thing", "x")}}]},
            list=[1, "x", LATER, pointer("Thing", "x"), PLACE, BLOB, None, [[]], {}, AREA, -0.25],
            place=PLACE,
            area=AREA,
            file={"__type": "File", "name": "abc_x.png"},
            blob=BLOB,
            owner=pointer("_User", "ada"),
            ACL={"ada": {"read": True, "write": True}, "role:Admins": {"write": True}},
        ),
        made(
            "nulls", text=None, number=None, day=None, owner=None, map=None, list=None, place=None
        ),
        made("bare"),
        made("closed", ACL={}),
        made("numbers", list=[0, -1, 2**31, -(2**31) - 1, 2**53, 1e300, 5e-324, 0.1, 1e22]),
    ],
    "Odd_Names0": [
        made("o1", UPPER="A", upper="b", sqlite_like=3, other=pointer("Thing", "every")),
        made("o2", UPPER="A", upper="b", map={"": 1, "ü": [], "__type": "none", "$": 2}),
    ],
    "_User": [
        made(
            "ada",
            username="ada",
            email="ada@x.y",
            emailVerified=False,
            nick="A",
            _hashed_password=HASH,
            _email_verify_token="URZi1daWjTcuNgillwnbqz1NO",
            _email_verify_token_expires_at=LATER,
            _perishable_token="s4UHTacE3LH4REx4wmwEdI9Cj",
            _perishable_token_expires_at=LATER,
            _password_changed_at=LATER,
            _password_history=[HASH, HASH],
            _failed_login_count=3,
            _account_lockout_expires_at=LATER,
            ACL={"ada": {"read": True, "write": True}},
        ),
        made(
            "anon", username="x1", authData={"anonymous": {"id": "a-1"}, "gc": {"id": "g", "n": 1}}
        ),
    ],
    "_Role": [made("admins", name="Admins", ACL={"*": {"read": True}}), made("all", name="All")],
    "_Session": [
        made(
            "s1",
            sessionToken=TOKEN,
            user=pointer("_User", "ada"),
            createdWith={"action": "login", "authProvider": "password"},
            expiresAt=LATER,
            installationId="i-1",
        )
    ],
    "_GlobalConfig": [
        {"objectId": "1", "params": {"a": 1, "d": LATER}, "masterKeyOnly": {"a": False}}
    ],
    "_Hooks": [{"objectId": "5f0000000000000000000001", "functionName": "f", "url": "http://x"}],
    "_Audience": [made("au", name="n", query="{}", lastUsed=LATER, timesUsed=2)],
    "_JobStatus": [made("j1", jobName="j", status="running", finishedAt=LATER)],
    "_Idempotency": [made("id1", reqId="rq1", expire=LATER)],
}
JOINS: Final = {
    "_Join:members:Thing": [("every", ["ada", "anon"]), ("bare", ["ada"])],
    "_Join:users:_Role": [("admins", ["ada"])],
    "_Join:roles:_Role": [("all", ["admins"])],
}


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Storage]:
    storage = place.storage()
    await storage.start()
    try:
        yield storage
    finally:
        await storage.close()


async def fill(place: Place) -> None:
    async with opened(place) as storage:
        for definition in DEFINITIONS:
            await storage.create_class(definition)
        for class_name, documents in OBJECTS.items():
            schema = schema_of(class_name)
            assert await storage.insert_many(schema, documents) == [None] * len(documents)
        for join, rows in JOINS.items():
            for owning_id, related in rows:
                await storage.change_relation(join, owning_id, related, [])


def schema_of(class_name: str) -> ClassSchema:
    for definition in DEFINITIONS:
        if definition.name == class_name:
            return ClassSchema(definition)
    return missing_class(class_name)


async def content(place: Place) -> dict[str, object]:
    """Everything in a store that an app may see, in the order in which it stands there."""
    async with opened(place) as storage:
        definitions = await storage.load_classes()
        found: dict[str, object] = {
            definition.name: (
                definition.fields,
                definition.permissions,
                {n: key for n, key in definition.indexes.items() if n.startswith("by_")},
            )
            for definition in definitions
        }
        for class_name in OBJECTS:
            rows = await storage.find(schema_of(class_name), EVERYTHING)
            found[f"{class_name} objects"] = rows
        for join in JOINS:
            rows = await storage.find(
                missing_class(join), EVERYTHING, FindOptions(order=(("objectId", False),))
            )
            # Only the rows of one owner have an order among them.
            pairs = [(str(row["owningId"]), row["relatedId"]) for row in rows]
            found[join] = sorted(pairs, key=lambda pair: pair[0])
        return found
