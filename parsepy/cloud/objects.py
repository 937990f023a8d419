"""`Object`: what is known of a Parse object, and what is going to be changed about it."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, ClassVar, Final, Self, cast

from parsepy.cloud import loading, saving, typed, values
from parsepy.cloud.acl import ACL
from parsepy.cloud.current import asking
from parsepy.cloud.relations import Relation
from parsepy.cloud.unsaved import unsaved_in
from parsepy.protocol import operations
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.operations import Operation, SetValue, is_operation
from parsepy.types import MISSING, JSONObject, JSONValue, Missing, ParseObject

_READ_ONLY: Final = frozenset(("objectId", "createdAt", "updatedAt", "className"))
_DELETE: Final = "Delete"


class Object:
    """`state` is the object in REST form, `ops` the pending changes in the wire's form (a plain
    value, or `{"__op": …}`). Two objects of one id are independent of each other.

    What `get` gives is a copy: change it with `set` and the like, not in place. A class of an app's
    own has its fields as attributes:

        class GameScore(Object, class_name="GameScore"):
            score: int
            is_final: Annotated[bool, Key("isFinal")] = False

        best = GameScore(score=1337)
        await best.save(use_master_key=True)
    """

    __slots__ = ("_existed", "class_name", "object_id", "ops", "state")

    parse_class: ClassVar[str | None] = None
    """The Parse class of a subclass's objects."""

    def __init_subclass__(cls, class_name: str | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.parse_class = class_name or cls.parse_class or cls.__name__
        typed.install(cls)
        loading.note_class(cls)

    def __init__(
        self,
        class_name: str | None = None,
        object_id: str | None = None,
        state: ParseObject | None = None,
        ops: JSONObject | None = None,
        *,
        existed: bool = False,
        **fields: Any,
    ) -> None:
        """`fields` are set as attributes are. Raises `TypeError` for one that there is not."""
        known = class_name or self.parse_class
        if known is None:
            raise TypeError("An Object needs the name of its class.")
        self.class_name = known
        self.object_id = object_id
        self.state: ParseObject = state if state is not None else {}
        self.ops: JSONObject = ops if ops is not None else {}
        self._existed = existed
        for name, value in fields.items():
            if not isinstance(getattr(type(self), name, None), typed.FieldAttribute):
                raise TypeError(f"{type(self).__name__} has no field {name}")
            setattr(self, name, value)

    @classmethod
    def without_data(cls, object_id: str, class_name: str | None = None) -> Self:
        """An object of which only the id is known; `fetch` brings the rest."""
        return cls(class_name, object_id, existed=True)

    def __repr__(self) -> str:
        return f"<Object {self.class_name} {self.object_id or '(new)'}>"

    def __getitem__(self, key: str) -> Any:
        """As `get`, and raises `KeyError` for a field that the object does not have."""
        value = self._value(key)
        if isinstance(value, Missing):
            raise KeyError(key)
        return values.decode(value, loading.refer)

    def __setitem__(self, key: str, value: object) -> None:
        self.set(key, value)

    def __delitem__(self, key: str) -> None:
        self.unset(key)

    def __contains__(self, key: str) -> bool:
        return self.has(key)

    # -- reading

    def get(self, key: str, default: object = None) -> Any:
        value = self._value(key)
        if isinstance(value, Missing):
            return default
        if is_typed(value, "Relation"):
            return self.relation(key)
        return values.decode(value, loading.refer)

    def relation(self, key: str) -> Relation:
        known = self.state.get(key)
        target = known.get("className") if isinstance(known, dict) else None
        return Relation(self, key, target if isinstance(target, str) and target else None)

    @property
    def created_at(self) -> datetime | None:
        return self._time("createdAt")

    @property
    def updated_at(self) -> datetime | None:
        return self._time("updatedAt")

    def has_same_id(self, other: "Object") -> bool:
        return (
            self.object_id is not None
            and self.object_id == other.object_id
            and self.class_name == other.class_name
        )

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
                operations.apply_at_path(document, key, _operation(deepcopy(op)))
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

    def _reference(self) -> JSONObject:
        """Its Pointer; of a new object what becomes one when whatever refers to it is saved."""
        if self.object_id is not None:
            return self.to_pointer()
        return saving.UnsavedObject(self, {"__type": "Pointer", "className": self.class_name})

    def to_full_json(self) -> JSONObject:
        """The object as a value inside an answer. Raises `ValueError` for one that has not been
        saved, or refers to one."""
        for unsaved in unsaved_in(self.ops):
            if isinstance(unsaved, saving.UnsavedObject):
                unsaved.subject.to_pointer()
        if self.object_id is None:
            raise ValueError(f"Cannot create a pointer to an unsaved {self.class_name}")
        if not self.state and not self.ops:
            return self.to_pointer()
        return {**self.to_json(), "__type": "Object", "className": self.class_name}

    # -- changing

    def set(self, key: str, value: object) -> None:
        """A new object, or a file, that is set or is inside of what is set is saved with this
        one, and with the same rights."""
        self._change(key, values.pending(value))

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

    def get_acl(self) -> ACL | None:
        """A copy: what is changed in it counts when it is set. `None`: everybody may all."""
        acl = self._value("ACL")
        return ACL(acl) if isinstance(acl, dict) else None

    def set_acl(self, acl: ACL | JSONObject) -> None:
        """Also in the wire's form: `{"*": {"read": True}, "role:<name>": {"write": True}}`."""
        self._change("ACL", acl.to_json() if isinstance(acl, ACL) else deepcopy(acl))

    def revert(self, *keys: str) -> None:
        """Forgets the pending changes of `keys`, or all."""
        for key in keys or tuple(self.ops):
            self.ops.pop(key, None)

    # -- in the store

    async def save(
        self,
        fields: Mapping[str, object] | None = None,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> Self:
        """Creates or updates it, `fields` set before. Raises `ParseError`; then nothing was stored
        and the changes are still pending."""
        for key, value in (fields or {}).items():
            self.set(key, value)
        ctx = await asking(
            use_master_key=use_master_key, session_token=session_token, context=context
        )
        await saving.save(self, ctx)
        return self

    async def fetch(
        self,
        *,
        include: Sequence[str] = (),
        keys: Sequence[str] | None = None,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> Self:
        """Brings what is stored; pending changes stay. Raises 101."""
        ctx = await asking(
            use_master_key=use_master_key, session_token=session_token, context=context
        )
        await saving.fetch(self, ctx, include, keys)
        return self

    async def destroy(
        self,
        *,
        use_master_key: bool = False,
        session_token: str | None = None,
        context: JSONObject | None = None,
    ) -> None:
        """Raises 101."""
        ctx = await asking(
            use_master_key=use_master_key, session_token=session_token, context=context
        )
        await saving.destroy(self, ctx)

    def set_stored(self, object_id: str, state: ParseObject, *, existed: bool) -> None:
        """What a save has made of it: nothing is pending any more."""
        self.object_id = object_id
        self.state = state
        self.ops = {}
        self._existed = existed

    # -- parts

    def _time(self, key: str) -> datetime | None:
        value = self.state.get(key)
        iso = value.get("iso") if isinstance(value, dict) else value
        return datetime.fromisoformat(iso) if isinstance(iso, str) else None

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
        self._operate(key, {"__op": name, "objects": [values.pending(item) for item in items]})

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
    if any(unsaved_in(cast("JSONObject", op))):
        return _with_unsaved(cast("JSONObject", op), current)
    return operations.apply(operations.decode(op), current)


def _with_unsaved(op: JSONObject, current: JSONValue | Missing) -> JSONValue:
    """A list after a change that names what is not stored yet, which no other operation can."""
    known = [*current] if isinstance(current, list) else []
    named = cast("list[JSONValue]", op["objects"])
    if op["__op"] == "Remove":
        return [item for item in known if item not in named]
    if op["__op"] == "AddUnique":
        named = [item for index, item in enumerate(named) if item not in known + named[:index]]
    return known + named


def _operation(op: JSONValue) -> Operation:
    return operations.decode(op) if is_operation(op) else SetValue(op)


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
