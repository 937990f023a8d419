"""Roles: the names a user has, and what a change of roles does to them."""

from parsepy.cache import Cache, Changes
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.objects.write_state import Write
from parsepy.storage.base import Storage
from parsepy.storage.transaction import once_kept


class Roles:
    """Looks role names up, all depths in one round trip, and keeps them for a short time."""

    def __init__(self, storage: Storage, changes: Changes, *, ttl: float, max_size: int) -> None:
        self._storage = storage
        self._cache: Cache[list[str]] = Cache("roles", ttl=ttl, max_size=max_size, changes=changes)

    async def names_of(self, user_id: str) -> list[str]:
        if self._storage.current_transaction is not None:
            # What it has changed itself counts for it, and must not be remembered for others.
            return await self._storage.role_names(user_id)
        return await self._cache.fetch(user_id, self._storage.role_names)

    async def forget_all(self) -> None:
        await once_kept(self._storage, self._cache.clear)


class RoleRules(ClassRules):
    """Any change of any role may change anybody's names."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    async def after_create(self, write: Write) -> None:
        await self._roles.forget_all()

    async def after_update(self, write: Write) -> None:
        await self._roles.forget_all()

    async def after_delete(self, ctx: RequestContext, object_id: str) -> None:
        await self._roles.forget_all()

    async def after_purge(self, ctx: RequestContext) -> None:
        await self._roles.forget_all()
