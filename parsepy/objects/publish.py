"""The steps of a write that belong to its publication: where a class is published, the store is
asked for both states of an object, and whoever listens is told.

They stand where parse-server has them: when all of the write is in the store, before the trigger
after it.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar, cast

from parsepy.objects import nested_files
from parsepy.objects.context import RequestContext
from parsepy.objects.present import Presenter, strip_internal
from parsepy.objects.write_state import Write
from parsepy.protocol.find_parameters import Selection
from parsepy.schema.classes import ClassSchema
from parsepy.storage.updates import Update
from parsepy.types import JSONObject, JSONValue, ParseObject

Changed = TypeVar("Changed")

_log = logging.getLogger(__name__)

SECRETS: Final = {
    "_User": ("authData", "password", "sessionToken"),
    "_Session": ("sessionToken",),
}
"""What nobody is told of who only listens."""


@asynccontextmanager
async def in_turn(
    ctx: RequestContext,
    class_name: str,
    object_id: str,
    change: Callable[[], Awaitable[Changed]],
) -> AsyncIterator[Changed]:
    """Does `change`; inside, changes of the same object are told in the order they were done in.

    Without that whoever listens would be left with a state that is over.
    """
    storage, turn = ctx.services.storage, ctx.services.turns.of((class_name, object_id))
    if storage.current_transaction is not None:
        # Told at its end. To wait for one who waits for that end would not end at all.
        yield await change()
    elif storage.capabilities.answers_in_order:
        changed = await change()
        async with turn:
            yield changed
    else:
        # Answers may overtake each other: so does the next not begin before.
        async with turn:
            yield await change()


async def update(write: Write, asked: Update) -> ParseObject | None:
    """As the store's `update`; the write knows the object before it."""
    storage = write.ctx.services.storage
    told = await storage.update_from(write.schema, asked.where, asked.changes)
    if told is None:
        return None
    write.before = told.before
    return told.after


async def saved(write: Write) -> None:
    """Never fails: the object is stored."""
    ctx, schema = write.ctx, write.schema
    with _kept_to_the_log(ctx, schema):
        current = published(ctx, schema, write.stored or {})
        original = None if write.before is None else published(ctx, schema, write.before)
        await ctx.services.publisher.saved(schema, current, original)


async def deleted(ctx: RequestContext, schema: ClassSchema, document: ParseObject) -> None:
    """Never fails: the object is gone."""
    with _kept_to_the_log(ctx, schema):
        await ctx.services.publisher.deleted(schema, published(ctx, schema, document))


@contextmanager
def _kept_to_the_log(ctx: RequestContext, schema: ClassSchema) -> Iterator[None]:
    try:
        yield
    except Exception:
        _log.exception("a change of %s was not published [%s]", schema.name, ctx.request_id)


def published(ctx: RequestContext, schema: ClassSchema, document: ParseObject) -> ParseObject:
    """A stored object as those are told of it who only listen: without secrets.

    A copy: triggers and answers get the object too, and may change it.
    """
    copy = cast("JSONObject", _copied(document))
    strip_internal(copy, SECRETS.get(schema.name, ()))
    shown = Presenter(ctx.as_master(), schema, Selection(), frozenset()).present(copy)
    if ctx.services.signatures is not None:
        # Conditions of subscribers are judged on it, and they get addresses of their own.
        nested_files.unsign(shown)
    return shown


def _copied(value: JSONValue) -> JSONValue:
    if type(value) is dict:
        return {name: _copied(child) for name, child in value.items()}
    if type(value) is list:
        return [_copied(item) for item in value]
    return value
