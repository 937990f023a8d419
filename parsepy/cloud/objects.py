"""`Object`: what is known of a Parse object, and what is going to be changed about it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Final, cast

from parsepy.cloud import values
from parsepy.protocol import operations
from parsepy.protocol.operations import is_operation
from parsepy.types import MISSING, JSONObject, JSONValue, Missing, ParseObject

_READ_ONLY: Final = frozenset(("objectId", "createdAt", "updatedAt", "className"))
_DELETE: Final = "Delete"


class Object:
    """`state` is the object in REST form, `ops` the pending changes in the wire's form (a plain
    value, or `{"__op": …}`). Two objects of one id are independent of each other.

    What `get` gives is a copy: change it with `set` and the like, not in place.
    """

    __slots__ = ("_existed", "class_name", "object_id", "ops", "state")

    def __init__(
        self,
        class_name: str,
        object_id: str | None = None,
        state: ParseObject | None = None,
        ops: JSONObject | None = None,
        *,
        existed: bool = False,
    ) -> None:
        self.class_name = class_name
        self.object_id = object_id
        self.state: ParseObject = state if state is not None else {}
        self.ops: JSONObject = ops if ops is not None else {}
        self._existed = existed

    def __repr__(self) -> str:
        return f"<Object {self.class_name} {self.object_id or '(new)'}>"

    # -- reading

    def get(self, key: str, default: object = None) -> object:
        value = self._value(key)
        return default if isinstance(value, Missing) else values.decode(value, Object)

    def has(self, key: str) -> bool:
        return not isinstance(self._value(key), Missing | None)

    def is_new(self) -> bool:
        return self.object_id is None

    def existed(self) -> bool:
        """Whether it was there before the save that is told of."""
        return self._existed

    def dirty(self, key: str | None = None) -> bool:
        return bool(self.ops) if key is None else key in self.ops

    def dirty_keys(self) -> list[str]:
        return list(self.ops)

    def op(self, key: str) -> JSONValue:
        """The pending change of a field in the wire's form; `None` when there is none."""
        return deepcopy(self.ops.get(key))

    def to_json(self) -> ParseObject:
        """The object with its pending changes, in REST form."""
        document: ParseObject = deepcopy(self.state)
        if self.object_id is not None:
            document["objectId"] = self.object_id
        for key, op in self.ops.items():
            if "." in key:
                operations.apply_at_path(document, key, operations.decode(deepcopy(op)))
                continue
            value = _applied(deepcopy(op), document.get(key, MISSING))
            if isinstance(value, Missing):
                document.pop(key, None)
            else:
                document[key] = value
        return document

    def to_pointer(self) -> JSONObject:
        """Raises `ValueError` for an object that has not been saved."""
        if self.object_id is None:
            raise ValueError(f"Cannot create a pointer to an unsaved {self.class_name}")
        return {"__type": "Pointer", "className": self.class_name, "objectId": self.object_id}

    def to_full_json(self) -> JSONObject:
        """The object as a value inside an answer."""
        if self.object_id is None:
            raise ValueError(f"Cannot create a pointer to an unsaved {self.class_name}")
        if not self.state and not self.ops:
            return self.to_pointer()
        return {**self.to_json(), "__type": "Object", "className": self.class_name}

    # -- changing

    def set(self, key: str, value: object) -> None:
        self._change(key, values.encode(value))

    def unset(self, key: str) -> None:
        self._change(key, {"__op": _DELETE})

    def increment(self, key: str, amount: int | float = 1) -> None:
        self._operate(key, {"__op": "Increment", "amount": amount})

    def add(self, key: str, *items: object) -> None:
        self._operate_on_list(key, "Add", items)

    def add_unique(self, key: str, *items: object) -> None:
        self._operate_on_list(key, "AddUnique", items)

    def remove(self, key: str, *items: object) -> None:
        self._operate_on_list(key, "Remove", items)

    def add_relation(self, key: str, *related: "Object") -> None:
        self._relate(key, "AddRelation", related)

    def remove_relation(self, key: str, *related: "Object") -> None:
        self._relate(key, "RemoveRelation", related)

    def get_acl(self) -> JSONObject | None:
        acl = self._value("ACL")
        return deepcopy(acl) if isinstance(acl, dict) else None

    def set_acl(self, acl: JSONObject) -> None:
        """`{"*": {"read": True}, "<user id>": {"read": True, "write": True}, "role:<name>": …}`"""
        self._change("ACL", deepcopy(acl))

    def revert(self, *keys: str) -> None:
        """Forgets the pending changes of `keys`, or all."""
        for key in keys or tuple(self.ops):
            self.ops.pop(key, None)

    # -- parts

    def _value(self, key: str) -> JSONValue | Missing:
        if key == "objectId":
            return MISSING if self.object_id is None else self.object_id
        current = self.state.get(key, MISSING)
        return _applied(self.ops[key], current) if key in self.ops else current

    def _change(self, key: str, op: JSONValue) -> None:
        if key in _READ_ONLY:
            raise ValueError(f"{key} cannot be set")
        self.ops[key] = op

    def _operate_on_list(self, key: str, name: str, items: tuple[object, ...]) -> None:
        self._operate(key, {"__op": name, "objects": [values.encode(item) for item in items]})

    def _operate(self, key: str, op: JSONObject) -> None:
        """Puts an operation on top of what is pending: one of its kind takes it in, a value that
        is to be set becomes another one."""
        pending = self.ops.get(key, MISSING)
        if isinstance(pending, Missing):
            self._change(key, op)
        elif is_operation(pending) and _kind(pending) == op["__op"]:
            self._change(key, _merged(cast("JSONObject", pending), op))
        else:
            self._change(key, cast("JSONValue", _applied(op, self._value(key))))

    def _relate(self, key: str, name: str, related: tuple["Object", ...]) -> None:
        objects: list[JSONValue] = [one.to_pointer() for one in related]
        op: JSONObject = {"__op": name, "objects": objects}
        pending = self.ops.get(key)
        if not isinstance(pending, dict) or "__op" not in pending:
            self._change(key, op)
        elif pending["__op"] == "Batch":
            self._change(
                key, {"__op": "Batch", "ops": [*cast("list[JSONValue]", pending["ops"]), op]}
            )
        else:
            self._change(key, {"__op": "Batch", "ops": [pending, op]})


def _applied(op: JSONValue, current: JSONValue | Missing) -> JSONValue | Missing:
    """The value after a pending change. A relation's value does not show what is in it."""
    if not is_operation(op):
        return op
    return operations.apply(operations.decode(op), current)


def _kind(op: JSONValue) -> JSONValue:
    return op["__op"] if isinstance(op, dict) else None


def _merged(first: JSONObject, second: JSONObject) -> JSONObject:
    merge: Callable[[JSONObject, JSONObject], JSONObject] = (
        _merged_amounts if second["__op"] == "Increment" else _merged_objects
    )
    return merge(first, second)


def _merged_amounts(first: JSONObject, second: JSONObject) -> JSONObject:
    amount = cast("float", first["amount"]) + cast("float", second["amount"])
    return {"__op": "Increment", "amount": amount}


def _merged_objects(first: JSONObject, second: JSONObject) -> JSONObject:
    objects = [*cast("list[JSONValue]", first["objects"])]
    objects += cast("list[JSONValue]", second["objects"])
    return {"__op": second["__op"], "objects": objects}
