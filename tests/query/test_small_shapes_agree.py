"""How paths reach into nested lists and objects: every small shape, asked in every way."""

from collections.abc import Iterator

import pytest

from parsepy.query.parse import parse_where
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.query.conftest import Stores
from tests.query.samples import BLOBS, DATES, EARLY, LATE, POINTERS, SCHEMA

pytestmark = pytest.mark.anyio

SCALARS: list[JSONValue] = [1, None, "a", True, DATES[0], POINTERS[0], BLOBS[0]]
PATHS = (
    "root root.a root.0 root.1 root.b root.a.b root.0.0 root.0.a root.a.0 root.a.0.a root.0.a.0"
    " root.a. root.0. root.00 root.objectId root.a.objectId root.a.iso root.a.base64"
).split()


def flat_shapes() -> list[JSONValue]:
    mixed: list[JSONValue] = [[], {}, [1, 1], [1, None], [None, "a"], {"0": 1}]
    ordered: list[JSONValue] = [{"a": 1, "b": 2}, {"b": 2, "a": 1}]
    singles: list[JSONValue] = [[scalar] for scalar in SCALARS]
    named: list[JSONValue] = [{"a": scalar} for scalar in SCALARS]
    return [*mixed, *ordered, *singles, *named]


def shapes() -> Iterator[JSONValue]:
    for shape in flat_shapes():
        yield shape
        yield [shape]
        yield {"a": shape}
        yield [1, shape]
        yield [{"a": 2}, shape]
        yield {"0": shape}
    for shape in flat_shapes()[:10]:
        yield [[shape]]
        yield [{"a": shape}]
        yield {"a": [shape]}
        yield {"a": {"a": shape}}


def constraints() -> Iterator[JSONObject]:
    for scalar in [*SCALARS, 2, "b", DATES[1]]:
        for operator in ("$eq", "$ne", "$lt", "$gte"):
            yield {operator: scalar}
        yield {"$in": [scalar, "other"]}
        yield {"$nin": [scalar]}
    for shape in [*SCALARS[:3], *flat_shapes()]:
        yield {"$all": [shape]}
        yield {"$containedBy": [shape, 1]}
    yield {"$exists": True}
    yield {"$exists": False}
    yield {"$regex": "a"}
    yield {"$in": [1, None]}


def wheres() -> Iterator[JSONObject]:
    for number, constraint in enumerate(constraints()):
        # Every constraint on the two plainest paths, and in turn on some of the others.
        chosen = {*PATHS[:2], *(PATHS[(number + step) % len(PATHS)] for step in (0, 5, 11))}
        for path in sorted(chosen):
            # At the top of an Object field, lists and objects are no values to compare with.
            roots = ["list"] if path == "root" and "$containedBy" in constraint else ["list", "map"]
            for root in roots:
                yield {path.replace("root", root): constraint}


def documents() -> list[ParseObject]:
    return [
        {
            "objectId": f"id{number}",
            "createdAt": EARLY,
            "updatedAt": LATE,
            "map" if isinstance(shape, dict) else "list": shape,
        }
        for number, shape in enumerate(shapes())
    ]


async def test_paths_reach_the_same_values_everywhere(stores: Stores) -> None:
    objects = documents()
    await stores.hold(objects)
    for where in wheres():
        tree = parse_where(where, SCHEMA.types)
        assert not await stores.disagreement(objects, tree), where
