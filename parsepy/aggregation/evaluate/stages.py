"""The stages that look at one document at a time, or only count and cut."""

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, TypeAlias, cast

import orjson

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.match import compile_match
from parsepy.aggregation.evaluate.paths import parts_of, put
from parsepy.aggregation.evaluate.projection import compile_projection
from parsepy.aggregation.evaluate.values import (
    Document,
    fail,
    is_number,
    is_object,
    type_name,
)
from parsepy.query.sort_keys import least_key
from parsepy.types import MISSING, JSONObject, JSONValue

Documents: TypeAlias = Iterable[Document]
Stage: TypeAlias = Callable[[Documents, Variables], Documents]

_MOST_SORT_KEYS: Final = 32
_MOST_ROWS: Final = 2**63 - 1


def match(spec: JSONValue, scope: Scope) -> Stage:
    matches = compile_match(spec, scope)
    return lambda documents, variables: (
        document for document in documents if matches(document, variables)
    )


def project(spec: JSONValue, scope: Scope) -> Stage:
    change = compile_projection(spec, scope)
    return lambda documents, variables: (change(document, variables) for document in documents)


def unset(spec: JSONValue, scope: Scope) -> Stage:
    names = [spec] if isinstance(spec, str) else spec
    if not isinstance(names, list) or not names:
        fail("$unset specification must be a string or an array with at least one field")
    dropped: JSONObject = {}
    for name in names:
        if not isinstance(name, str):
            fail("$unset specification must be a string or an array containing only string values")
        dropped[name] = 0
    return project(dropped, scope)


def add_fields(spec: JSONValue, scope: Scope) -> Stage:
    if not is_object(spec):
        fail(f"$addFields specification stage must be an object, got {type_name(spec)}")
    if not spec:
        fail("specification must have at least one field")
    additions = list(_additions(spec, scope, ()))

    def add(document: Document, variables: Variables) -> Document:
        # All of them see the document as it was.
        values = [(parts, value(document, variables)) for parts, value in additions]
        changed = document
        for parts, value in values:
            changed = put(changed, parts, value)
        return changed

    return lambda documents, variables: (add(document, variables) for document in documents)


def _additions(
    spec: JSONObject, scope: Scope, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Expression]]:
    for path, value in spec.items():
        parts = above + parts_of(path)
        if is_object(value) and value and next(iter(value))[:1] != "$":
            yield from _additions(value, scope, parts)
        else:
            yield parts, compile_expression(value, scope)


def replace_root(spec: JSONValue, scope: Scope) -> Stage:
    if not is_object(spec) or "newRoot" not in spec:
        fail("BSON field '$replaceRoot.newRoot' is missing but a required field")
    return replace_with(spec["newRoot"], scope)


def replace_with(spec: JSONValue, scope: Scope) -> Stage:
    expression = compile_expression(spec, scope)

    def replace(document: Document, variables: Variables) -> Document:
        value = expression(document, variables)
        if not is_object(value):
            fail(
                "'newRoot' expression must evaluate to an object, but resulting value was of type"
                f" {type_name(value)}"
            )
        return value

    return lambda documents, variables: (replace(document, variables) for document in documents)


def limit(spec: JSONValue, _scope: Scope) -> Stage:
    number = _whole("$limit", spec)
    if number <= 0:
        fail("the limit must be positive")
    return lambda documents, _variables: islice(documents, number)


def skip(spec: JSONValue, _scope: Scope) -> Stage:
    number = _whole("$skip", spec)
    return lambda documents, _variables: islice(documents, number, None)


def _whole(name: str, value: JSONValue) -> int:
    shown = orjson.dumps(value).decode()
    if not is_number(value):
        fail(f"invalid argument to {name} stage: Expected a number in: {name}: {shown}")
    if cast("float", value) % 1:
        fail(f"invalid argument to {name} stage: Expected an integer: {name}: {shown}")
    if cast("float", value) < 0:
        fail(
            f"invalid argument to {name} stage: Expected a non-negative number in: {name}: {shown}"
        )
    return min(int(cast("float", value)), _MOST_ROWS)


def sample(spec: JSONValue, _scope: Scope) -> Stage:
    if not is_object(spec):
        fail("the $sample stage specification must be an object")
    if not is_number(spec.get("size")):
        fail("$sample stage must specify a size")
    size = int(cast("float", spec["size"]))
    if size <= 0:
        fail("size argument to $sample must be a positive integer")

    def draw(documents: Documents, _variables: Variables) -> Documents:
        found = list(documents)
        return random.sample(found, min(size, len(found)))

    return draw


def count(spec: JSONValue, _scope: Scope) -> Stage:
    name = field_name("the count field", spec)

    def tell(documents: Documents, _variables: Variables) -> Documents:
        number = sum(1 for _document in documents)
        return [{name: number}] if number else []

    return tell


def field_name(what: str, value: JSONValue) -> str:
    if not isinstance(value, str) or not value:
        fail(f"{what} must be a non-empty string")
    if value.startswith("$"):
        fail(f"{what} cannot be a $-prefixed path")
    if "." in value:
        fail(f"{what} cannot contain '.'")
    if "\0" in value:
        fail(f"{what} cannot contain a null byte")
    return value


def sort(spec: JSONValue, _scope: Scope) -> Stage:
    keys = sort_keys(spec)

    def arrange(documents: Documents, _variables: Variables) -> Documents:
        return arranged(list(documents), keys)

    return arrange


def sort_keys(spec: JSONValue) -> list[tuple[str, bool]]:
    """Paths, and whether each sorts downwards."""
    if not is_object(spec):
        fail("the $sort key specification must be an object")
    if not spec:
        fail("$sort stage must have at least one sort key")
    if len(spec) > _MOST_SORT_KEYS:
        fail(f"$sort takes at most {_MOST_SORT_KEYS} keys")
    for path, direction in spec.items():
        parts_of(path)
        if isinstance(direction, bool) or direction not in (1, -1):
            fail("$sort key ordering must be 1 (for ascending) or -1 (for descending)")
    return [(path, direction == -1) for path, direction in spec.items()]


def arranged(documents: list[Document], keys: list[tuple[str, bool]]) -> list[Document]:
    # Python's sort keeps equal ones in their order, also downwards: so the last key goes first.
    for path, down in reversed(keys):
        parts = path.split(".")
        documents.sort(key=_key(parts, down), reverse=down)
    return documents


def _key(parts: list[str], down: bool) -> Callable[[Document], bytes]:
    if len(parts) == 1:
        name = parts[0]
        return lambda document: least_key(document.get(name, MISSING), (), greatest=down)
    return lambda document: least_key(document, parts, greatest=down)
