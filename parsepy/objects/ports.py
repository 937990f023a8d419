"""What the object doors need from rooms further down the house."""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.protocol.find_parameters import FindParameters
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject, ParseObject

if TYPE_CHECKING:
    from parsepy.objects.context import RequestContext
    from parsepy.objects.write_state import Write


class RoleNames(Protocol):
    async def names_of(self, user_id: str) -> list[str]:
        """All roles of a user, inherited ones too."""


class ClassRules:
    """What a system class adds to the steps of a read or write. Plain classes have none."""

    shown_to_triggers: Collection[str] = ()
    """Fields that triggers get whoever writes, though not every reader sees them."""
    told_after_saves: Collection[str] = ()
    """Fields that the answer tells, changed or not, where the class has an afterSave trigger."""

    async def before_create(self, write: "Write") -> None:
        """First look at the body, before permissions and schema; may change the body, and may make
        the write an update (`write_begin.turn_into_update`)."""

    async def before_update(self, write: "Write") -> None:
        """As `before_create`; may choose another object."""

    async def before_insert(self, write: "Write") -> None:
        """The last step before the store, permissions given; may change fields and ACL."""

    async def before_modify(self, write: "Write") -> None:
        """As `before_insert`, for an update."""

    async def after_create(self, write: "Write") -> None: ...

    async def after_update(self, write: "Write") -> None: ...

    async def conclude(self, write: "Write") -> bool:
        """The write is stored and told of: here, and not before, other objects of the class may be
        written.

        True for a new object that is gone again, because another request has made the same one
        meanwhile: the create begins anew, and finds that.
        """
        return False

    async def before_delete(self, ctx: "RequestContext", object_id: str) -> None: ...

    async def after_delete(self, ctx: "RequestContext", object_id: str) -> None: ...

    async def after_purge(self, ctx: "RequestContext") -> None:
        """All objects of the class are gone."""

    async def restrict(self, ctx: "RequestContext", where: Where) -> Where:
        """Narrows what a read may find."""
        return where

    def check_order(self, ctx: "RequestContext", keys: Iterable[str]) -> None:
        """Raises 105 for a key by which the caller must not sort."""

    def present_included(self, ctx: "RequestContext", document: ParseObject) -> None:
        """More to take off an object that comes along with another."""

    def present(self, ctx: "RequestContext", document: ParseObject) -> None:
        """Removes from an object what its reader must not see; the object may be changed."""

    async def complete(self, ctx: "RequestContext", documents: list[ParseObject]) -> None:
        """What has to be asked of others about objects that are presented; they may be changed."""

    def duplicate(self, field: str | None) -> ParseError:
        """The error for a value that a unique index refuses."""
        return errors.duplicate_value()

    def was_overtaken(self, write: "Write", field: str | None) -> bool:
        """Whether the value that a unique index has refused means that another request was faster
        with the same object: then the create begins anew, and finds it."""
        return False

    def not_writable(self, ctx: "RequestContext", operation: str) -> ParseError:
        """The error when no object with that id may be written by the caller."""
        return errors.object_not_found()


PLAIN = ClassRules()


class Saving(msgspec.Struct, frozen=True):
    """An object in a save, as a trigger gets it.

    `original` is the object before an update, as far as the caller may see it. `state` is what
    the trigger's object holds, `changes` what is pending on it: plain values, or `{"__op": …}`.
    """

    class_name: str
    object_id: str | None
    creating: bool
    original: ParseObject | None
    state: ParseObject
    changes: JSONObject


class Reply(msgspec.Struct, frozen=True):
    """What a trigger makes of the answer to a write: another one, or changes of it."""

    whole: JSONObject | None = None
    changes: JSONObject | None = None


class ClassTriggers(Protocol):
    """The triggers of one class; those that are not in `names` do nothing.

    Each gets a copy of the caller's context, and what it adds there is the caller's afterwards.
    What they raise is meant for the client.
    """

    @property
    def names(self) -> Collection[str]:
        """`beforeSave`, `afterSave`, `beforeDelete`, `afterDelete`, `beforeFind`, `afterFind`;
        of `_User` `beforeLogin` and `afterLogin`, of `_Session` `afterLogout`."""

    async def before_save(self, ctx: "RequestContext", saving: Saving) -> JSONObject:
        """The changes to write instead of `saving.changes`."""

    async def after_save(self, ctx: "RequestContext", saved: Saving) -> Reply: ...

    async def tell(self, ctx: "RequestContext", name: str, document: ParseObject) -> None:
        """Runs a trigger that can do no more with an object than to refuse: around a delete, a
        log-in, a log-out."""

    async def before_find(
        self, ctx: "RequestContext", parameters: FindParameters, *, is_get: bool
    ) -> FindParameters | list[ParseObject]:
        """What to find instead; or objects, and then nothing is looked for."""

    async def after_find(
        self,
        ctx: "RequestContext",
        parameters: FindParameters,
        results: list[ParseObject],
        *,
        is_get: bool,
    ) -> list[ParseObject]:
        """The results to show instead."""


class Triggers(Protocol):
    def of(self, class_name: str) -> ClassTriggers | None:
        """One look-up in a dictionary: it stands in the way of every read and write."""


class NoTriggers:
    def of(self, class_name: str) -> ClassTriggers | None:
        return None


class Publisher(Protocol):
    """Tells whoever listens what writes have changed, once it is kept.

    The objects it gets are stored ones, complete and whoever may read them, as a find shows them;
    without internal columns, authentication data and session tokens. They are its own.
    """

    def wants(self, class_name: str) -> bool:
        """One look-up in a dictionary: it stands in the way of every write."""

    async def saved(
        self, schema: ClassSchema, current: ParseObject, original: ParseObject | None
    ) -> None:
        """`original` is the object before an update; `None`: it is new."""

    async def deleted(self, schema: ClassSchema, document: ParseObject) -> None: ...


class NoPublisher:
    def wants(self, class_name: str) -> bool:
        return False

    async def saved(
        self, schema: ClassSchema, current: ParseObject, original: ParseObject | None
    ) -> None: ...

    async def deleted(self, schema: ClassSchema, document: ParseObject) -> None: ...
