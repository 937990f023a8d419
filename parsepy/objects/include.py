"""Replaces Pointers by the objects they point to: one batch of look-ups per level and class."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias

import msgspec

from parsepy.objects.context import RequestContext
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.find_parameters import KeyPath, Selection
from parsepy.types import JSONObject, JSONValue, ParseObject

Fetch: TypeAlias = Callable[
    [RequestContext, str, list[str], Selection, str | None], Awaitable[list[ParseObject]]
]
"""Class, ids, what is wanted of the objects, and the read preference."""


class IncludePlan(msgspec.Struct, frozen=True):
    """Every path to include, parents before children, and which fields are wanted below it."""

    paths: tuple[KeyPath, ...]
    selection: Selection
    read_preference: str | None = None

    @classmethod
    def of(cls, selection: Selection, read_preference: str | None = None) -> "IncludePlan":
        """`b.c` implies `b`; a dotted key implies that its parent is included."""
        named = list(selection.include)
        named += [path[:-1] for path in selection.keys or () if len(path) > 1]
        named += [path[:-1] for path in selection.exclude_keys if len(path) > 1]
        if not named:
            return cls((), selection, read_preference)
        every = {path[:depth] for path in named for depth in range(1, len(path) + 1)}
        paths = tuple(sorted(every, key=lambda path: (len(path), path)))
        return cls(paths, selection, read_preference)

    def below(self, path: KeyPath) -> Selection:
        """The keys that apply to the objects included at `path`."""
        depth = len(path)
        keys = tuple(
            (key[depth],)
            for key in self.selection.keys or ()
            if len(key) > depth and key[:depth] == path
        )
        excluded = tuple(
            (key[depth],)
            for key in self.selection.exclude_keys
            if len(key) == depth + 1 and key[:depth] == path
        )
        return Selection(keys=keys or None, exclude_keys=excluded)


async def include_objects(
    ctx: RequestContext, results: list[ParseObject], plan: IncludePlan, fetch: Fetch
) -> None:
    """Changes `results`. A Pointer whose object is missing or unreadable disappears."""
    deepest = max(len(path) for path in plan.paths)
    for depth in range(1, deepest + 1):
        level = [path for path in plan.paths if len(path) == depth]
        await asyncio.gather(*(_include_path(ctx, results, path, plan, fetch) for path in level))


async def _include_path(
    ctx: RequestContext,
    results: list[ParseObject],
    path: KeyPath,
    plan: IncludePlan,
    fetch: Fetch,
) -> None:
    # In their order: triggers of the class see how they are asked for.
    wanted: dict[str, dict[str, None]] = {}
    for result in results:
        for pointer in _pointers_at(result, path):
            named = wanted.setdefault(str(pointer["className"]), {})
            named[str(pointer["objectId"])] = None
    if not wanted:
        return
    selection = plan.below(path)
    fetched = await asyncio.gather(
        *(
            fetch(ctx, name, list(ids), selection, plan.read_preference)
            for name, ids in wanted.items()
        )
    )
    objects = {
        (name, str(row["objectId"])): _as_included(name, row)
        for name, rows in zip(wanted, fetched, strict=True)
        for row in rows
    }
    for result in results:
        _replace_at(result, path, objects)


def _as_included(class_name: str, row: ParseObject) -> JSONObject:
    row["__type"] = "Object"
    row["className"] = class_name
    return row


def _pointers_at(value: JSONValue, path: KeyPath) -> Iterator[JSONObject]:
    if isinstance(value, list):
        for item in value:
            yield from _pointers_at(item, path)
    elif isinstance(value, dict):
        if path:
            yield from _pointers_at(value.get(path[0]), path[1:])
        elif is_typed(value, "Pointer"):
            yield value


def _replace_at(
    holder: JSONValue, path: KeyPath, objects: dict[tuple[str, str], JSONObject]
) -> None:
    if isinstance(holder, list):
        for item in holder:
            _replace_at(item, path, objects)
        return
    if not isinstance(holder, dict) or path[0] not in holder:
        return
    if len(path) > 1:
        _replace_at(holder[path[0]], path[1:], objects)
        return
    replaced = _replaced(holder[path[0]], objects)
    if replaced is None and holder[path[0]] is not None:
        del holder[path[0]]
    else:
        holder[path[0]] = replaced


def _replaced(value: JSONValue, objects: dict[tuple[str, str], JSONObject]) -> JSONValue:
    """The object for a Pointer, `None` when there is none; a list loses what is missing."""
    if isinstance(value, list):
        kept: list[JSONValue] = []
        for item in value:
            new = _replaced(item, objects)
            if new is not None or item is None:
                kept.append(new)
        return kept
    if is_typed(value, "Pointer") and isinstance(value, dict):
        return objects.get((str(value["className"]), str(value.get("objectId"))))
    return value
