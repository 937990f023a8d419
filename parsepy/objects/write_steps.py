"""The steps of a write, one function each; `write.py` says in which order."""

from copy import deepcopy
from typing import Final, cast

from parsepy import errors
from parsepy.objects import access
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.permissions import class_access
from parsepy.protocol import acl, dates, ids, operations
from parsepy.protocol.field_types import is_typed, type_of
from parsepy.protocol.operations import (
    Add,
    AddUnique,
    ChangeRelation,
    Changes,
    Increment,
    Remove,
    SetValue,
    Unset,
)
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.schema import enforcement
from parsepy.schema.system_classes import (
    REQUIRED_COLUMNS,
    is_join,
    is_valid_class_name,
    is_valid_field_name,
    join_class,
)
from parsepy.types import MISSING, JSONObject, JSONValue, Missing, ParseObject

_TOLD: Final = (Increment, Add, AddUnique, Remove)
"""Operations whose result a client cannot know: the answer tells it."""

_SERVER_TIMES: Final = ("createdAt", "updatedAt")
MAINTENANCE_COLUMNS: Final = frozenset(
    "_hashed_password _email_verify_token _email_verify_token_expires_at _perishable_token"
    " _perishable_token_expires_at _failed_login_count _account_lockout_expires_at"
    " _password_changed_at _password_history".split()
)
"""Internal columns that the maintenance key may write."""


async def begin_create(ctx: RequestContext, class_name: str, body: JSONObject) -> Write:
    class_access.check_write(ctx.caller, "create", class_name)
    _check_class_name(class_name)
    object_id = _new_object_id(ctx, class_name, body)
    schema = await access.known_class(ctx, class_name)
    fields = {name: value for name, value in body.items() if name != "objectId"}
    write = Write(ctx, schema, object_id, fields, dates.now(), creating=True)
    _decode(write, operations.decode_for_create)
    return write


async def begin_update(
    ctx: RequestContext, class_name: str, object_id: str, body: JSONObject
) -> Write:
    class_access.check_write(ctx.caller, "update", class_name)
    _check_class_name(class_name)
    # Android repeats the id of the path in the body; another one would move the object.
    if body.get("objectId", object_id) != object_id:
        raise errors.field_is_reserved("objectId")
    schema = await access.known_class(ctx, class_name)
    fields = {name: value for name, value in body.items() if name != "objectId"}
    write = Write(ctx, schema, object_id, fields, dates.now(), creating=False)
    _decode(write, operations.decode)
    return write


def check_data(write: Write) -> None:
    """Everything that can be judged without a store. Raises 105, 111, 142."""
    write.ctx.services.denylist.check(write.body)
    if write.creating:
        _check_required_columns(write)
    else:
        operations.check_paths(write.changes)
    _check_required_fields(write)


async def check_permissions(write: Write) -> None:
    """Class-level permission for the write itself and for fields that the class lacks."""
    known = write.schema.types
    for name, operation in write.changes.items():
        if name.partition(".")[0] not in known and not isinstance(operation, Unset):
            await access.check_class(write.ctx, write.schema, "addField")
            break
    operation_name = "create" if write.creating else "update"
    await access.check_class(write.ctx, write.schema, operation_name)


def check_types(write: Write) -> None:
    """Whether the values fit the class as it is. Raises 105, 111."""
    body = {name: value for name, value in write.body.items() if not name.startswith("_")}
    write.wanted = enforcement.wanted_types(write.schema, body)


async def fit_schema(write: Write, where: Where) -> None:
    """Adds the class and the fields that the write needs; `where` selects the write's object.

    A write that is going to be refused must not leave a field behind, so before the schema grows
    the object is looked at. Raises 101, 107, 111, 137.
    """
    schema = write.schema
    if schema.exists and not enforcement.new_fields(schema, write.wanted):
        return
    await _check_object(write, where)
    schemas = write.ctx.services.schemas
    write.schema = await schemas.ensure_class(schema)
    write.schema = await schemas.ensure_fields(write.schema, write.wanted)


def fill_defaults(write: Write) -> None:
    """Default values of the schema and the class's default ACL; the answer tells them.

    They are copied: the schema's own would be shared by all objects of the class.
    """
    for name, default in write.schema.defaults.items():
        if isinstance(write.changes.get(name), None | Unset):
            value = deepcopy(default)
            write.set(name, value)
            write.answer[name] = value
    default_acl = write.schema.permissions.default_acl
    if default_acl is not None and "ACL" not in write.changes:
        granted = _resolved(deepcopy(default_acl), write.ctx.caller.user_id)
        write.set("ACL", granted)
        write.answer["ACL"] = granted


def new_document(write: Write) -> ParseObject:
    document: ParseObject = {"objectId": write.object_id}
    for name, operation in write.changes.items():
        value = operations.initial_value(operation)
        if not isinstance(value, Missing):
            document[name] = value
    document.setdefault("createdAt", write.now)
    document.setdefault("updatedAt", document["createdAt"])
    return document


def stored_changes(write: Write) -> Changes:
    changes: Changes = {
        name: operation
        for name, operation in write.changes.items()
        if not isinstance(operation, ChangeRelation) and not _is_relation(write, name)
    }
    changes.setdefault("updatedAt", SetValue(write.now))
    return changes


async def change_relations(write: Write) -> None:
    for name, operation in write.changes.items():
        if isinstance(operation, ChangeRelation):
            await write.ctx.services.storage.change_relation(
                join_class(name, write.class_name),
                write.object_id,
                operation.added,
                operation.removed,
            )


def create_answer(write: Write) -> JSONObject:
    stored = write.stored or {}
    answer: JSONObject = {
        "objectId": write.object_id,
        "createdAt": stored.get("createdAt", write.now),
    }
    for name, operation in write.changes.items():
        if isinstance(operation, _TOLD):
            answer[name] = cast("JSONValue", operations.initial_value(operation))
    answer.update(write.answer)
    return answer


def update_answer(write: Write) -> JSONObject:
    """The time, and the value of every field that an operation changed (SDKs rely on it)."""
    stored = write.stored or {}
    answer: JSONObject = {"updatedAt": stored.get("updatedAt", write.now)}
    for name, operation in write.changes.items():
        if isinstance(operation, _TOLD):
            _tell(answer, stored, name.split("."))
    answer.update(write.answer)
    return answer


async def _check_object(write: Write, where: Where) -> None:
    services = write.ctx.services
    rules = services.rules_of(write.class_name)
    if write.creating:
        chosen = services.options.allow_custom_object_id
        if chosen and await services.storage.get(write.schema, write.object_id, None):
            raise rules.duplicate("objectId")
        return
    found = await services.storage.find(write.schema, where, ONE)
    if not found:
        raise rules.not_writable(write.ctx, "update")
    operations.check_applicable(stored_changes(write), found[0])


def _decode(write: Write, decode: "operations.Decode") -> None:
    """The body's fields as operations. Raises 105, 107, 108, 111, 121."""
    maintenance = write.ctx.caller.is_maintenance
    for name, value in write.body.items():
        if name == "ACL":
            _decode_acl(write, value)
        elif name in _SERVER_TIMES:
            _decode_server_time(write, name, value)
        elif name.startswith("_"):
            if not (maintenance and name in MAINTENANCE_COLUMNS):
                raise _bad_name(write, name)
            write.changes[name] = decode(value)
        elif name.startswith("authData."):
            raise errors.invalid_field_name_for_update(name)
        elif name == "authData" and write.class_name == "_User":
            # Judged by the class's rules, provider by provider.
            continue
        else:
            _check_field_name(write, name)
            write.changes[name] = decode(value)
    _check_server_times(write)


def _decode_acl(write: Write, value: JSONValue) -> None:
    if operations.is_operation(value):
        # As in parse-server, deleting the ACL closes the object; apps may rely on it.
        write.set("ACL", {})
        return
    cleaned = acl.clean(value)
    if cleaned is not None:
        write.set("ACL", cleaned)


def _decode_server_time(write: Write, name: str, value: JSONValue) -> None:
    """Times are the server's; the maintenance key may bring them when it copies objects."""
    if not is_typed(value, "Date"):
        if value is not None:
            enforcement.wanted_types(write.schema, {name: value})
        return
    if write.ctx.caller.is_maintenance and write.creating:
        cleaned = cast("JSONObject", operations.decode(value).value)  # type: ignore[union-attr]
        write.set(name, cleaned["iso"])


def _check_server_times(write: Write) -> None:
    created, updated = write.value_of("createdAt"), write.value_of("updatedAt")
    if isinstance(created, Missing):
        write.drop("updatedAt")
    elif isinstance(updated, str) and isinstance(created, str) and updated < created:
        raise errors.ParseError(
            errors.Code.VALIDATION_ERROR, "updatedAt cannot occur before createdAt"
        )


def _check_field_name(write: Write, name: str) -> None:
    root, dot, _ = name.partition(".")
    if root in write.schema.types:
        return
    if dot and write.creating and root not in write.body:
        # A dotted key of a new object would be stored under that odd name and never be found.
        raise errors.invalid_field_name(name)
    if not is_valid_field_name(root, write.class_name):
        raise errors.invalid_field_name(root)


def _bad_name(write: Write, name: str) -> errors.ParseError:
    if write.ctx.caller.is_maintenance:
        return errors.invalid_field_name_for_update(name)
    return errors.invalid_field_name(name)


def _check_class_name(class_name: str) -> None:
    if is_join(class_name) or not is_valid_class_name(class_name):
        raise errors.invalid_json("schema class name does not revalidate")


def _new_object_id(ctx: RequestContext, class_name: str, body: JSONObject) -> str:
    """A random id, or the client's own where `allowCustomObjectId` permits. Raises 104 to 111."""
    options = ctx.services.options
    if not options.allow_custom_object_id:
        for name in ("objectId", "id"):
            if body.get(name):
                raise errors.field_is_reserved(name)
        return ids.new_object_id(options.object_id_size)
    if "objectId" not in body:
        return ids.new_object_id(options.object_id_size)
    object_id = body["objectId"]
    if not object_id:
        raise errors.missing_object_id()
    if not isinstance(object_id, str) or "\0" in object_id:
        raise errors.schema_mismatch(class_name, "objectId", "String", str(type_of(object_id)))
    return object_id


def _check_required_columns(write: Write) -> None:
    for name in REQUIRED_COLUMNS.get(write.class_name, ()):
        if _is_empty(write, name) or write.value_of(name) == "":
            raise errors.incorrect_type(f"{name} is required.")


def _check_required_fields(write: Write) -> None:
    """New objects need a value where the schema has no default; updates must not take it away."""
    for name in write.schema.required:
        if name in write.changes:
            gone = isinstance(write.changes[name], Unset) or write.value_of(name) in (None, "")
        else:
            gone = write.creating
        if gone and not (write.creating and name in write.schema.defaults):
            raise errors.field_required(name)


def _is_empty(write: Write, name: str) -> bool:
    operation = write.changes.get(name)
    return isinstance(operation, None | Unset) or write.value_of(name) is None


def _resolved(default_acl: JSONObject, user_id: str | None) -> JSONObject:
    """The class's default ACL; `currentUser` is the caller, or nobody. Changes `default_acl`."""
    granted = default_acl.pop("currentUser", None)
    if granted is not None and user_id is not None:
        default_acl[user_id] = granted
    return default_acl


def _is_relation(write: Write, name: str) -> bool:
    return name in write.schema.relations


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
