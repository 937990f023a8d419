"""What the object doors need from rooms further down the house."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.query.tree import Where
from parsepy.types import ParseObject

if TYPE_CHECKING:
    from parsepy.objects.context import RequestContext
    from parsepy.objects.write_state import Write


class RoleNames(Protocol):
    async def names_of(self, user_id: str) -> list[str]:
        """All roles of a user, inherited ones too."""


class ClassRules:
    """What a system class adds to the steps of a read or write. Plain classes have none."""

    async def before_create(self, write: "Write") -> None:
        """First look at the body, before permissions and schema; may change the body."""

    async def before_update(self, write: "Write") -> None: ...

    async def before_insert(self, write: "Write") -> None:
        """The last step before the store, permissions given; may change fields and ACL."""

    async def before_modify(self, write: "Write") -> None:
        """As `before_insert`, for an update."""

    async def after_create(self, write: "Write") -> None: ...

    async def after_update(self, write: "Write") -> None: ...

    async def before_delete(self, ctx: "RequestContext", object_id: str) -> None: ...

    async def after_delete(self, ctx: "RequestContext", object_id: str) -> None: ...

    async def after_purge(self, ctx: "RequestContext") -> None:
        """All objects of the class are gone."""

    async def restrict(self, ctx: "RequestContext", where: Where) -> Where:
        """Narrows what a read may find."""
        return where

    def check_order(self, ctx: "RequestContext", keys: Iterable[str]) -> None:
        """Raises 105 for a key by which the caller must not sort."""

    def present(self, ctx: "RequestContext", document: ParseObject) -> None:
        """Removes from an object what its reader must not see; the object may be changed."""

    def duplicate(self, field: str | None) -> ParseError:
        """The error for a value that a unique index refuses."""
        return errors.duplicate_value()

    def not_writable(self, ctx: "RequestContext", operation: str) -> ParseError:
        """The error when no object with that id may be written by the caller."""
        return errors.object_not_found()


PLAIN = ClassRules()
