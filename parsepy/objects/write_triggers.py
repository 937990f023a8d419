"""The steps of a write that belong to the class's triggers (cloud-code sheet, 4.1 and 4.2)."""

import logging
import re
from typing import Final

import orjson

from parsepy.objects import access, write_answer, write_begin, write_steps
from parsepy.objects.ports import ClassTriggers, Saving
from parsepy.objects.present import Presenter, complete_for_triggers
from parsepy.objects.write_state import Write
from parsepy.protocol.find_parameters import Selection
from parsepy.protocol.operations import is_operation
from parsepy.query.options import ONE
from parsepy.types import JSONObject, JSONValue, ParseObject

_log = logging.getLogger(__name__)

_VISIBLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\..+)?")
_NEVER_CHANGED: Final = ("objectId", "createdAt", "updatedAt", "className")
_DELETE: Final[JSONObject] = {"__op": "Delete"}


async def before_save(write: Write) -> None:
    """Lets the trigger change what is written.

    It runs only for whoever may write the object at all: it may tell of things, or do some.
    Raises what the trigger raises, 101, 105, 119, 130.
    """
    triggers = write.ctx.triggers_of(write.class_name, "beforeSave", "afterSave")
    if triggers is None:
        return
    write_steps.check_contents(write)
    await write_steps.check_permissions(write)
    if not write.creating:
        await _fetch_original(write)
    if "beforeSave" in triggers.names:
        await _run_before_save(write, triggers)


async def after_save(write: Write, answer: JSONObject) -> JSONObject:
    """The answer as the trigger leaves it. What it raises is for the log: the object is stored."""
    triggers = write.ctx.triggers_of(write.class_name, "afterSave")
    if triggers is None:
        return answer
    saved = await _as_saved(write)
    try:
        reply = await triggers.after_save(write.ctx, saved)
    except Exception as error:
        _log.warning(
            "afterSave of %s caught an error: %s [%s]",
            write.class_name,
            error,
            write.ctx.request_id,
        )
        return answer
    if reply.whole is not None:
        answer = dict(reply.whole)
    else:
        _change_answer(answer, reply.changes or {}, changed_before=write.answer)
        for name in write.ctx.services.rules_of(write.class_name).told_after_saves:
            if name in saved.state:
                answer.setdefault(name, saved.state[name])
    return await write_answer.without_hidden(write, answer)


async def _run_before_save(write: Write, triggers: ClassTriggers) -> None:
    state: ParseObject = dict(write.original or {})
    pending = _pending(write, state)
    shows_id = not write.creating or write.ctx.services.options.allow_custom_object_id
    saving = Saving(
        write.class_name,
        write.object_id if shows_id else None,
        write.creating,
        write.original,
        state,
        dict(pending),
    )
    changes = await triggers.before_save(write.ctx, saving)
    _take_over(write, pending, changes)


def _pending(write: Write, state: ParseObject) -> JSONObject:
    """The body as operations on the object; `sub.k` is a new value of `sub` (observed)."""
    pending: JSONObject = {}
    for name, value in write.body.items():
        if _VISIBLE.fullmatch(name) is None or name in _NEVER_CHANGED:
            continue
        root, dot, rest = name.partition(".")
        if not dot or is_operation(value):
            pending[name] = value
            continue
        whole = pending.get(root, state.get(root))
        pending[root] = _with(whole, rest.split("."), value)
    return pending


def _with(holder: JSONValue, path: list[str], value: JSONValue) -> JSONValue:
    copied: JSONObject = dict(holder) if isinstance(holder, dict) else {}
    first, *rest = path
    copied[first] = _with(copied.get(first), rest, value) if rest else value
    return copied


def _take_over(write: Write, pending: JSONObject, changes: JSONObject) -> None:
    """Writes `changes` in place of the body; the answer tells what is not as it was sent."""
    original = write.original or {}
    for name in [name for name in write.body if _VISIBLE.fullmatch(name)]:
        if name not in changes and name not in _NEVER_CHANGED:
            del write.body[name]
            write.drop(name)
    for name in pending.keys() - changes.keys():
        write.answer[name] = original.get(name, _DELETE)
    sent = dict(write.body)
    for name, value in changes.items():
        if name in _NEVER_CHANGED or (name in sent and _same(sent[name], value)):
            continue
        write_begin.change_field(write, name, value)
        if not is_operation(value) or value == _DELETE:
            write.answer[name] = value


def _change_answer(answer: JSONObject, changes: JSONObject, changed_before: JSONObject) -> None:
    """What beforeSave has set and afterSave takes away, the client never hears of (observed)."""
    for name, value in changes.items():
        if value == _DELETE and name in changed_before:
            answer.pop(name, None)
        else:
            answer[name] = value


async def _fetch_original(write: Write) -> None:
    """With the caller's right to write it, whether he may read it or not. Raises 101."""
    await write_steps.select_object(write)
    rows = await write.ctx.services.storage.find(write.schema, write.target, ONE)
    if not rows:
        await write_steps.refuse_unselected(write)
    write.original = await _shown(write, rows[0], frozenset())


async def _as_saved(write: Write) -> Saving:
    document = dict(write.stored or {})
    # What the caller has written himself is no secret before him.
    state = await _shown(write, document, frozenset(write.changes))
    return Saving(
        write.class_name, write.object_id, write.creating, write.original, state, changes={}
    )


async def _shown(write: Write, document: ParseObject, revealed: frozenset[str]) -> ParseObject:
    """The stored object as a trigger sees it."""
    ctx = write.ctx
    hidden = frozenset[str]()
    if not ctx.services.options.protected_fields_trigger_exempt:
        hidden = await access.hidden_fields(ctx, write.schema) - revealed
    rules = ctx.services.rules_of(write.class_name)
    kept = {name: document[name] for name in rules.shown_to_triggers if name in document}
    shown = Presenter(ctx, write.schema, Selection(), hidden).present(document)
    shown.update(kept)
    await complete_for_triggers(ctx, write.class_name, shown)
    return shown


def _same(left: JSONValue, right: JSONValue) -> bool:
    """Equality of values as they came in: `1` is not `true`, the order of keys does not count."""
    return _text(left) == _text(right)


def _text(value: JSONValue) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
