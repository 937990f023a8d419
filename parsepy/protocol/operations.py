"""Atomic operations of a write (`__op`): decoding them, and applying them to a value in memory."""

import re
from collections.abc import Callable, Collection
from math import isinf
from typing import Final, TypeAlias, cast

from msgspec import Struct

from parsepy import errors
from parsepy.protocol import values
from parsepy.protocol.field_types import is_number
from parsepy.protocol.json import normalise_number
from parsepy.types import MISSING, JSONObject, JSONValue, Missing


class SetValue(Struct, frozen=True):
    value: JSONValue


class Unset(Struct, frozen=True):
    """`{"__op": "Delete"}`"""


class Increment(Struct, frozen=True):
    amount: int | float


class Add(Struct, frozen=True):
    objects: list[JSONValue]


class AddUnique(Struct, frozen=True):
    objects: list[JSONValue]


class Remove(Struct, frozen=True):
    objects: list[JSONValue]


class ChangeRelation(Struct, frozen=True):
    """`AddRelation`, `RemoveRelation` and their `Batch`, as the object ids they name."""

    target_class: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


Operation: TypeAlias = SetValue | Unset | Increment | Add | AddUnique | Remove | ChangeRelation
Decode: TypeAlias = Callable[[JSONValue], Operation]
Changes: TypeAlias = dict[str, Operation]
"""Field (or dotted path) → what happens to it."""

UNSET: Final = Unset()

_INDEX: Final = re.compile("[0-9]{1,9}")
_PADDED_INDEX: Final = re.compile(r"\.0+(?=[0-9])")
MAX_LIST_GROWTH: Final = 10_000
"""How far an index may lie behind the end of a list: `arr.1000000000` must not eat the memory."""

_RELATION_OPERATIONS: Final = frozenset(("AddRelation", "RemoveRelation", "Batch"))


def is_operation(value: JSONValue) -> bool:
    return isinstance(value, dict) and "__op" in value


def decode(value: JSONValue) -> Operation:
    """The operation that `value` asks for in an update; a plain value is set. Raises 107, 108."""
    if not isinstance(value, dict) or "__op" not in value:
        return SetValue(values.clean(value))
    name = value["__op"]
    if isinstance(name, str) and name in _RELATION_OPERATIONS:
        return _decode_relation(value)
    decoder = _DECODERS.get(name) if isinstance(name, str) else None
    if decoder is None:
        raise errors.not_supported_yet(f"The {name if isinstance(name, str) else 'given'} operator")
    return decoder(value)


def decode_for_create(value: JSONValue) -> Operation:
    """As `decode`, with the messages parse-server has for a new object."""
    if isinstance(value, dict) and value.get("__op") in ("Increment", "Add", "AddUnique", "Remove"):
        operand = value.get("amount" if value["__op"] == "Increment" else "objects")
        fits = is_number(operand) if value["__op"] == "Increment" else isinstance(operand, list)
        if not fits:
            raise errors.invalid_json("objects to add must be an array")
    return decode(value)


def initial_value(operation: Operation) -> JSONValue | Missing:
    """What a new object's field holds after `operation`; `MISSING` when it has none."""
    if isinstance(operation, SetValue):
        return operation.value
    match operation:
        case Increment(amount):
            return amount
        case Add(objects) | AddUnique(objects):
            return list(objects)
        case Remove():
            return []
        case _:
            return MISSING


def apply(operation: Operation, current: JSONValue | Missing) -> JSONValue | Missing:
    """The value after `operation`, as MongoDB's update operators define it. Raises 111."""
    match operation:
        case SetValue(value):
            return value
        case Unset():
            return MISSING
        case Increment(amount):
            return _incremented(current, amount)
        case Add(objects):
            return _array(current) + objects
        case AddUnique(objects):
            return _with_unique(_array(current), objects)
        case Remove(objects):
            return MISSING if isinstance(current, Missing) else _without(_array(current), objects)
        case _:
            return current


def apply_at_path(document: JSONObject, path: str, operation: Operation) -> None:
    """Applies `operation` at a dotted path of `document`, creating what lies on the way.

    Digits index into a list (and extend it with nulls), as MongoDB does. Raises 111 when the
    path leads through a scalar.
    """
    *parents, last = path.split(".")
    holder: JSONValue = document
    for position, part in enumerate(parents):
        child = _child(holder, part)
        if isinstance(child, Missing):
            if isinstance(operation, Unset | Remove):
                return
            child = cast("JSONValue", {})
            _put(holder, part, child)
        elif not isinstance(child, dict | list):
            raise _not_applicable(".".join(parents[: position + 1]))
        holder = child
    result = apply(operation, _child(holder, last))
    if not isinstance(result, Missing):
        _put(holder, last, result)
    elif isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and int(last) < len(holder):
        holder[int(last)] = None


def check_paths(changes: Changes) -> None:
    """Raises 107 when a field and a part of it are to change: that would hang on their order.

    `list.01` is `list.1` too, and MongoDB must not be asked to change both.
    """
    paths: Collection[str] = changes
    if any(map(_PADDED_INDEX.search, changes)):
        paths = {_PADDED_INDEX.sub(".", path) for path in changes}
        if len(paths) < len(changes):
            raise _paths_conflict()
    for path in paths:
        above = path
        while "." in above:
            above = above.rpartition(".")[0]
            if above in paths:
                raise _paths_conflict()


def check_applicable(changes: Changes, document: JSONObject) -> None:
    """Raises 111 when `document` holds something that an operation does not fit. Changes it."""
    for path, operation in changes.items():
        if "." in path:
            apply_at_path(document, path, operation)
        else:
            apply(operation, document.get(path, MISSING))


def _decode_increment(value: JSONObject) -> Operation:
    amount = value.get("amount")
    if not is_number(amount):
        raise errors.invalid_json("incrementing must provide a number")
    return Increment(cast("float", amount))


def _objects_of(value: JSONObject, verb: str) -> list[JSONValue]:
    objects = value.get("objects")
    if not isinstance(objects, list):
        raise errors.invalid_json(f"objects to {verb} must be an array")
    return [values.clean_nested(item) for item in objects]


_DECODERS: Final[dict[str, Callable[[JSONObject], Operation]]] = {
    "Increment": _decode_increment,
    "Add": lambda value: Add(_objects_of(value, "add")),
    "AddUnique": lambda value: AddUnique(_objects_of(value, "add")),
    "Remove": lambda value: Remove(_objects_of(value, "remove")),
    "Delete": lambda _value: UNSET,
}


def _decode_relation(value: JSONObject) -> ChangeRelation:
    parts = value.get("ops") if value["__op"] == "Batch" else [value]
    if not isinstance(parts, list) or not parts:
        raise errors.invalid_json("Batch needs a list of AddRelation and RemoveRelation")
    target: str | None = None
    changed: dict[str, list[str]] = {"AddRelation": [], "RemoveRelation": []}
    for part in parts:
        name = part.get("__op") if isinstance(part, dict) else None
        if not isinstance(part, dict) or name not in ("AddRelation", "RemoveRelation"):
            raise errors.invalid_json("Batch needs a list of AddRelation and RemoveRelation")
        for class_name, object_id in _pointers_of(part):
            if target is not None and target != class_name:
                raise errors.invalid_json("all objects of a relation must be of one class")
            target = class_name
            changed[name].append(object_id)
    if target is None:
        raise errors.invalid_json("a relation operation needs at least one Pointer")
    return ChangeRelation(target, tuple(changed["AddRelation"]), tuple(changed["RemoveRelation"]))


def _pointers_of(part: JSONObject) -> list[tuple[str, str]]:
    objects = part.get("objects")
    if not isinstance(objects, list):
        raise errors.invalid_json("objects of a relation operation must be an array")
    found = []
    for item in objects:
        class_name = item.get("className") if isinstance(item, dict) else None
        object_id = item.get("objectId") if isinstance(item, dict) else None
        if not (isinstance(class_name, str) and isinstance(object_id, str) and object_id):
            raise errors.invalid_json("objects of a relation operation must be Pointers")
        found.append((class_name, object_id))
    return found


def _incremented(current: JSONValue | Missing, amount: int | float) -> JSONValue:
    if isinstance(current, Missing):
        return amount
    if not is_number(current):
        raise errors.incorrect_type("Increment needs a Number in the stored field")
    total = normalise_number(cast("float", current) + amount)
    if isinf(total):
        # JSON has no infinity: the field would read as null.
        raise errors.incorrect_type("Increment leaves the range of a Number")
    return total


def _array(current: JSONValue | Missing) -> list[JSONValue]:
    if isinstance(current, Missing):
        return []
    if not isinstance(current, list):
        raise errors.incorrect_type("the operation needs an Array in the stored field")
    return current


def _with_unique(current: list[JSONValue], objects: list[JSONValue]) -> list[JSONValue]:
    result = list(current)
    for item in objects:
        if not any(values.same(item, present) for present in result):
            result.append(item)
    return result


def _without(current: list[JSONValue], objects: list[JSONValue]) -> list[JSONValue]:
    return [item for item in current if not any(values.same(item, gone) for gone in objects)]


def _child(holder: JSONValue, part: str) -> JSONValue | Missing:
    if isinstance(holder, dict):
        return holder.get(part, MISSING)
    if isinstance(holder, list) and _INDEX.fullmatch(part):
        return holder[int(part)] if int(part) < len(holder) else MISSING
    raise _not_applicable(part)


def _put(holder: JSONValue, part: str, value: JSONValue) -> None:
    if isinstance(holder, dict):
        holder[part] = value
        return
    items = cast("list[JSONValue]", holder)
    index = int(part)
    if index - len(items) > MAX_LIST_GROWTH:
        raise errors.incorrect_type(f"index {part} lies too far behind the end of the Array")
    items.extend([None] * (index + 1 - len(items)))
    items[index] = value


def _paths_conflict() -> errors.ParseError:
    return errors.invalid_json("One update cannot change both a field and a part of it.")


def _not_applicable(path: str) -> errors.ParseError:
    return errors.incorrect_type(f"cannot create a field inside {path}, it is no Object or Array")
