"""The indexes that the schema API is asked to make and to drop, read and checked."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from parsepy import errors
from parsepy.protocol.field_types import DATE, Fields, is_number
from parsepy.schema.classes import ClassSchema
from parsepy.schema.field_check import is_deletion
from parsepy.schema.index_options import PLAIN, IndexOptions, read_options
from parsepy.types import JSONObject, JSONValue

ID_INDEX_NAME: Final = "_id_"

_KINDS: Final = ("text", "2d", "2dsphere", "hashed")

# Columns that no class lists as fields of these names; parse-server's own indexes use them.
_SERVER_COLUMNS: Final = {"_id": "objectId", "_created_at": "createdAt", "_updated_at": "updatedAt"}
_STORED_NAMES: Final = {field: column for column, field in _SERVER_COLUMNS.items()}


class NewIndex(NamedTuple):
    """`key` maps stored column names to directions."""

    key: JSONObject
    options: IndexOptions = PLAIN


class IndexChange(msgspec.Struct):
    added: dict[str, NewIndex] = msgspec.field(default_factory=dict)
    dropped: list[str] = msgspec.field(default_factory=list)


def read_index_change(
    schema: ClassSchema,
    types: Fields,
    indexes: JSONObject,
    options: JSONObject,
    *,
    present: Mapping[str, IndexOptions],
    check_fields: bool,
) -> IndexChange:
    """What `indexes` and `indexOptions` ask for in a class that will have `types`. Raises 102.

    `present` are the options of the indexes that are there.
    """
    wanted = {name: read_options(name, value) for name, value in options.items()}
    known = {ID_INDEX_NAME, *schema.definition.indexes}
    change = IndexChange()
    for name, key in indexes.items():
        if is_deletion(key):
            if name == ID_INDEX_NAME:
                raise errors.invalid_query(f"Index {name} cannot be deleted.")
            if name not in known:
                raise errors.invalid_query(f"Index {name} does not exist, cannot delete.")
            change.dropped.append(name)
            continue
        if name in known:
            raise _exists(name)
        change.added[name] = NewIndex(_key(name, key), wanted.pop(name, PLAIN))
    if check_fields:
        for new in change.added.values():
            _check_columns(types, new.key)
    standing = {
        name: NewIndex(key, present.get(name, PLAIN))
        for name, key in schema.definition.indexes.items()
        if name not in change.dropped
    }
    for name, new in change.added.items():
        _check_directions(name, new.key)
        if new.options != PLAIN:
            _check_options(types, name, new)
        _check_alone(name, new, standing)
        standing[name] = new
    _check_other_options(wanted, known, present)
    return change


def _key(name: str, key: JSONValue) -> JSONObject:
    if isinstance(key, str) and key:
        # JavaScript sees the letters of a text as the keys of an object.
        raise _no_field("0")
    if not isinstance(key, dict) or not key:
        raise errors.invalid_query(f"Index {name} must name at least one field.")
    return key


def _check_columns(types: Fields, key: JSONObject) -> None:
    for column in key:
        if column.removeprefix("_p_") not in types and column not in _SERVER_COLUMNS:
            raise _no_field(column)


def _check_directions(name: str, key: JSONObject) -> None:
    for column, direction in key.items():
        if isinstance(direction, bool) or (direction not in _KINDS and not _is_order(direction)):
            raise errors.invalid_query(f"Index {name} is of no known kind on {column}.")


def _is_order(direction: JSONValue) -> bool:
    return is_number(direction) and direction != 0


def _check_alone(name: str, new: NewIndex, standing: Mapping[str, NewIndex]) -> None:
    for other, present in standing.items():
        if list(present.key.items()) == list(new.key.items()) and present.options == new.options:
            raise errors.invalid_query(f"Index {name} would be the same as {other}.")


def _check_options(types: Fields, name: str, new: NewIndex) -> None:
    """An index that binds or erases objects has to be on what is really stored.

    parse-server lets an index stand on a column that is not there; a unique one would let in one
    object and no more.
    """
    for column, direction in new.key.items():
        if not _is_order(direction):
            raise errors.invalid_query(
                f"Index {name} with options must be ascending or descending."
            )
        stored = _stored_name(types, column)
        if stored is None:
            raise errors.invalid_query(f"The field {column} is stored in no column.")
        if stored != column:
            raise errors.invalid_query(
                f"The field {column} is stored as {stored}: an index with options names columns."
            )
    if new.options.expire_after_seconds is not None:
        _check_expiring(types, name, new.key)


def _check_expiring(types: Fields, name: str, key: JSONObject) -> None:
    column = next(iter(key))
    if len(key) > 1 or types.get(_SERVER_COLUMNS.get(column, column)) != DATE:
        raise errors.invalid_query(f"Index {name} can expire objects by one Date field only.")


def _stored_name(types: Fields, column: str) -> str | None:
    type_ = types.get(column)
    if column in _STORED_NAMES:
        return _STORED_NAMES[column]
    if type_ is None:
        return column
    if type_.name in ("Relation", "ACL"):
        return None
    return f"_p_{column}" if type_.name == "Pointer" else column


def _check_other_options(
    wanted: Mapping[str, IndexOptions], known: set[str], present: Mapping[str, IndexOptions]
) -> None:
    for name, options in wanted.items():
        if name not in known:
            raise errors.invalid_query(f"Index {name} does not exist, cannot set its options.")
        if options != present.get(name, PLAIN):
            raise _exists(name)


def _exists(name: str) -> errors.ParseError:
    return errors.invalid_query(f"Index {name} exists, cannot update.")


def _no_field(column: str) -> errors.ParseError:
    return errors.invalid_query(f"Field {column} does not exist, cannot add index.")
