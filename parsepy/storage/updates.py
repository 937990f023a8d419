"""Updates of several objects of one class, each judged on its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from msgspec import Struct

from parsepy.errors import DuplicateValue, ParseError
from parsepy.protocol.operations import Changes
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import ParseObject

CONCURRENCY: Final = 20
"""Writes of one batch under way at once: enough for one group commit, not for starving others."""


class Update(Struct, frozen=True):
    """`where` selects the object with `object_id`, if the writer may change it."""

    object_id: str
    where: Where
    changes: Changes


class Transition(Struct, frozen=True):
    """An object as it was before one update and as it is after it; they share no part."""

    before: ParseObject
    after: ParseObject


Outcome: TypeAlias = ParseObject | DuplicateValue | ParseError | None
"""The object after its update, `None` if it was not selected, or why it was refused."""

UpdateOne: TypeAlias = Callable[[ClassSchema, Where, Changes], Awaitable[ParseObject | None]]


async def one_by_one(
    update_one: UpdateOne, schema: ClassSchema, updates: Sequence[Update]
) -> list[Outcome]:
    limit = asyncio.Semaphore(CONCURRENCY)

    async def outcome(update: Update) -> Outcome:
        async with limit:
            try:
                return await update_one(schema, update.where, update.changes)
            except (DuplicateValue, ParseError) as refusal:
                return refusal

    return list(await asyncio.gather(*map(outcome, updates)))
