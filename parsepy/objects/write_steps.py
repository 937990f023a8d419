"""The steps of a write, one function each; `write.py` says in which order."""

from copy import deepcopy
from typing import NoReturn

from parsepy import errors
from parsepy.objects import access
from parsepy.objects.conditions import check_state
from parsepy.objects.write_state import Write
from parsepy.protocol import operations, values
from parsepy.protocol.field_types import POLYGON, Fields, is_typed
from parsepy.protocol.operations import (
    ChangeRelation,
    Changes,
    SetValue,
    Unset,
)
from parsepy.query import polygon_check, tree
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.schema import enforcement
from parsepy.schema.system_classes import (
    REQUIRED_COLUMNS,
    join_class,
)
from parsepy.types import JSONObject, Missing, ParseObject


def check_data(write: Write) -> None:
    """Everything that can be judged without a store. Raises 105, 111, 130, 142."""
    check_contents(write)
    operations.check_paths(write.changes)
    _check_required_columns(write)
    _check_required_fields(write)


def check_contents(write: Write) -> None:
    """What no body may hold, whoever put it there. Raises 105, 130."""
    services = write.ctx.services
    services.denylist.check(write.body)
    if services.file_urls is not None:
        services.file_urls.check(write.body)


async def check_permissions(write: Write) -> None:
    """Class-level permission for the write itself and for fields that the class lacks."""
    write.permitted = tree.EVERYTHING
    if _adds_fields(write):
        write.permitted = await access.check_class(
            write.ctx, write.schema, "addField", creating=write.creating
        )
    operation = "create" if write.creating else "update"
    permitted = await access.check_class(write.ctx, write.schema, operation)
    write.permitted = tree.both(write.permitted, permitted)


async def select_object(write: Write) -> None:
    """Who may write what: the condition on the object of an update. After the permissions."""
    permitted = tree.both(has_id(write.object_id), write.permitted)
    write.writable = tree.both(permitted, await access.accessible(write.ctx, "write"))
    write.target = tree.both(write.writable, write.condition.where)
    if write.guard is not None:
        write.target = tree.both(write.target, write.guard.where)


async def refuse_unselected(write: Write) -> NoReturn:
    """Raises why an update has found no object to change."""
    await check_state(write.ctx, write.schema, write.writable, write.condition)
    if write.guard is not None and await write.ctx.services.storage.find(
        write.schema, write.writable, ONE
    ):
        raise write.guard.error
    raise write.ctx.services.rules_of(write.class_name).not_writable(write.ctx, "update")


def has_id(object_id: str) -> Where:
    return tree.Equal(tree.Path("objectId"), object_id)


def check_types(write: Write) -> None:
    """Whether the values fit the class as it is. Raises 105, 111."""
    body = {name: value for name, value in write.body.items() if not name.startswith("_")}
    write.wanted = enforcement.wanted_types(write.schema, body)


async def fit_schema(write: Write) -> None:
    """Adds the class and the fields that the write needs.

    A write that is going to be refused must not leave a field behind, so before the schema grows
    the object is looked at. Raises 101, 107, 111, 137.
    """
    schema = write.schema
    if POLYGON in write.wanted.values():
        _check_shapes(write)
    new = enforcement.new_fields(schema, write.wanted)
    if schema.exists and not new:
        return
    await _check_object(write)
    if POLYGON in new.values():
        await write.ctx.services.storage.check_polygons(schema, _polygons(write, new))
    schemas = write.ctx.services.schemas
    write.schema = await schemas.ensure_class(schema)
    write.schema = await schemas.ensure_fields(write.schema, write.wanted)


def fill_defaults(write: Write) -> None:
    """Default values of the schema and the class's default ACL; the answer tells them.

    They are copied: the schema's own would be shared by all objects of the class.
    """
    for name, default in write.schema.defaults.items():
        if isinstance(write.changes.get(name), None | Unset):
            value = values.clean(default)
            write.set(name, value)
            # Told as the schema has it, a File with its address; a Polygon is closed (observed).
            write.answer[name] = value if is_typed(default, "Polygon") else deepcopy(default)
    default_acl = write.schema.permissions.default_acl
    if default_acl is not None and "ACL" not in write.changes:
        granted = _resolved(deepcopy(default_acl), write.ctx.caller.user_id)
        write.set("ACL", granted)
        write.answer["ACL"] = granted


def new_document(write: Write) -> ParseObject:
    document: ParseObject = {"objectId": write.object_id}
    for name, operation in write.changes.items():
        if "." in name:
            operations.apply_at_path(document, name, operation)
            continue
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


def _check_shapes(write: Write) -> None:
    """Raises 111 for edges that meet, in every store: MongoDB takes them until it has an index."""
    for polygon in _polygons(write, write.wanted):
        polygon_check.checked(polygon)


def _polygons(write: Write, fields: Fields) -> list[JSONObject]:
    values = [write.value_of(name) for name, type_ in fields.items() if type_ == POLYGON]
    return [value for value in values if isinstance(value, dict)]


async def _check_object(write: Write) -> None:
    services = write.ctx.services
    if write.creating:
        chosen = services.options.allow_custom_object_id
        if chosen and await services.storage.get(write.schema, write.object_id, None):
            raise services.rules_of(write.class_name).duplicate("objectId")
        return
    found = await services.storage.find(write.schema, write.target, ONE)
    if not found:
        await refuse_unselected(write)
    operations.check_applicable(stored_changes(write), found[0])


def _adds_fields(write: Write) -> bool:
    known = write.schema.types
    return any(
        name.partition(".")[0] not in known and not isinstance(operation, Unset)
        for name, operation in write.changes.items()
    )


def _check_required_columns(write: Write) -> None:
    for name in REQUIRED_COLUMNS.get(write.class_name, ()):
        if write.creating:
            gone = _is_empty(write, name) or write.value_of(name) == ""
        else:
            gone = isinstance(write.changes.get(name), Unset)
        if gone:
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
