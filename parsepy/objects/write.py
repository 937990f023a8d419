"""The write door: every create and update of an object passes through these steps, in this order,
whoever asks. A step takes the `Write` and changes only it; nothing is stored before the last.
"""

from collections.abc import Sequence

from parsepy.errors import DuplicateValue, ParseError
from parsepy.objects import access, write_answer, write_begin, write_steps
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write, Written
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.types import JSONObject, ParseObject


async def create(ctx: RequestContext, class_name: str, body: JSONObject) -> Written:
    """A new object. Raises every error of a write; then nothing was stored."""
    write = await write_begin.begin_create(ctx, class_name, body)
    rules = ctx.services.rules_of(class_name)
    await rules.before_create(write)
    if write.finished:
        return Written(write.object_id, write.answer, existed=True)
    write.stored = await _prepared(write)
    try:
        await ctx.services.storage.insert(write.schema, write.stored)
    except DuplicateValue as duplicate:
        raise rules.duplicate(duplicate.field) from None
    await write_steps.change_relations(write)
    await rules.after_create(write)
    return Written(write.object_id, write_answer.create_answer(write))


async def create_many(
    ctx: RequestContext, class_name: str, bodies: Sequence[JSONObject]
) -> list[Written | ParseError]:
    """New objects of one plain class (no class rules), each on its own, stored in one go."""
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


async def update(ctx: RequestContext, class_name: str, object_id: str, body: JSONObject) -> Written:
    """Changes one object. Raises 101 when there is none that the caller may write."""
    write = await write_begin.begin_update(ctx, class_name, object_id, body)
    rules = ctx.services.rules_of(class_name)
    await rules.before_update(write)
    write_steps.check_data(write)
    await write_steps.check_permissions(write)
    write_steps.check_types(write)
    await rules.before_modify(write)
    where = tree.both(_has_id(object_id), await access.accessible(ctx, "write"))
    await write_steps.fit_schema(write, where)
    try:
        write.stored = await ctx.services.storage.update(
            write.schema, where, write_steps.stored_changes(write)
        )
    except DuplicateValue as duplicate:
        raise rules.duplicate(duplicate.field) from None
    if write.stored is None:
        raise rules.not_writable(ctx, "update")
    await write_steps.change_relations(write)
    await rules.after_update(write)
    return Written(object_id, write_answer.update_answer(write))


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
    await write_steps.fit_schema(write, _has_id(write.object_id))
    return write_steps.new_document(write)


def _has_id(object_id: str) -> Where:
    return tree.Equal(tree.Path("objectId"), object_id)


async def _finished(write: Write, failure: DuplicateValue | None) -> Written | ParseError:
    if failure is not None:
        return write.ctx.services.rules_of(write.class_name).duplicate(failure.field)
    await write_steps.change_relations(write)
    return Written(write.object_id, write_answer.create_answer(write))
