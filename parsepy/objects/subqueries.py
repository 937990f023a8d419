"""Constraints that ask other classes, answered: what is left of a `where` names values only.

Every sub-query goes through the read door itself, with the caller's rights on its own class.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects import access
from parsepy.objects.context import RequestContext
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.find_parameters import (
    FindParameters,
    GetParameters,
    ReadPreferences,
    Selection,
)
from parsepy.protocol.values import pointer
from parsepy.query import tree
from parsepy.query.parse import listed_values
from parsepy.query.tree import Path, SubQuery, Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import join_class
from parsepy.types import JSONObject, JSONValue, ParseObject

FindRows: TypeAlias = Callable[
    [RequestContext, str, FindParameters, str], Awaitable[list[ParseObject]]
]
"""Class, parameters, and the field whose values are going to be used: it must not be hidden."""

GetObject: TypeAlias = Callable[[RequestContext, str, str, GetParameters], Awaitable[ParseObject]]

_ID: Path = Path("objectId")
_ID_ONLY = Selection(keys=(("objectId",),))
_WHOLE = Selection()
_UNREADABLE = frozenset((Code.OBJECT_NOT_FOUND, Code.OPERATION_FORBIDDEN))


class Doors(msgspec.Struct, frozen=True):
    """The read door, handed in: it asks for sub-queries, and sub-queries go through it."""

    find_rows: FindRows
    get: GetObject


async def resolve(
    ctx: RequestContext,
    schema: ClassSchema,
    where: Where,
    preferences: ReadPreferences,
    doors: Doors,
) -> Where:
    """`where` on `schema` without `InQuery`, `Selected`, `RelatedTo` and Relation fields.

    Raises what a find of the other classes raises, 119 for a hidden field that is asked for.
    """
    if not _asks_elsewhere(where):
        return where
    return await _Resolver(ctx, schema, preferences, doors).resolve(where)


def _asks_elsewhere(where: Where) -> bool:
    if isinstance(where, tree.And | tree.Or | tree.Nor):
        return any(map(_asks_elsewhere, where.children))
    if isinstance(where, tree.InQuery | tree.Selected | tree.RelatedTo):
        return True
    return _names_relation(where)


def _names_relation(where: Where) -> bool:
    if isinstance(where, tree.And | tree.Or | tree.Nor | tree.Accessible | tree.RelatedTo):
        return False
    return where.path.type is not None and where.path.type.name == "Relation"


class _Resolver(msgspec.Struct, frozen=True):
    ctx: RequestContext
    schema: ClassSchema
    preferences: ReadPreferences
    doors: Doors

    async def resolve(self, where: Where) -> Where:
        if isinstance(where, tree.And | tree.Or | tree.Nor):
            children = await asyncio.gather(*map(self.resolve, where.children))
            return type(where)(tuple(children))
        if isinstance(where, tree.RelatedTo):
            return await self._related_to(where)
        if isinstance(where, tree.InQuery):
            where = _one_of(where.path, await self._found_pointers(where.query), where.negated)
        elif isinstance(where, tree.Selected):
            where = _one_of(where.path, await self._selected_values(where), where.negated)
        return await self._by_relation(where) if _names_relation(where) else where

    async def _found_pointers(self, query: SubQuery) -> list[JSONValue]:
        rows = await self._rows(query, "objectId")
        # A redirected query tells the class that it found.
        return [
            pointer(str(row.get("className", query.class_name)), str(row["objectId"]))
            for row in rows
        ]

    async def _selected_values(self, where: tree.Selected) -> list[JSONValue]:
        rows = await self._rows(where.query, where.key)
        parts = where.key.split(".")
        return [_value_at(row, parts) for row in rows]

    async def _rows(self, query: SubQuery, key: str) -> list[ParseObject]:
        preference = self.preferences.subqueries
        parameters = FindParameters(
            where=query.where,
            selection=self._selection(query.class_name, key),
            limit=self._limit(),
            redirect_key=query.redirect_key,
            read_preferences=ReadPreferences(objects=preference, subqueries=preference),
        )
        return await self.doors.find_rows(self.ctx, query.class_name, parameters, key)

    def _selection(self, class_name: str, key: str) -> Selection:
        """The one field that counts; all where triggers look at the objects."""
        if self.ctx.triggers_of(class_name, "beforeFind", "afterFind") is not None:
            return _WHOLE
        return Selection(keys=((key.partition(".")[0],),))

    def _limit(self) -> int | None:
        limit = self.ctx.services.options.request_complexity.subquery_limit
        return None if limit <= 0 or self.ctx.caller.is_privileged else limit

    async def _related_to(self, where: tree.RelatedTo) -> Where:
        owner = await self.ctx.services.schemas.get(where.class_name)
        if not self.ctx.caller.is_privileged:
            hidden = await access.hidden_fields(self.ctx, owner)
            if where.key.partition(".")[0] in hidden:
                raise errors.forbidden(
                    f"This user is not allowed to query {where.key} on class {owner.name}"
                )
        # Else the relation would tell of an object that the caller must not read.
        if where.key not in owner.relations or not await self._may_read(where):
            return tree.NOTHING
        ids = await self.ctx.services.storage.related_ids(
            join_class(where.key, owner.name), where.object_id
        )
        return tree.In(_ID, tuple(ids))

    async def _may_read(self, where: tree.RelatedTo) -> bool:
        if self.ctx.caller.is_privileged:
            return True
        wanted = GetParameters(_ID_ONLY)
        try:
            await self.doors.get(self.ctx, where.class_name, where.object_id, wanted)
        except ParseError as error:
            if error.code in _UNREADABLE:
                return False
            raise
        return True

    async def _by_relation(self, where: Where) -> Where:
        """A condition on a Relation field, as one on the ids of the objects that own it.

        Only comparison with Pointers means anything; all else matches nothing (observed).
        """
        if isinstance(where, tree.Equal | tree.NotEqual):
            related: tuple[JSONValue, ...] = (where.value,)
        elif isinstance(where, tree.In | tree.NotIn):
            related = where.values
        else:
            return tree.NOTHING
        ids = [object_id for item in related for object_id in _pointed_to(item)]
        if where.path.nested or (related and not ids):
            return tree.NOTHING
        join = join_class(where.path.key, self.schema.name)
        owners = await self.ctx.services.storage.owning_ids(join, ids) if ids else []
        return _one_of(_ID, list(owners), isinstance(where, tree.NotEqual | tree.NotIn))


def _one_of(path: Path, values: list[JSONValue], negated: bool) -> Where:
    listed = listed_values(path, values)
    return tree.NotIn(path, listed) if negated else tree.In(path, listed)


def _pointed_to(value: JSONValue) -> list[str]:
    if isinstance(value, dict) and is_typed(value, "Pointer"):
        return [str(value["objectId"])]
    return []


def _value_at(row: JSONObject, parts: list[str]) -> JSONValue:
    """What stands at a dotted path; null when nothing does (observed)."""
    value: JSONValue = row
    for part in parts:
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
