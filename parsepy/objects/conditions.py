"""Conditional writes: done only to an object in the state that the client names."""

from typing import Final

import msgspec

from parsepy.errors import PreconditionFailed
from parsepy.objects.context import RequestContext
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import DATE
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema

_UPDATED_AT: Final = tree.Path("updatedAt", DATE)


class Condition(msgspec.Struct, frozen=True):
    """`where` selects the state. `version` is the `updatedAt` that it stands for, if it is one."""

    where: Where
    version: str | None = None

    def time_of_write(self, now: str) -> str:
        """The new `updatedAt`. It is another one even within the millisecond of the version: else
        a second writer of that version would not notice the first."""
        if self.version is None or self.version < now:
            return now
        return dates.next_millisecond(self.version)


UNCONDITIONAL: Final = Condition(tree.EVERYTHING)


def is_version(updated_at: str) -> Condition:
    """`updated_at` in its canonical form."""
    return Condition(tree.Equal(_UPDATED_AT, values.date(updated_at)), updated_at)


def is_no_later_than(moment: str) -> Condition:
    return Condition(tree.Compare(_UPDATED_AT, "<=", values.date(moment)))


async def check_state(
    ctx: RequestContext, schema: ClassSchema, writable: Where, condition: Condition
) -> None:
    """Raises `PreconditionFailed` when the object is there and only its state is another.

    `writable` selects it if the caller may write it: nobody else learns of its state.
    """
    if condition is UNCONDITIONAL:
        return
    if await ctx.services.storage.find(schema, writable, ONE):
        raise PreconditionFailed
