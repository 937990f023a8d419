"""What a client is told of its write."""

from typing import Final, cast

from parsepy.objects import access, nested_files
from parsepy.objects.write_state import Write
from parsepy.permissions import protected_fields
from parsepy.protocol.operations import Add, AddUnique, Increment, Remove
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_TOLD: Final = (Increment, Add, AddUnique, Remove)
"""Operations whose result a client cannot know: the answer tells it."""


async def create_answer(write: Write) -> JSONObject:
    """The id, the time, and what operations and defaults made of the body."""
    stored = write.stored or {}
    answer: JSONObject = {
        "objectId": write.object_id,
        "createdAt": stored.get("createdAt", write.now),
    }
    return await without_hidden(write, _with_results(answer, write, stored))


async def update_answer(write: Write) -> JSONObject:
    """The time, and the value of every field that an operation changed (SDKs rely on it)."""
    stored = write.stored or {}
    answer: JSONObject = {"updatedAt": stored.get("updatedAt", write.now)}
    return await without_hidden(write, _with_results(answer, write, stored))


async def without_hidden(write: Write, answer: JSONObject) -> JSONObject:
    """The answer as option `protectedFieldsSaveResponseExempt` lets the caller see it.

    Pointers of the object reveal nothing here (observed): only the caller's groups count.
    """
    options = write.ctx.services.options
    if options.protected_fields_save_response_exempt:
        return answer
    if not write.creating and access.is_exempt(write.ctx, write.schema, write.object_id):
        return answer
    protected_fields.strip(answer, await access.hidden_fields(write.ctx, write.schema))
    return answer


def _with_results(answer: JSONObject, write: Write, stored: JSONObject) -> JSONObject:
    for name, operation in write.changes.items():
        if isinstance(operation, _TOLD):
            _tell(answer, stored, name.split("."))
    answer.update(write.answer)
    if write.ctx.services.signatures is not None:
        nested_files.sign(write.ctx, answer)
    return answer


def _tell(answer: JSONObject, stored: JSONObject, path: list[str]) -> None:
    """Puts the stored value at `path` into the answer, nested; lists come whole."""
    source: JSONValue = stored
    target = answer
    for position, part in enumerate(path):
        value = source.get(part, MISSING) if isinstance(source, dict) else MISSING
        if isinstance(value, Missing):
            return
        if position == len(path) - 1 or not isinstance(value, dict):
            target[part] = value
            return
        target = cast("JSONObject", target.setdefault(part, {}))
        source = value
