"""`Changes` → an update document (storage-mongodb sheet, section 12)."""

from typing import Any

from parsepy import errors
from parsepy.protocol import acl
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.operations import (
    UNSET,
    Add,
    AddUnique,
    Changes,
    Increment,
    Operation,
    Remove,
    SetValue,
    Unset,
    check_paths,
)
from parsepy.storage.mongodb.columns import (
    ACL_COLUMN,
    INTERNAL_COLUMNS,
    POINTER_PREFIX,
    READ_COLUMN,
    WRITE_COLUMN,
    Columns,
)
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.encode import DATE_FIELDS, legacy_acl
from parsepy.storage.mongodb.values import (
    encode_date_or_text,
    encode_field,
    encode_nested,
    encode_number,
    encode_verbatim,
)
from parsepy.types import JSONValue


def compile_update(columns: Columns, changes: Changes) -> Document:
    """Raises 105, 107 and 111. Empty when nothing changes."""
    check_paths(changes)
    update: Document = {}
    for path, operation in changes.items():
        if path == "ACL":
            _change_acl(update, operation)
        elif path == "authData" and columns.holds_auth_data:
            _change_auth_data(update, columns, operation)
        else:
            _change(update, columns, path, operation)
    return update


def _change(update: Document, columns: Columns, path: str, operation: Operation) -> None:
    _check_path(path)
    match operation:
        case SetValue(value):
            _set(update, columns, path, value)
        case Unset():
            _unset(update, columns, path)
        case Increment(amount):
            _put(update, "$inc", columns.of(path), encode_number(amount))
        case Add(objects):
            _put(update, "$push", columns.of(path), {"$each": _nested(objects)})
        case AddUnique(objects):
            _put(update, "$addToSet", columns.of(path), {"$each": _nested(objects)})
        case Remove(objects):
            _put(update, "$pullAll", columns.of(path), _nested(objects))
        case _:
            raise TypeError("relations are changed by change_relation")


def _check_path(path: str) -> None:
    """MongoDB reads `$` in a path as its positional operators; a stray `_` column makes the
    class unreadable for parse-server."""
    if "$" in path or "\0" in path or (path[:1] == "_" and path not in INTERNAL_COLUMNS):
        raise errors.invalid_field_name_for_update(path)
    if "." in path and not all(path.split(".")):
        raise errors.invalid_field_name_for_update(path)


def _set(update: Document, columns: Columns, path: str, value: JSONValue) -> None:
    column = columns.of(path)
    if path in DATE_FIELDS:
        _put(update, "$set", column, encode_date_or_text(value))
    elif columns.is_config or _is_auth_data(columns, path):
        _put(update, "$set", column, encode_verbatim(value))
    elif "." in path:
        _put(update, "$set", column, encode_nested(value))
    elif column == path and is_typed(value, "Pointer"):
        _put(update, "$set", POINTER_PREFIX + path, encode_field(value))
    else:
        _put(update, "$set", column, encode_field(value))


def _unset(update: Document, columns: Columns, path: str) -> None:
    _put(update, "$unset", columns.of(path), "")
    if path in columns.pointers:
        # Where a null stands that the Pointer field was created with.
        _put(update, "$unset", path, "")


def _is_auth_data(columns: Columns, path: str) -> bool:
    return columns.holds_auth_data and path.startswith("authData.")


def _change_acl(update: Document, operation: Operation) -> None:
    value = operation.value if isinstance(operation, SetValue) else None
    if not isinstance(value, dict):
        for column in (READ_COLUMN, WRITE_COLUMN, ACL_COLUMN):
            _put(update, "$unset", column, "")
        return
    readers, writers = acl.to_lists(value)
    _put(update, "$set", READ_COLUMN, readers)
    _put(update, "$set", WRITE_COLUMN, writers)
    _put(update, "$set", ACL_COLUMN, legacy_acl(readers, writers))


def _change_auth_data(update: Document, columns: Columns, operation: Operation) -> None:
    """Each provider has a column: those that are named change, a null one goes."""
    value = operation.value if isinstance(operation, SetValue) else None
    if not isinstance(value, dict):
        raise errors.incorrect_type("authData is changed by naming its providers.")
    for provider, data in value.items():
        path = f"authData.{provider}"
        _change(update, columns, path, UNSET if data is None else SetValue(data))


def _nested(objects: list[JSONValue]) -> list[Any]:
    return [encode_nested(item) for item in objects]


def _put(update: Document, operator: str, column: str, argument: Any) -> None:
    update.setdefault(operator, {})[column] = argument
