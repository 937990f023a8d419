"""The data that odd requests meet: objects of every kind, and callers of every kind."""

from collections.abc import Mapping
from typing import Final

import bcrypt

from parsepy.protocol.field_types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DATE,
    FILE,
    GEO_POINT,
    NUMBER,
    OBJECT,
    POLYGON,
    STRING,
    Fields,
    FieldType,
)
from parsepy.protocol.values import date, pointer
from parsepy.types import JSONObject, ParseObject

APP_ID: Final = "fuzz"
MASTER_KEY: Final = "the-master-key"
MAINTENANCE_KEY: Final = "the-maintenance-key"
READ_ONLY_KEY: Final = "the-read-only-key"
SESSION_TOKEN: Final = "r:" + "5" * 32
PASSWORD: Final = "correct horse"

OPEN: Final[Mapping[str, object]] = {
    "allowClientClassCreation": True,
    "allowCustomObjectId": True,
    "protectedFields": {"Game": {"*": ["secret"]}},
}
STRICT: Final[Mapping[str, object]] = {"enableSanitizedErrorResponse": False}

_NOW: Final = "2024-05-06T07:08:09.000Z"
_USER: Final = FieldType("Pointer", "_User")
FIELDS: Final[dict[str, Fields]] = {
    "Game": {
        "name": STRING,
        "secret": STRING,
        "score": NUMBER,
        "won": BOOLEAN,
        "day": DATE,
        "map": OBJECT,
        "list": ARRAY,
        "place": GEO_POINT,
        "area": POLYGON,
        "file": FILE,
        "blob": BYTES,
        "owner": _USER,
        "fans": FieldType("Relation", "_User"),
    },
    "Closed": {"name": STRING, "owner": _USER},
}
SYSTEM_CLASSES: Final = ("_User", "_Role", "_Session", "_Installation")
PERMISSIONS: Final[dict[str, JSONObject]] = {"Closed": {"find": {"role:admins": True}}}


def _object(object_id: str, fields: JSONObject) -> ParseObject:
    return {"objectId": object_id, "createdAt": _NOW, "updatedAt": _NOW, **fields}


OBJECTS: Final[dict[str, list[ParseObject]]] = {
    "Game": [
        _object(
            "game1",
            {
                "name": "chess",
                "secret": "opening",
                "score": 1,
                "won": True,
                "day": date(_NOW),
                "map": {"a": 1, "b": {"c": [1]}},
                "list": [1, "a", {"k": 1}, pointer("_User", "user1")],
                "place": {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
                "file": {"__type": "File", "name": "board.png"},
                "blob": {"__type": "Bytes", "base64": "AAA="},
                "owner": pointer("_User", "user1"),
            },
        ),
        _object("game2", {"name": "go", "ACL": {"user1": {"read": True, "write": True}}}),
    ],
    "Closed": [_object("closed1", {"name": "x", "owner": pointer("_User", "user1")})],
    "_User": [
        _object(
            "user1",
            {
                "username": "ann",
                "email": "ann@parse.test",
                "_hashed_password": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
                "ACL": {"*": {"read": True}, "user1": {"read": True, "write": True}},
            },
        ),
        _object(
            "user2",
            {
                "username": "ben",
                "authData": {"anonymous": {"id": "anon"}},
                "ACL": {"user2": {"read": True, "write": True}},
            },
        ),
    ],
    "_Session": [
        _object(
            "session1",
            {
                "sessionToken": SESSION_TOKEN,
                "user": pointer("_User", "user1"),
                "createdWith": {"action": "login"},
                "expiresAt": date("9999-01-01T00:00:00.000Z"),
            },
        )
    ],
    "_Role": [_object("role1", {"name": "admins", "ACL": {"*": {"read": True}}})],
    "_Installation": [_object("phone1", {"installationId": "phone", "deviceType": "ios"})],
}
RELATIONS: Final[dict[str, dict[str, list[str]]]] = {
    "_Join:users:_Role": {"role1": ["user1"]},
    "_Join:fans:Game": {"game1": ["user2"]},
}
