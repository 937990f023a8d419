"""What a server tells the others of a change, and its form on parse-server's channels
(livequery sheet, section 11.2)."""

import re
from dataclasses import dataclass
from typing import Final

from parsepy.errors import ParseError
from parsepy.objects.publish import SECRETS
from parsepy.protocol import acl, dates, values
from parsepy.protocol.json import dumps, loads
from parsepy.types import JSONObject, JSONValue, ParseObject

SAVED: Final = "afterSave"
DELETED: Final = "afterDelete"
"""What the names of the channels end with; before it stands the app's id."""

OWN_MARK: Final = "parsepy"
"""A key of messages from a parsepy server; parse-server does not look at it."""

_CURRENT: Final = "currentParseObject"
_ORIGINAL: Final = "originalParseObject"
_NAME: Final = re.compile(r"[A-Za-z][0-9A-Za-z_]*")
_TIMES: Final = ("createdAt", "updatedAt")


@dataclass(frozen=True, slots=True)
class Publication:
    """An object as it is stored now, and before; nothing in either may be changed.

    `original` is `None` where there was none, and of a `deleted` object, which `current` is.
    `position` is its place in the store's own order, where the store has told it.
    """

    class_name: str
    current: ParseObject
    original: ParseObject | None
    deleted: bool = False
    position: str = ""

    @property
    def kind(self) -> str:
        return DELETED if self.deleted else SAVED


def encode(publication: Publication, permissions: JSONObject | None) -> bytes:
    """The message; `permissions` are the class's, by which a parse-server judges who gets it."""
    class_name = publication.class_name
    message: JSONObject = {_CURRENT: _full(class_name, publication.current)}
    if publication.original is not None:
        message[_ORIGINAL] = _full(class_name, publication.original)
    if permissions is not None:
        message["classLevelPermissions"] = permissions
    return dumps(message)


def decode(kind: str, message: bytes) -> Publication:
    """From parsepy or parse-server. Raises `ValueError` for what is no such message."""
    told = loads(message)
    if not isinstance(told, dict):
        raise ValueError("not an object")
    is_canonical = OWN_MARK in told
    class_name, current = _read(told.get(_CURRENT), is_canonical=is_canonical)
    if kind == DELETED:
        return Publication(class_name, current, None, deleted=True)
    before = told.get(_ORIGINAL)
    if before is None:
        return Publication(class_name, current, None)
    other_class, original = _read(before, is_canonical=is_canonical)
    if (other_class, original["objectId"]) != (class_name, current["objectId"]):
        raise ValueError("two objects")
    return Publication(class_name, current, original)


def _full(class_name: str, document: ParseObject) -> JSONObject:
    return {**document, "__type": "Object", "className": class_name}


def _read(value: JSONValue, *, is_canonical: bool) -> tuple[str, ParseObject]:
    if not isinstance(value, dict):
        raise ValueError("no object")
    class_name, object_id = value.get("className"), value.get("objectId")
    if not (isinstance(class_name, str) and isinstance(object_id, str) and class_name):
        raise ValueError("an object without class or id")
    hidden = ("className", *SECRETS.get(class_name, ()))
    document = {
        name: each
        for name, each in value.items()
        if _NAME.fullmatch(name) is not None and name not in hidden
    }
    return class_name, document if is_canonical else _canonical(document)


def _canonical(document: JSONObject) -> ParseObject:
    """What parse-server tells in the form in which it would be read from the store."""
    canonical: ParseObject = {}
    for name, value in document.items():
        if name in _TIMES:
            canonical[name] = _time(value)
        elif name != "ACL":
            canonical[name] = _clean(_pointing(value))
        elif value is not None:
            canonical[name] = _access(value)
    return canonical


def _time(value: JSONValue) -> JSONValue:
    iso = value.get("iso") if isinstance(value, dict) else value
    return (dates.normalise(iso) if isinstance(iso, str) else None) or iso


def _access(value: JSONValue) -> JSONObject:
    try:
        return acl.clean(value) or {}
    except ParseError:
        # One that nobody can read opens nothing.
        return {}


def _clean(value: JSONValue) -> JSONValue:
    try:
        cleaned = values.clean(value)
    except ParseError:
        return value
    url = value.get("url") if isinstance(value, dict) else None
    if isinstance(cleaned, dict) and cleaned.get("__type") == "File" and isinstance(url, str):
        cleaned["url"] = url
    return cleaned


def _pointing(value: JSONValue) -> JSONValue:
    """With Pointers to the objects that its cloud code has fetched in their place."""
    if isinstance(value, list):
        return [_pointing(item) for item in value]
    if not isinstance(value, dict):
        return value
    class_name, object_id = value.get("className"), value.get("objectId")
    if value.get("__type") == "Object" and isinstance(class_name, str):
        return values.pointer(class_name, object_id) if isinstance(object_id, str) else None
    return {name: _pointing(child) for name, child in value.items()}
