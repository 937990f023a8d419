"""Objects of cloud code through the doors: the same steps as a request over REST."""

from collections.abc import Awaitable, Callable, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Final, TypeAlias

from parsepy import errors
from parsepy.cloud.unsaved import Unsaved, save_unsaved, unsaved_in
from parsepy.objects import delete, read, write
from parsepy.objects.context import RequestContext
from parsepy.protocol.find_parameters import decode_get
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.cloud.objects import Object

Work: TypeAlias = "Callable[[Object, RequestContext], Awaitable[None]]"

_DELETED: Final[JSONObject] = {"__op": "Delete"}
_NEVER_KEPT: Final = ("password", "authDataResponse")


async def save(one: "Object", ctx: RequestContext) -> None:
    """Stores what is pending on the object, and tells it what became of that. What it refers to
    and is new is stored before. Raises `ValueError` for new objects that refer to each other."""
    _check_circles(one)
    await save_unsaved(one.ops, ctx)
    pending = deepcopy(one.ops)
    if one.object_id is None:
        written = await write.create(ctx, one.class_name, pending)
    else:
        written = await write.update(ctx, one.class_name, one.object_id, pending)
    take_over(one, written.object_id, written.answer)


class UnsavedObject(Unsaved):
    subject: "Object"

    async def saved(self, ctx: RequestContext) -> JSONObject:
        if self.subject.object_id is None:
            await save(self.subject, ctx)
        return self.subject.to_pointer()


def _check_circles(one: "Object", above: tuple["Object", ...] = ()) -> None:
    if any(one is other for other in above):
        raise ValueError(f"Cannot save a new {one.class_name} that refers to itself")
    for unsaved in unsaved_in(one.ops):
        if isinstance(unsaved, UnsavedObject):
            _check_circles(unsaved.subject, (*above, one))


def take_over(one: "Object", object_id: str, answer: JSONObject) -> None:
    """The object as it is after a save that was answered so."""
    state = one.to_json()
    for name, value in answer.items():
        if value == _DELETED:
            state.pop(name, None)
        else:
            state[name] = deepcopy(value)
    for name in _NEVER_KEPT:
        state.pop(name, None)
    if one.object_id is None:
        # An installation may turn out to be known: then the answer tells when it was changed.
        state.setdefault("updatedAt", state.get("createdAt"))
    state["objectId"] = object_id
    one.set_stored(object_id, state, existed=one.object_id is not None)


async def fetch(
    one: "Object", ctx: RequestContext, include: Sequence[str], keys: Sequence[str] | None
) -> None:
    if one.object_id is None:
        raise errors.missing_object_id()
    asked: JSONObject = {}
    if include:
        asked["include"] = ",".join(include)
    if keys is not None:
        asked["keys"] = ",".join(keys)
    found = await read.get(ctx, one.class_name, one.object_id, decode_get(asked))
    state = found if keys is None else {**one.state, **found}
    one.state = state


async def destroy(one: "Object", ctx: RequestContext) -> None:
    if one.object_id is None:
        raise errors.missing_object_id()
    await delete.delete(ctx, one.class_name, one.object_id)
