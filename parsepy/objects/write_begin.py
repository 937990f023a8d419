"""The beginning of a write: from a client's JSON to the changes it asks for."""

from typing import Final, cast

from parsepy import errors
from parsepy.objects import access, file_references
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.permissions import class_access
from parsepy.protocol import acl, dates, ids, operations
from parsepy.protocol.field_types import is_typed, type_of
from parsepy.schema import enforcement
from parsepy.schema.system_classes import is_join, is_valid_class_name, is_valid_field_name
from parsepy.types import JSONObject, JSONValue, Missing

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
    write.names_id = "objectId" in body
    _decode(write, operations.decode_for_create)
    await file_references.check(write)
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
    write.names_id = "objectId" in body
    _decode(write, operations.decode)
    await file_references.check(write)
    return write


def turn_into_update(write: Write, object_id: str) -> None:
    """Makes a create the update of an object that is there already: a class rule has found it."""
    write.creating, write.object_id = False, object_id
    for name in ("objectId", "createdAt"):
        write.body.pop(name, None)
    write.changes.clear()
    _decode(write, operations.decode)


def _decode(write: Write, decode: "operations.Decode") -> None:
    """The body's fields as operations. Raises 105, 107, 108, 111, 121."""
    for name, value in write.body.items():
        _decode_field(write, name, value, decode)
    _check_server_times(write)


def change_field(write: Write, name: str, value: JSONValue) -> None:
    """Puts another value into the body. Raises as the beginning of a write."""
    write.body[name] = value
    decode = operations.decode_for_create if write.creating else operations.decode
    _decode_field(write, name, value, decode)


def _decode_field(write: Write, name: str, value: JSONValue, decode: "operations.Decode") -> None:
    if name == "ACL":
        _decode_acl(write, value)
    elif name in _SERVER_TIMES:
        _decode_server_time(write, name, value)
    elif name.startswith("_"):
        if not (write.ctx.caller.is_maintenance and name in MAINTENANCE_COLUMNS):
            raise _bad_name(write, name)
        write.changes[name] = decode(value)
    elif name.startswith("authData."):
        raise errors.invalid_field_name_for_update(name)
    elif name == "authData" and write.class_name == "_User":
        # Judged by the class's rules, provider by provider.
        return
    else:
        _check_field_name(write, name)
        write.changes[name] = decode(value)


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
    root = name.partition(".")[0]
    if root in write.schema.types:
        return
    if not is_valid_field_name(root, write.class_name):
        raise errors.invalid_field_name(root)


def _bad_name(write: Write, name: str) -> errors.ParseError:
    if write.ctx.caller.is_maintenance:
        return errors.invalid_field_name_for_update(name)
    return errors.invalid_field_name(name)


def _check_class_name(class_name: str) -> None:
    if class_name == "_Hooks":
        # They have routes of their own, which tell all servers of a change.
        raise errors.invalid_class_name(class_name)
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
