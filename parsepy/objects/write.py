"""The write door: every create and update of an object passes through these steps, in this order,
whoever asks. A step takes the `Write` and changes only it; nothing is stored before the last.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.objects import publish, write_answer, write_begin, write_steps, write_triggers
from parsepy.objects.conditions import UNCONDITIONAL, Condition
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write, Written
from parsepy.protocol.operations import Changes
from parsepy.storage.updates import CONCURRENCY, Outcome, Update
from parsepy.types import JSONObject, ParseObject


async def create(ctx: RequestContext, class_name: str, body: JSONObject) -> Written:
    """A new object. Raises every error of a write; then nothing was stored."""
    write = await write_begin.begin_create(ctx, class_name, body)
    rules = ctx.services.rules_of(class_name)
    await rules.before_create(write)
    if write.finished:
        answer = await write_answer.without_hidden(write, write.answer)
        return Written(write.object_id, answer, existed=True)
    if not write.creating:
        return await _changed_instead(write, body)
    await write_triggers.before_save(write)
    write.stored = await _prepared(write)
    try:
        await ctx.services.storage.insert(write.schema, write.stored)
    except DuplicateValue as duplicate:
        if rules.was_overtaken(write, duplicate.field):
            return await create(ctx, class_name, body)
        raise rules.duplicate(duplicate.field) from None
    await write_steps.change_relations(write)
    await rules.after_create(write)
    if ctx.services.publisher.wants(class_name):
        await publish.saved(write)
    if await rules.conclude(write):
        return await create(ctx, class_name, body)
    answer = await write_triggers.after_save(write, await write_answer.create_answer(write))
    if write.refusal is not None:
        raise write.refusal
    return Written(write.object_id, answer)


async def _changed_instead(write: Write, body: JSONObject) -> Written:
    """A create that a class rule has made an update. If the object goes before it is changed, the
    create begins anew."""
    try:
        return msgspec.structs.replace(await _stored(await _judged(write)), changed=True)
    except ParseError as error:
        if error.code != Code.OBJECT_NOT_FOUND:
            raise
        if await write.ctx.services.storage.get(write.schema, write.object_id, None):
            raise
    return await create(write.ctx, write.class_name, body)


async def create_many(
    ctx: RequestContext, class_name: str, bodies: Sequence[JSONObject]
) -> list[Written | ParseError]:
    """New objects of one plain class (no class rules, no triggers), each on its own, stored in one
    go."""
    outcomes = [await _begun(ctx, class_name, body) for body in bodies]
    writes = [outcome for outcome in outcomes if isinstance(outcome, Write)]
    if not writes:
        return [outcome for outcome in outcomes if isinstance(outcome, ParseError)]
    # The last schema knows every field that one of the bodies added.
    documents = [write.stored for write in writes if write.stored is not None]
    failures = await ctx.services.storage.insert_many(writes[-1].schema, documents)
    failed = dict(zip(map(id, writes), failures, strict=True))
    return [
        outcome if not isinstance(outcome, Write) else await _finished(outcome, failed[id(outcome)])
        for outcome in outcomes
    ]


async def update(
    ctx: RequestContext,
    class_name: str,
    object_id: str,
    body: JSONObject,
    condition: Condition = UNCONDITIONAL,
    internal: Changes | None = None,
) -> Written:
    """Changes one object; `internal` are the server's own changes beside those of the body.

    Raises 101 when there is none that the caller may write, and `PreconditionFailed` when it does
    not meet `condition`.
    """
    write = await _update_begun(ctx, class_name, object_id, body, condition)
    return await _stored(await _judged(write, internal))


async def update_many(
    ctx: RequestContext, class_name: str, changes: Sequence[tuple[str, JSONObject]]
) -> list[Written | ParseError]:
    """Changes objects of one plain class (no class rules, no triggers), each on its own, stored in
    one go; `changes` are ids with bodies."""
    outcomes = [await _begun_update(ctx, class_name, each, body) for each, body in changes]
    writes = [outcome for outcome in outcomes if isinstance(outcome, Write)]
    if not writes:
        return [outcome for outcome in outcomes if isinstance(outcome, ParseError)]
    if ctx.services.publisher.wants(class_name):
        return await _publish_updates(outcomes)
    # The last schema knows every field that one of the bodies added.
    asked = [_asked_of_store(write) for write in writes]
    stored = await ctx.services.storage.update_many(writes[-1].schema, asked)
    stored_by = dict(zip(map(id, writes), stored, strict=True))
    return [
        await _told(outcome, stored_by[id(outcome)]) if isinstance(outcome, Write) else outcome
        for outcome in outcomes
    ]


async def _update_begun(
    ctx: RequestContext,
    class_name: str,
    object_id: str,
    body: JSONObject,
    condition: Condition = UNCONDITIONAL,
) -> Write:
    write = await write_begin.begin_update(ctx, class_name, object_id, body)
    write.condition, write.now = condition, condition.time_of_write(write.now)
    await ctx.services.rules_of(class_name).before_update(write)
    return write


async def _judged(write: Write, internal: Changes | None = None) -> Write:
    """An update with everything checked that can be before the store is asked."""
    await write_triggers.before_save(write)
    write_steps.check_data(write)
    await write_steps.check_permissions(write)
    write_steps.check_types(write)
    await write.ctx.services.rules_of(write.class_name).before_modify(write)
    write.changes.update(internal or {})
    await write_steps.select_object(write)
    await write_steps.fit_schema(write)
    return write


async def _stored(write: Write) -> Written:
    """The update, in the store. Raises what its outcome means."""
    services = write.ctx.services
    if services.publisher.wants(write.class_name):
        return await _publish_update(write)
    asked = _asked_of_store(write)
    outcome: Outcome
    try:
        outcome = await services.storage.update(write.schema, asked.where, asked.changes)
    except DuplicateValue as duplicate:
        outcome = duplicate
    return await _updated(write, outcome)


def _asked_of_store(write: Write) -> Update:
    return Update(write.object_id, write.target, write_steps.stored_changes(write))


async def _updated(write: Write, outcome: Outcome) -> Written:
    """The steps after the store has answered. Raises what the outcome means."""
    await _complete_update(write, outcome)
    return await _update_told(write)


async def _publish_update(write: Write) -> Written:
    """As the rest of an update, for a class whose changes are published."""
    asked = _asked_of_store(write)

    async def change() -> Outcome:
        try:
            return await publish.update(write, asked)
        except DuplicateValue as duplicate:
            return duplicate

    async with publish.in_turn(write.ctx, write.class_name, write.object_id, change) as outcome:
        await _complete_update(write, outcome)
        await publish.saved(write)
    return await _update_told(write)


async def _publish_updates(
    begun: Sequence[Write | ParseError],
) -> list[Written | ParseError]:
    """Each by itself: only so the store tells what was before it."""
    limit = asyncio.Semaphore(CONCURRENCY)

    async def outcome(write: Write | ParseError) -> Written | ParseError:
        if isinstance(write, ParseError):
            return write
        async with limit:
            try:
                return await _publish_update(write)
            except ParseError as error:
                return error

    return list(await asyncio.gather(*map(outcome, begun)))


async def _complete_update(write: Write, outcome: Outcome) -> None:
    rules = write.ctx.services.rules_of(write.class_name)
    if isinstance(outcome, DuplicateValue):
        raise rules.duplicate(outcome.field) from None
    if isinstance(outcome, ParseError):
        raise outcome
    if outcome is None:
        await write_steps.refuse_unselected(write)
    write.stored = outcome
    await write_steps.change_relations(write)
    await rules.after_update(write)


async def _update_told(write: Write) -> Written:
    await write.ctx.services.rules_of(write.class_name).conclude(write)
    answer = await write_answer.update_answer(write)
    return Written(write.object_id, await write_triggers.after_save(write, answer))


async def _begun_update(
    ctx: RequestContext, class_name: str, object_id: str, body: JSONObject
) -> Write | ParseError:
    try:
        return await _judged(await _update_begun(ctx, class_name, object_id, body))
    except ParseError as error:
        return error


async def _told(write: Write, outcome: Outcome) -> Written | ParseError:
    try:
        return await _updated(write, outcome)
    except ParseError as error:
        return error


async def _begun(ctx: RequestContext, class_name: str, body: JSONObject) -> Write | ParseError:
    try:
        write = await write_begin.begin_create(ctx, class_name, body)
        write.stored = await _prepared(write)
    except ParseError as error:
        return error
    return write


async def _prepared(write: Write) -> ParseObject:
    """The object as it will be stored, all checks done."""
    write_steps.check_data(write)
    await write_steps.check_permissions(write)
    write_steps.check_types(write)
    write_steps.fill_defaults(write)
    await write.ctx.services.rules_of(write.class_name).before_insert(write)
    await write_steps.fit_schema(write)
    return write_steps.new_document(write)


async def _finished(write: Write, failure: DuplicateValue | None) -> Written | ParseError:
    if failure is not None:
        return write.ctx.services.rules_of(write.class_name).duplicate(failure.field)
    await write_steps.change_relations(write)
    if write.ctx.services.publisher.wants(write.class_name):
        await publish.saved(write)
    return Written(write.object_id, await write_answer.create_answer(write))
