"""Changes of objects as a store tells them by itself, whoever has made them."""

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from parsepy.errors import Code, ParseError
from parsepy.schema.classes import ClassSchema
from parsepy.types import ParseObject


class ObjectChange(msgspec.Struct, frozen=True):
    """An object before and after a change, complete and with its internal columns.

    Without `before` it is new, without `after` it is gone. Where the store has not kept what was
    before a change, `before` is the very object `after`: nobody knows what it was.
    `position` is its place in the store's own order; texts of later places are greater.
    """

    schema: ClassSchema
    before: ParseObject | None
    after: ParseObject | None
    position: str


class ObjectWatcher(Protocol):
    """What is watched, and who is told of it: one thing after the other, in the store's order."""

    @property
    def patterns(self) -> Sequence[str]:
        """A class is watched whose name one of these regular expressions is found in."""

    @property
    def noticed(self) -> Collection[str]:
        """Classes, rows of relations too, of which it is told that something has changed."""

    def wants(self, class_name: str) -> bool:
        """Whether the class is watched, as `patterns` have it."""

    async def schema_of(self, class_name: str) -> ClassSchema: ...

    async def changed(self, change: ObjectChange) -> None: ...

    async def notice(self, class_name: str, object_id: str) -> None:
        """An object of a class in `noticed` is new, another or gone."""

    def classes_changed(self) -> None:
        """A class may have changed: what comes next may need it as it is now."""

    def begin(self, position: str) -> None:
        """From here on everything is told; what came before may be lost."""


class ObjectWatch(Protocol):
    """A store's changes being told, until it is closed."""

    async def caught_up(self) -> None:
        """Returns when everything is told that had been kept when this was called."""

    async def since(self, position: str, until: str, most: int) -> list[ObjectChange] | None:
        """What came after `position`, up to `until`, which has been told.

        `None` where the store does not know it any more, or where it is more than `most`.
        """

    async def close(self) -> None: ...


def cannot_watch(store: str) -> ParseError:
    return ParseError(
        Code.INTERNAL,
        f"liveQuery.source changeStream does not work with {store}: it needs MongoDB 6.0 or later,"
        " as a replica set or a sharded cluster. Set liveQuery.source to doors, or move to one.",
    )
