"""What a caller learns by reading, door by door, as a set of facts that can be compared.

A fact is `(object id, field, value as text)`; a field of `None` says that the object is there. A
door that answers at all about a condition or an order tells the values that it was judged by, so
those count as told. Counts are numbers, by what was counted.
"""

import json
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from parsepy.errors import ParseError
from parsepy.objects import read
from parsepy.objects.context import RequestContext
from parsepy.protocol.find_parameters import WHOLE_OBJECT, decode_find, decode_get
from parsepy.protocol.values import pointer
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.permissions.monotony.installed import ITEM_OF, ITEMS
from tests.permissions.monotony.worlds import World

T = TypeVar("T")
Fact: TypeAlias = tuple[str, str | None, str | None]

REFUSED: Final = -1
SOMEBODY: Final = "some item"
"""In place of an id, where an answer tells a value and not whose it is."""

_ALWAYS: Final = frozenset(("objectId", "createdAt", "updatedAt", "ACL", "__type", "className"))
_CONDITIONS: Final[Mapping[str, tuple[JSONValue, ...]]] = {
    "a": ("x", "y"),
    "b": ("x", "y", {"$exists": True}),
    "n": (0, {"$gte": 0}),
    "owner": (pointer("_User", "ann"), {"$exists": True}),
    "watchers": (pointer("_User", "bob"),),
    "link": (pointer("Item", "item0"), {"$inQuery": {"className": "Item", "where": {}}}),
}


@dataclass
class Seen:
    plainly: set[Fact] = field(default_factory=set)
    """By a find without conditions, and by a get of each object."""
    otherwise: set[Fact] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)


async def seen_by(ctx: RequestContext, world: World) -> Seen:
    seen = Seen()
    truth = {item.id: item.document() for item in world.items}
    await _see_plainly(ctx, seen)
    for key, conditions in _CONDITIONS.items():
        for condition in conditions:
            await _see_by_condition(ctx, seen, truth, key, condition)
        await _see_by_order(ctx, seen, truth, key)
    for parameters in _SHAPES:
        seen.otherwise |= facts_of(await _found(ctx, "Item", parameters))
    await _see_by_boxes(ctx, seen)
    for item_id in ITEMS:
        await _see_by_relation(ctx, seen, item_id)
    return seen


_SHAPES: Final[tuple[JSONObject, ...]] = (
    {"keys": "a,link"},
    {"excludeKeys": "b"},
    {"include": "link"},
    {"include": "*"},
    {"keys": "link.a,link.owner"},
    {"where": {"objectId": "item1"}},
    {"where": {"objectId": {"$in": [*ITEMS]}}, "count": 1},
    {"where": {"$or": [{"objectId": "item0"}, {"objectId": "item1"}]}},
)


_BOX_SHAPES: Final[tuple[JSONObject, ...]] = (
    {"include": "item"},
    {"include": "item.link"},
    {"keys": "item.a,item.b"},
)


async def _see_plainly(ctx: RequestContext, seen: Seen) -> None:
    seen.plainly |= facts_of(await _found(ctx, "Item", {}))
    for item_id in ITEMS:
        got = await _or_none(read.get(ctx, "Item", item_id, WHOLE_OBJECT))
        seen.plainly |= facts_of([got] if got else [])
        included = decode_get({"include": "link"})
        got = await _or_none(read.get(ctx, "Item", item_id, included))
        seen.otherwise |= facts_of([got] if got else [])


async def _see_by_condition(
    ctx: RequestContext,
    seen: Seen,
    truth: Mapping[str, ParseObject],
    key: str,
    condition: JSONValue,
) -> None:
    shapes: tuple[JSONObject, ...] = (
        {key: condition},
        {"$and": [{"$or": [{key: condition}]}]},
    )
    for where in shapes:
        rows = await _found(ctx, "Item", {"where": where})
        seen.otherwise |= facts_of(rows) | _told(rows, truth, key)
    asked: JSONObject = {"where": {key: condition}, "count": 1, "limit": 0}
    seen.counts[_text({key: condition})] = await _count(ctx, asked)
    inner: JSONObject = {"className": "Item", "where": {key: condition}}
    boxes = await _found(ctx, "Box", {"where": {"item": {"$inQuery": inner}}})
    pointed: list[JSONObject] = [{"objectId": ITEM_OF[str(row["objectId"])]} for row in boxes]
    seen.otherwise |= facts_of(pointed) | _told(pointed, truth, key)


async def _see_by_order(
    ctx: RequestContext, seen: Seen, truth: Mapping[str, ParseObject], key: str
) -> None:
    rows = await _found(ctx, "Item", {"order": f"-{key}"})
    seen.otherwise |= facts_of(rows) | _told(rows, truth, key)


async def _see_by_boxes(ctx: RequestContext, seen: Seen) -> None:
    for parameters in _BOX_SHAPES:
        for row in await _found(ctx, "Box", parameters):
            seen.otherwise |= facts_of(_objects_in(row))
    for key in ("a", "b"):
        selected: JSONObject = {"query": {"className": "Item", "where": {}}, "key": key}
        rows = await _found(ctx, "Box", {"where": {"text": {"$select": selected}}})
        seen.otherwise |= {(SOMEBODY, key, _text(row["text"])) for row in rows}


async def _see_by_relation(ctx: RequestContext, seen: Seen, item_id: str) -> None:
    this = pointer("Item", item_id)
    rows = await _found(ctx, "Item", {"where": {"$relatedTo": {"object": this, "key": "fans"}}})
    seen.otherwise |= facts_of(rows) | ({(item_id, "fans", None)} if rows else set())
    owners = await _found(ctx, "Item", {"where": {"fans": this}})
    seen.otherwise |= facts_of(owners) | {(str(row["objectId"]), "fans", None) for row in owners}


def facts_of(rows: Iterable[JSONObject]) -> set[Fact]:
    facts: set[Fact] = set()
    for row in rows:
        row_id = str(row["objectId"])
        facts.add((row_id, None, None))
        for name, value in row.items():
            if name in _ALWAYS:
                continue
            if name == "fans":
                facts.add((row_id, name, None))
                continue
            facts.add((row_id, name, _text(_as_pointer(value))))
            facts |= facts_of(_objects_in({name: value}))
    return facts


def _objects_in(row: JSONObject) -> list[JSONObject]:
    """The items that were included; users are nobody's secret here."""
    return [
        value
        for value in row.values()
        if isinstance(value, dict)
        and value.get("__type") == "Object"
        and value.get("className") == "Item"
    ]


def _as_pointer(value: JSONValue) -> JSONValue:
    if isinstance(value, list):
        return [_as_pointer(item) for item in value]
    if isinstance(value, dict) and value.get("__type") == "Object":
        return pointer(str(value["className"]), str(value["objectId"]))
    return value


def _told(rows: Iterable[JSONObject], truth: Mapping[str, ParseObject], key: str) -> set[Fact]:
    ids = [str(row["objectId"]) for row in rows]
    return {(each, key, _text(truth[each][key])) for each in ids if key in truth[each]}


async def _found(ctx: RequestContext, class_name: str, parameters: JSONObject) -> list[ParseObject]:
    found = await _or_none(read.find(ctx, class_name, decode_find(parameters)))
    return [] if found is None else found.results


async def _count(ctx: RequestContext, parameters: JSONObject) -> int:
    found = await _or_none(read.find(ctx, "Item", decode_find(parameters)))
    return REFUSED if found is None or found.count is None else found.count


async def _or_none(awaitable: Awaitable[T]) -> T | None:
    try:
        return await awaitable
    except ParseError:
        return None


def _text(value: JSONValue) -> str:
    return json.dumps(value, sort_keys=True)
