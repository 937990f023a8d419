"""What one write carries from step to step."""

import msgspec

from parsepy.errors import ParseError
from parsepy.objects.conditions import UNCONDITIONAL, Condition
from parsepy.objects.context import RequestContext
from parsepy.protocol.field_types import FieldType
from parsepy.protocol.operations import Changes, Operation, SetValue, Unset
from parsepy.query.tree import EVERYTHING, Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import MISSING, JSONObject, JSONValue, Missing, ParseObject


class Guard(msgspec.Struct, frozen=True):
    """A class rule's own condition on the state of an object before an update; `error` is what
    the client gets where it does not hold."""

    where: Where
    error: ParseError


class Write(msgspec.Struct):
    """A create or an update on its way through the door.

    `body` is the client's JSON (a copy of its top level); `changes` is what will be stored, by
    field or dotted path, and may be changed by class rules: internal columns go there too.
    `answer` collects what the client is told besides id and time. `stored` is the object as it
    will be, or is, after the write.
    """

    ctx: RequestContext
    schema: ClassSchema
    object_id: str
    body: JSONObject
    now: str
    creating: bool
    changes: Changes = msgspec.field(default_factory=dict)
    answer: JSONObject = msgspec.field(default_factory=dict)
    wanted: dict[str, FieldType] = msgspec.field(default_factory=dict)
    """The fields that the body writes to, with the types it needs there."""
    permitted: Where = EVERYTHING
    """The objects on which class-level permissions open the write to the caller."""
    writable: Where = EVERYTHING
    """The object of an update, if it is there and the caller may write it."""
    target: Where = EVERYTHING
    """The same, if it also meets `condition`: what the store is asked to change."""
    condition: Condition = UNCONDITIONAL
    """The state in which the client wants that object to be, else nothing is done."""
    guard: Guard | None = None
    stored: ParseObject | None = None
    before: ParseObject | None = None
    """The stored object before a published update."""
    original: ParseObject | None = None
    """The object before an update, as its triggers see it; `None` where they do not."""
    refusal: ParseError | None = None
    """What the client gets in place of the answer, although the new object is stored."""
    names_id: bool = False
    """The body says which object it is; of a new one this is the client's choice."""
    kept: object = None
    """What a class's rules keep for their later steps."""
    finished: bool = False
    """A rule has done the whole work (a log-in by authData): the remaining steps are skipped."""

    @property
    def class_name(self) -> str:
        return self.schema.name

    def value_of(self, name: str) -> JSONValue | Missing:
        """The value that the write sets on `name`; `MISSING` when it sets none."""
        operation = self.changes.get(name)
        return operation.value if isinstance(operation, SetValue) else MISSING

    def set(self, name: str, value: JSONValue) -> None:
        self.changes[name] = SetValue(value)

    def unset(self, name: str) -> None:
        self.changes[name] = Unset()

    def drop(self, name: str) -> Operation | None:
        """Takes a change out of the write."""
        return self.changes.pop(name, None)


class Written(msgspec.Struct, frozen=True):
    """The answer to a write; `existed` when a create turned out to be a log-in, `changed` when it
    turned out to be an update."""

    object_id: str
    answer: JSONObject
    existed: bool = False
    changed: bool = False
