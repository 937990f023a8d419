"""Query strings as SDKs write them: each value JSON where it parses, else text."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from parsepy import errors
from parsepy.protocol import json
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_NESTED: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_MAYBE_JSON: Final = re.compile(r"\s*(?:[{\[\"]|-?[0-9]|true|false|null)")
_BROKEN_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})")
MAX_PARAMETERS: Final = 1_000
MAX_NESTING: Final = 5
"""As the query parser of Express has it: `where[a][b]=…` nests, but not without end."""


def parse(query: bytes) -> JSONObject:
    """`where={"a":1}&limit=2` → `{"where": {"a": 1}, "limit": 2}`."""
    return _parsed(query, _value)


def parse_texts(query: bytes) -> JSONObject:
    """`a=1e3&b[c]=2` → `{"a": "1e3", "b": {"c": "2"}}`: parameters of functions and jobs."""
    return _parsed(query, str)


def _parsed(query: bytes, read: Callable[[str], JSONValue]) -> JSONObject:
    if not query:
        return {}
    try:
        pairs = parse_qsl(
            query.decode("ascii", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MAX_PARAMETERS,
        )
    except ValueError:
        raise errors.bad_body("too many parameters") from None
    found: JSONObject = {}
    for name, text in pairs:
        if not name:
            continue
        nested = _NESTED.fullmatch(name) if "[" in name else None
        parts = [name] if nested is None else [nested[1], *nested[2][1:-1].split("][")]
        _put(found, parts[: MAX_NESTING + 1], read(text) if nested is None else text)
    return found


def parse_form(body: bytes) -> JSONObject:
    """A form's fields, all texts."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        raise errors.bad_body("too many parameters") from None
    return dict(pairs)


def decode_segment(segment: str) -> str:
    """One part of a path, percent-decoded. Raises 400 for bytes that are no UTF-8."""
    if "%" not in segment:
        return segment
    text = unquote_plus(segment.replace("+", "%2B"), errors="replace")
    if "\ufffd" in text or "\0" in text or _BROKEN_ESCAPE.search(segment):
        raise errors.bad_body("the path is not valid UTF-8")
    return text


def _value(text: str) -> JSONValue:
    if _MAYBE_JSON.match(text) is None:
        # `order=-score` is the common case, and an exception costs ten times a look.
        return text
    try:
        return json.loads(text)
    except json.InvalidJSON:
        return text


def _put(found: JSONObject, parts: list[str], value: JSONValue) -> None:
    """`a[b]=` nests, `a[]=`, `a[0]=` and a name that comes again make a list."""
    if len(parts) > 1 and (parts[-1] == "" or parts[-1].isdigit()):
        _append(found, parts[:-1], value)
    elif len(parts) == 1 and parts[0] in found:
        _append(found, parts, value)
    else:
        _holder(found, parts)[parts[-1]] = value


def _append(found: JSONObject, parts: list[str], value: JSONValue) -> None:
    holder = _holder(found, parts)
    present = holder.get(parts[-1], MISSING)
    if isinstance(present, list):
        present.append(value)
    else:
        holder[parts[-1]] = [value] if isinstance(present, Missing) else [present, value]


def _holder(found: JSONObject, parts: list[str]) -> JSONObject:
    """The object that the last of `parts` belongs to, made where it is missing."""
    holder = found
    for part in parts[:-1]:
        child = holder.get(part)
        if not isinstance(child, dict):
            child = holder[part] = {}
        holder = child
    return holder
