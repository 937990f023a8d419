"""What providers have made of authentication data, and how that is compared with what is stored."""

from collections.abc import Mapping
from typing import cast

import msgspec
import orjson

from parsepy.errors import Code, ParseError
from parsepy.protocol import values
from parsepy.query import tree
from parsepy.query.tree import EVERYTHING, Where
from parsepy.types import MISSING, JSONObject, JSONValue, Missing, ParseObject


class Validated(msgspec.Struct):
    """`stored` is what is to be stored by provider, `removed` are providers that go; `response` is
    for the client, and with a `refusal` he gets that instead, once `stored` is stored."""

    stored: dict[str, JSONObject] = msgspec.field(default_factory=dict)
    removed: set[str] = msgspec.field(default_factory=set)
    response: JSONObject = msgspec.field(default_factory=dict)
    refusal: ParseError | None = None


def already_used() -> ParseError:
    return ParseError(Code.ACCOUNT_ALREADY_LINKED, "this auth is already used")


def auth_data_of(user: ParseObject | None) -> dict[str, JSONObject]:
    """The providers of a stored user; a provider without data is none of his."""
    data = user.get("authData") if user else None
    if not isinstance(data, dict):
        return {}
    return {name: each for name, each in data.items() if isinstance(each, dict)}


def canonical(data: JSONObject) -> JSONObject:
    """As it is stored. Raises 121 for keys that no store takes."""
    return cast("JSONObject", values.clean_nested(data))


def is_echo(sent: JSONObject, stored: JSONObject | None) -> bool:
    """Whether a client sends back what it was shown: some of the stored keys as they are."""
    return (
        stored is not None
        and bool(sent)
        and all(name in stored and _same(sent[name], stored[name]) for name in sent)
    )


def still_as(before: JSONObject, path: str, after: JSONObject) -> Where:
    """That a provider's data at `path` are `before` still, and what `after` adds is not there yet.

    What is good once (a code, a token) is consumed by this: the second of two requests finds
    another state. All of it counts, since all of it is written: a log-in that spends one code must
    not bring back another that was spent meanwhile. Objects inside are not compared.
    """
    conditions = [
        _is(tree.Path(f"{path}.{name}"), before.get(name, MISSING))
        for name in before.keys() | after.keys()
    ]
    kept = tuple(condition for condition in conditions if condition is not None)
    return tree.And(kept) if kept else EVERYTHING


def _is(path: tree.Path, value: JSONValue | Missing) -> Where | None:
    if isinstance(value, Missing):
        return tree.Exists(path, False)
    if isinstance(value, list):
        return tree.All(path, tuple(value)) if value else None
    if isinstance(value, dict) or value is None:
        return None
    return tree.Equal(path, value)


def _same(left: object, right: object) -> bool:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return left is right
    return _text(left) == _text(right)


def _text(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def differing(
    stored: Mapping[str, JSONObject], before: Mapping[str, JSONObject]
) -> dict[str, JSONObject]:
    """What of `stored` is not in the user yet."""
    return {
        name: data
        for name, data in stored.items()
        if name not in before or not _same(data, before[name])
    }
