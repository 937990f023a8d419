"""The data that odd requests meet: objects of every kind, and callers of every kind."""

from collections.abc import Mapping
from typing import Final

import bcrypt

from parsepy.errors import Code, ParseError
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
VERIFY_TOKEN: Final = "verifytoken1"
RESET_TOKEN: Final = "resettoken1"
BADGE_CODE: Final = "open sesame"


class Badge:
    """A provider of the app's own, whose proof is a code that is the same for everybody."""

    def validate_auth_data(
        self, auth_data: JSONObject, _options: object, _request: object
    ) -> JSONObject:
        if auth_data.get("code") != BADGE_CODE:
            raise ParseError(Code.OBJECT_NOT_FOUND, "This badge does not open the door.")
        return {"save": {"id": auth_data["id"]}, "response": {"welcome": True}}

    def challenge(self, challenge_data: object, *_others: object) -> JSONObject:
        if challenge_data == "ann":
            raise ValueError("no challenge for ann")
        return {"number": 1}


ACCOUNTS: Final[Mapping[str, object]] = {
    "appName": "Fuzz",
    "publicServerURL": "http://parse.test/parse",
    "emailAdapter": "memory",
    "verifyUserEmails": True,
    "auth": {"badge": {"module": Badge()}, "mfa": {"options": ["TOTP"]}},
    "security": {"enableCheck": True},
}
"""What the accounts' routes need to do more than to refuse."""

OPEN: Final[Mapping[str, object]] = {
    "allowClientClassCreation": True,
    "allowCustomObjectId": True,
    "protectedFields": {"Game": {"*": ["secret"]}},
}
STRICT: Final[Mapping[str, object]] = {"enableSanitizedErrorResponse": False}
GUARDED: Final[Mapping[str, object]] = {
    "enableSanitizedErrorResponse": False,
    "accountLockout": {"duration": 1, "threshold": 2},
    "passwordPolicy": {
        "validatorPattern": "^.{3,}",
        "doNotAllowUsername": True,
        "maxPasswordHistory": 2,
        "maxPasswordAge": 10_000,
        "resetTokenValidityDuration": 3600,
        "resetTokenReuseIfValid": True,
        "resetPasswordSuccessOnInvalidEmail": False,
    },
    "preventLoginWithUnverifiedEmail": True,
    "emailVerifyTokenValidityDuration": 3600,
    "emailVerifyTokenReuseIfValid": True,
    "emailVerifySuccessOnInvalidEmail": False,
    "revokeSessionOnPasswordReset": False,
    "pages": {"enableLocalization": True},
}

_NOW: Final = "2024-05-06T07:08:09.000Z"
_FAR: Final = "9999-01-01T00:00:00.000Z"
HASH: Final = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
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
                "emailVerified": False,
                "_hashed_password": HASH,
                "_email_verify_token": VERIFY_TOKEN,
                "_email_verify_token_expires_at": date(_FAR),
                "_perishable_token": RESET_TOKEN,
                "_perishable_token_expires_at": date(_FAR),
                "_password_changed_at": date(_NOW),
                "ACL": {"*": {"read": True}, "user1": {"read": True, "write": True}},
            },
        ),
        _object(
            "user2",
            {
                "username": "ben",
                "authData": {"anonymous": {"id": "anon"}, "badge": {"id": "badge1"}},
                "ACL": {"user2": {"read": True, "write": True}},
            },
        ),
        _object(
            "user3",
            {
                "username": "dora",
                "email": "dora@parse.test",
                "emailVerified": True,
                "_hashed_password": HASH,
                "_password_changed_at": date(_NOW),
                "authData": {"mfa": {"secret": "JBSWY3DPEHPK3PXPJBSWY3DP", "recovery": []}},
                "ACL": {"user3": {"read": True, "write": True}},
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
                "expiresAt": date(_FAR),
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
