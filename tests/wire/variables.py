"""`${name}` in fixtures: captured from one answer, used in later requests and answers."""

import re
from collections.abc import Mapping

import httpx

from parsepy.types import JSONValue

REFERENCE = re.compile(r"\$\{(\w+)\}")
HEADER_PREFIX = "headers."

Variables = dict[str, str]


class CaptureError(AssertionError):
    """The answer has nothing at the place that a step wants to save."""


def substitute(value: JSONValue, variables: Mapping[str, str]) -> JSONValue:
    """Replace `${name}` in every string, keys included; an unknown name is a KeyError."""
    if isinstance(value, str):
        return REFERENCE.sub(lambda match: variables[match[1]], value)
    if isinstance(value, list):
        return [substitute(item, variables) for item in value]
    if isinstance(value, dict):
        return {
            REFERENCE.sub(lambda match: variables[match[1]], key): substitute(item, variables)
            for key, item in value.items()
        }
    return value


def capture(wanted: Mapping[str, str], answer: httpx.Response, body: JSONValue) -> Variables:
    """Read the places that `save` names: `results.0.objectId`, or `headers.ETag`."""
    return {name: _text_at(place, answer, body) for name, place in wanted.items()}


def at_place(place: str, answer: httpx.Response, body: JSONValue) -> JSONValue:
    """What is at a place; `None` where there is nothing."""
    if place.startswith(HEADER_PREFIX):
        header: str | None = answer.headers.get(place.removeprefix(HEADER_PREFIX))
        return header
    return _inside(body, place.split("."))


def _text_at(place: str, answer: httpx.Response, body: JSONValue) -> str:
    found = at_place(place, answer, body)
    if not isinstance(found, str):
        raise CaptureError(f"no string at {place} in {answer.status_code} {answer.text}")
    return found


def _inside(value: JSONValue, path: list[str]) -> JSONValue:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value
