"""What a function of the test's process is called with, in the wire's form and under its names."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final, Protocol, cast, runtime_checkable

from parsepy.auth.base import AuthRequest
from parsepy.cloud import values
from parsepy.cloud.objects import Object
from parsepy.cloud.requests import CloudRequest
from parsepy.testing.cloud_values import object_json, request_json
from parsepy.types import JSONObject, JSONValue, Missing, ParseObject

_USERS: Final = frozenset(("user", "object", "original"))
"""Members of requests about an account that hold a whole user."""

_WORD_BEGINS: Final = re.compile(r"_([a-z])")


@runtime_checkable
class Tagged(Protocol):
    """Something of the test's process that goes back to it."""

    def tag(self) -> JSONObject: ...


def argument_json(value: object) -> JSONValue:
    """Raises `TypeError` for what cannot be sent."""
    if isinstance(value, Missing):
        return {"__t": "Undefined"}
    if isinstance(value, Tagged):
        return value.tag()
    if isinstance(value, CloudRequest):
        return request_json(value)
    if isinstance(value, Object):
        return object_json(value)
    if is_dataclass(value) and not isinstance(value, type):
        return members_json(value)
    if isinstance(value, Mapping):
        return {str(name): argument_json(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [argument_json(child) for child in value]
    return values.encode(value)


def user_json(user: ParseObject) -> JSONObject:
    """A user as an object; secrets stay here."""
    state = {name: value for name, value in user.items() if not name.startswith("_")}
    object_id = state.get("objectId")
    return object_json(Object("_User", None if object_id is None else str(object_id), state))


def members_json(value: Any) -> JSONObject:
    """A request of ours: members that are `None` are those that JavaScript leaves out."""
    sent: JSONObject = {}
    for field in fields(value):
        member = getattr(value, field.name)
        if member is None or isinstance(member, Missing):
            continue
        if field.name in _USERS and isinstance(member, Mapping):
            sent[field.name] = user_json(cast("ParseObject", dict(member)))
        else:
            sent[_camel_case(field.name)] = argument_json(member)
    if isinstance(value, AuthRequest) and not value.is_challenge:
        del sent["isChallenge"]
    return sent


def _camel_case(name: str) -> str:
    return _WORD_BEGINS.sub(lambda found: found[1].upper(), name)
