"""Every type of field against every operator with every kind of value, fitting or not."""

from collections.abc import Iterator

import pytest

from parsepy.errors import ParseError
from parsepy.query.parse import parse_where
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.query.conftest import Stores
from tests.query.samples import (
    AREAS,
    BLOBS,
    DATES,
    EARLY,
    FILES,
    LATE,
    NUMBERS,
    PATTERNS,
    PLACES,
    POINTERS,
    SCHEMA,
    TEXTS,
)

pytestmark = pytest.mark.anyio

VALUES: dict[str, list[JSONValue]] = {
    "text": [*TEXTS],
    "number": [*NUMBERS],
    "flag": [True, False],
    "day": [*DATES],
    "map": [{}, {"a": 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": DATES[0]}, {"a": POINTERS[0]}],
    "list": [
        [],
        [1],
        ["a", None],
        [True],
        [DATES[0]],
        [POINTERS[0]],
        [BLOBS[1]],
        [[1]],
        [{"a": 1}],
    ],
    "place": [*PLACES],
    "area": [*AREAS],
    "file": [*FILES],
    "blob": [*BLOBS],
    "team": [*POINTERS[:2]],
}
KINDS: list[JSONValue] = [
    *(None, True, 0, 1, "", "a", "one", "text1", EARLY),
    *(DATES[0], POINTERS[0], PLACES[0], AREAS[0], FILES[0], BLOBS[0]),
    {},
    {"a": 1},
    [1],
    [],
]


def documents() -> list[ParseObject]:
    found: list[ParseObject] = [{"objectId": "none", "createdAt": EARLY, "updatedAt": LATE}]
    for field, values in VALUES.items():
        for number, value in enumerate([*values, None]):
            created = EARLY if number % 2 else LATE
            found.append(
                {
                    "objectId": f"{field}{number}",
                    "createdAt": created,
                    "updatedAt": LATE,
                    field: value,
                }
            )
    return found


def constraints(values: list[JSONValue]) -> Iterator[JSONValue]:
    for value in [*values, *KINDS]:
        yield value
        for operator in ("$eq", "$ne", "$lt", "$lte", "$gt"):
            yield {operator: value}
        yield {"$in": [value, "b"]}
        yield {"$nin": [value, None]}
        yield {"$all": [value]}
        yield {"$containedBy": [value]}
    for pattern in PATTERNS:
        yield {"$regex": pattern}
        yield {"$regex": pattern, "$options": "imxsu"}
    for exists in (True, False, 0, "", None):
        yield {"$exists": exists}
    yield {"$all": [{"$regex": "^\\Qa\\E"}]}
    yield {"$gte": 1, "$ne": 2, "$exists": True}


@pytest.mark.parametrize("key", [*VALUES, "objectId", "createdAt", "missing", "map.a", "list.0"])
async def test_all_evaluators_read_an_operator_alike(stores: Stores, key: str) -> None:
    objects = documents()
    await stores.hold(objects)
    tried = 0
    for constraint in constraints(VALUES.get(key, [])):
        where: JSONObject = {key: constraint}
        try:
            tree = parse_where(where, SCHEMA.types)
        except ParseError:
            continue
        assert not await stores.disagreement(objects, tree), where
        tried += 1
    assert tried > 100
