"""Roles: the names a user has, and what a change of roles does to them."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Final, TypeAlias

from parsepy.cache import Cache, Changes
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.objects.write_state import Write
from parsepy.protocol.operations import ChangeRelation
from parsepy.schema.system_classes import join_class
from parsepy.storage.base import Storage
from parsepy.storage.transaction import once_kept, only_if_kept

TellUsers: TypeAlias = Callable[[Collection[str]], Awaitable[None]]

_USERS: Final = "users"


class Roles:
    """Looks role names up, all depths in one round trip, and keeps them for a short time."""

    def __init__(self, storage: Storage, changes: Changes, *, ttl: float, max_size: int) -> None:
        self.tell_others: TellUsers | None = None
        """Tells servers that cache roles by themselves whose have changed."""
        self._storage = storage
        self._cache: Cache[list[str]] = Cache("roles", ttl=ttl, max_size=max_size, changes=changes)

    async def names_of(self, user_id: str) -> list[str]:
        if self._storage.current_transaction is not None:
            # What it has changed itself counts for it, and must not be remembered for others.
            return await self._storage.role_names(user_id)
        return await self._cache.fetch(user_id, self._storage.role_names)

    async def forget_all(self) -> None:
        await once_kept(self._storage, self._cache.clear)

    async def changed(self, user_ids: Collection[str]) -> None:
        """Some role is another now; of `user_ids` it is known that they have it or had it."""
        await self.forget_all()
        if self.tell_others is not None and user_ids:
            await only_if_kept(self._storage, partial(self.tell_others, user_ids))

    async def deleted(self, role_id: str) -> None:
        members: Collection[str] = ()
        if self.tell_others is not None:
            # Rows of relations stay behind their object.
            members = await self._storage.related_ids(join_class(_USERS, "_Role"), role_id)
        await self.changed(members)


class RoleRules(ClassRules):
    """Any change of any role may change anybody's names."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    async def after_create(self, write: Write) -> None:
        await self._roles.changed(_users_of(write))

    async def after_update(self, write: Write) -> None:
        await self._roles.changed(_users_of(write))

    async def after_delete(self, ctx: RequestContext, object_id: str) -> None:
        await self._roles.deleted(object_id)

    async def after_purge(self, ctx: RequestContext) -> None:
        await self._roles.forget_all()


def _users_of(write: Write) -> Collection[str]:
    change = write.changes.get(_USERS)
    return (*change.added, *change.removed) if isinstance(change, ChangeRelation) else ()
