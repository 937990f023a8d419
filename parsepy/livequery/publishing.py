"""What the doors tell of their writes, on its way to who watches."""

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from parsepy.livequery.publications import Publication
from parsepy.schema.classes import ClassSchema
from parsepy.storage.transaction import TransactionalStore, only_if_kept
from parsepy.types import ParseObject

Deliver: TypeAlias = Callable[[Publication], Awaitable[None]]

MOST_REMEMBERED: Final = 10_000
"""Names of classes whose answer is remembered: clients may name classes without end."""

_SDK_CLASSES: Final = {
    f"Parse.{name}": f"_{name}" for name in ("Installation", "Role", "Session", "User")
}


class PublishedClasses:
    """The classes of option `liveQuery.classNames`: names, patterns, or the SDKs' own classes.

    A pattern is for the whole name (`Chat.*`), as parse-server takes it: `^entry$`. Raises
    `ValueError` for one that is none.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        self._patterns = [_pattern(_SDK_CLASSES.get(entry, entry)) for entry in entries]
        self._known: dict[str, bool] = {}

    def __contains__(self, class_name: str) -> bool:
        known = self._known.get(class_name)
        return self._look_up(class_name) if known is None else known

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(pattern.pattern for pattern in self._patterns)

    def _look_up(self, class_name: str) -> bool:
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        found = any(pattern.search(class_name) for pattern in self._patterns)
        self._known[class_name] = found
        return found


class Publishing:
    """An `objects.ports.Publisher`. What a transaction of `storage` has done is delivered when it
    is kept, in its order; nothing of one that is not."""

    def __init__(
        self, class_names: Sequence[str], deliver: Deliver, storage: TransactionalStore
    ) -> None:
        self.classes: Final = PublishedClasses(class_names)
        self._deliver = deliver
        self._storage = storage

    def wants(self, class_name: str) -> bool:
        return class_name in self.classes

    async def saved(
        self, schema: ClassSchema, current: ParseObject, original: ParseObject | None
    ) -> None:
        await self._publish(Publication(schema.name, current, original))

    async def deleted(self, schema: ClassSchema, document: ParseObject) -> None:
        await self._publish(Publication(schema.name, document, None, deleted=True))

    async def _publish(self, publication: Publication) -> None:
        await only_if_kept(self._storage, partial(self._deliver, publication))


def _pattern(entry: str) -> re.Pattern[str]:
    try:
        return re.compile(f"^{entry}$")
    except re.error as error:
        raise ValueError(f"liveQuery.classNames: {entry!r} is no pattern: {error}") from None
