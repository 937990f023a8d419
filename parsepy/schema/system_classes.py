"""The classes that Parse itself defines (rest-objects sheet, section 29)."""

import re
from typing import Final

from parsepy.protocol.field_types import (
    ARRAY,
    BOOLEAN,
    DATE,
    FILE,
    NUMBER,
    OBJECT,
    STRING,
    Fields,
    FieldType,
)

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_JOIN_NAME: Final = re.compile(r"_Join:[A-Za-z0-9_]+:[A-Za-z0-9_]+")
_RESERVED_FIELD_NAMES: Final = frozenset(("length",))


def _columns(names: str, type_: FieldType) -> Fields:
    return dict.fromkeys(names.split(), type_)


DEFAULT_COLUMNS: Final[dict[str, Fields]] = {
    "_User": {
        **_columns("username password email", STRING),
        "emailVerified": BOOLEAN,
        "authData": OBJECT,
    },
    "_Installation": {
        **_columns(
            "installationId deviceToken deviceType pushType GCMSenderId timeZone localeIdentifier"
            " appVersion appName appIdentifier parseVersion",
            STRING,
        ),
        "channels": ARRAY,
        "badge": NUMBER,
    },
    "_Role": {
        "name": STRING,
        "users": FieldType("Relation", "_User"),
        "roles": FieldType("Relation", "_Role"),
    },
    "_Session": {
        "user": FieldType("Pointer", "_User"),
        **_columns("installationId sessionToken", STRING),
        "expiresAt": DATE,
        "createdWith": OBJECT,
    },
    "_Product": {
        **_columns("productIdentifier downloadName title subtitle", STRING),
        **_columns("download icon", FILE),
        "order": NUMBER,
    },
    "_PushStatus": {
        **_columns("pushTime source query payload title status pushHash", STRING),
        **_columns("expiry expiration_interval numSent numFailed count", NUMBER),
        **_columns(
            "errorMessage sentPerType failedPerType sentPerUTCOffset failedPerUTCOffset", OBJECT
        ),
    },
    "_JobStatus": {
        **_columns("jobName source status message", STRING),
        "params": OBJECT,
        "finishedAt": DATE,
    },
    "_JobSchedule": {
        **_columns("jobName description params startAfter timeOfDay", STRING),
        "daysOfWeek": ARRAY,
        **_columns("lastRun repeatMinutes", NUMBER),
    },
    "_Hooks": _columns("functionName className triggerName url", STRING),
    "_GlobalConfig": _columns("params masterKeyOnly", OBJECT),
    "_GraphQLConfig": {"config": OBJECT},
    "_Audience": {
        **_columns("name query", STRING),
        "lastUsed": DATE,
        "timesUsed": NUMBER,
    },
    "_Idempotency": {"reqId": STRING, "expire": DATE},
}

REQUIRED_COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "_Role": ("name", "ACL"),
    "_Product": ("productIdentifier", "icon", "order", "title", "subtitle"),
}
"""Columns that a new object must have, whoever writes it."""

SYSTEM_CLASSES: Final = frozenset(
    "_User _Installation _Role _Session _Product _PushStatus _JobStatus _JobSchedule _Audience"
    " _Idempotency".split()
)
"""Exist for every client, whatever `allowClientClassCreation` says."""

VOLATILE_CLASSES: Final = frozenset(
    "_JobStatus _PushStatus _Hooks _GlobalConfig _GraphQLConfig _JobSchedule _Audience"
    " _Idempotency".split()
)
"""Classes without an entry in the schema store; only master and maintenance key reach them."""

MAIL_CLASS: Final = "_ParsepyMail"
"""Where mails wait that are to be sent. Their links open accounts, so it is no class for any key:
the rooms that look at a store as a whole know it by this name."""


FILE_ACCESS_CLASS: Final = "_ParsepyFileAccess"
"""Who may read which file. No class for any key either: each row opens a file to somebody."""

EVENT_CLASS: Final = "_ParsepyEvent"
"""What was counted of events: read through `/events` only."""

CLOSED_CLASSES: Final = frozenset((MAIL_CLASS, FILE_ACCESS_CLASS, EVENT_CLASS))
"""Rows of the server's own, which no request reaches."""


def is_volatile(class_name: str) -> bool:
    return class_name in VOLATILE_CLASSES


def is_join(class_name: str) -> bool:
    """Whether `class_name` names the rows of a relation, `_Join:<field>:<Class>`."""
    return _JOIN_NAME.fullmatch(class_name) is not None


def join_class(field: str, owning_class: str) -> str:
    return f"_Join:{field}:{owning_class}"


def may_have_schema(class_name: str) -> bool:
    """Whether the schema API takes the name: internal classes have no schema of their own."""
    return class_name in SYSTEM_CLASSES or is_valid_field_name(class_name)


def is_valid_class_name(class_name: str) -> bool:
    return (
        class_name in SYSTEM_CLASSES
        or class_name in VOLATILE_CLASSES
        or is_join(class_name)
        or is_valid_field_name(class_name)
    )


def is_valid_field_name(field: str, class_name: str = "") -> bool:
    """Letters, digits and `_`, a letter first; `length` and (but on `_Hooks`) `className` not."""
    if field == "className" and class_name != "_Hooks":
        return False
    return _NAME.fullmatch(field) is not None and field not in _RESERVED_FIELD_NAMES
