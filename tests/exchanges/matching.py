"""Compares an answer with what an exchange expects of it."""

import re
from collections.abc import Callable, Iterator

from parsepy.types import JSONObject, JSONValue

OTHERS_ALLOWED = "..."
ABSENT = "<absent>"
PATTERNS = {
    "<objectId>": r"[A-Za-z0-9]{10,}",
    "<date>": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z",
    "<token>": r"r:\S{8,}",
    "<uuid>": r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "<url>": r"https?://\S+",
}


def _is_number(value: JSONValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


KINDS: dict[str, Callable[[JSONValue], bool]] = {
    "<any>": lambda _value: True,
    "<string>": lambda value: isinstance(value, str),
    "<number>": _is_number,
    "<int>": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "<bool>": lambda value: isinstance(value, bool),
    "<object>": lambda value: isinstance(value, dict),
    "<array>": lambda value: isinstance(value, list),
    "<null>": lambda value: value is None,
}


def differences(place: str, wanted: JSONValue, got: JSONValue) -> Iterator[str]:
    """Yield one line per difference; `wanted` may hold the matchers of the format.

    Numbers are compared with their spelling: apps tell `2` from `2.0`.
    """
    if isinstance(wanted, dict) and isinstance(got, dict):
        yield from _object_differences(place, wanted, got)
    elif isinstance(wanted, list) and isinstance(got, list):
        yield from _array_differences(place, wanted, got)
    elif not _fits(wanted, got):
        yield f"{place}: expected {wanted!r}, got {got!r}"


def _fits(wanted: JSONValue, got: JSONValue) -> bool:
    if not isinstance(wanted, str):
        return type(wanted) is type(got) and wanted == got
    if wanted in KINDS:
        return KINDS[wanted](got)
    pattern = _pattern(wanted)
    return isinstance(got, str) and pattern.search(got) is not None


def _pattern(wanted: str) -> re.Pattern[str]:
    """What a text must look like: a matcher's pattern, else the text itself."""
    if wanted.startswith("<regex:") and wanted.endswith(">"):
        return re.compile(wanted[len("<regex:") : -1], re.DOTALL)
    if wanted.startswith("<oneOf:") and wanted.endswith(">"):
        choices = wanted[len("<oneOf:") : -1].split("|")
        return re.compile("|".join(rf"\A{re.escape(choice)}\Z" for choice in choices))
    return re.compile(rf"\A(?:{PATTERNS.get(wanted, re.escape(wanted))})\Z")


def _object_differences(place: str, wanted: JSONObject, got: JSONObject) -> Iterator[str]:
    named: set[str] = set()
    for key, matcher in wanted.items():
        if key == OTHERS_ALLOWED:
            continue
        name = key.removesuffix("?")
        named.add(name)
        yield from _member_differences(f"{place}.{name}", key, name, matcher, got)
    if OTHERS_ALLOWED not in wanted:
        for name in got.keys() - named:
            yield f"{place}.{name}: not expected, got {got[name]!r}"


def _member_differences(
    place: str, key: str, name: str, matcher: JSONValue, got: JSONObject
) -> Iterator[str]:
    if matcher == ABSENT:
        if name in got:
            yield f"{place}: must be absent, got {got[name]!r}"
    elif name in got:
        yield from differences(place, matcher, got[name])
    elif not key.endswith("?"):
        yield f"{place}: expected {matcher!r}, missing"


def _array_differences(place: str, wanted: list[JSONValue], got: list[JSONValue]) -> Iterator[str]:
    if wanted[:1] == ["<each>"]:
        for index, item in enumerate(got):
            yield from differences(f"{place}.{index}", wanted[1], item)
    elif wanted[:1] == ["<some>"]:
        if all(any(differences(place, wanted[1], item)) for item in got):
            yield f"{place}: no element fits {wanted[1]!r}, got {got!r}"
    elif len(wanted) != len(got):
        yield f"{place}: expected {len(wanted)} elements, got {got!r}"
    else:
        for index, (matcher, item) in enumerate(zip(wanted, got, strict=True)):
            yield from differences(f"{place}.{index}", matcher, item)
