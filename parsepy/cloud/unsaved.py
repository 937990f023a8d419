"""What pending changes name that is not stored yet: it is saved before them, with their rights."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Self

from parsepy.objects.context import RequestContext
from parsepy.types import JSONObject, JSONValue


class Unsaved(dict[str, JSONValue], ABC):
    """Stands for `subject` among pending changes, as what it will be but for what it lacks."""

    def __init__(self, subject: Any, described: JSONObject) -> None:
        super().__init__(described)
        self.subject = subject

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unsaved) and self.subject is other.subject

    __hash__ = None  # type: ignore[assignment]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(self.subject, dict(self))

    @abstractmethod
    async def saved(self, ctx: RequestContext) -> JSONObject:
        """What stands for it from now on."""


async def save_unsaved(holder: JSONObject | list[JSONValue], ctx: RequestContext) -> None:
    """Saves what is unsaved in `holder`, at any depth, and puts what has become of it in its
    place."""
    items = enumerate(holder) if isinstance(holder, list) else list(holder.items())
    for key, value in items:
        if isinstance(value, Unsaved):
            holder[key] = await value.saved(ctx)  # type: ignore[index]
        elif isinstance(value, dict | list):
            await save_unsaved(value, ctx)


def unsaved_in(holder: JSONObject | list[JSONValue]) -> Iterator[Unsaved]:
    for value in holder if isinstance(holder, list) else holder.values():
        if isinstance(value, Unsaved):
            yield value
        elif isinstance(value, dict | list):
            yield from unsaved_in(value)
