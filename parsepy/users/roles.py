"""Roles: the names a user has, and what a change of roles does to them."""

from parsepy.cache import Cache
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.objects.write_state import Write
from parsepy.storage.base import Storage


class Roles:
    """Looks role names up, all depths in one round trip, and keeps them for a short time."""

    def __init__(self, storage: Storage, *, ttl: float, max_size: int) -> None:
        self._storage = storage
        self._cache: Cache[list[str]] = Cache(ttl=ttl, max_size=max_size)

    async def names_of(self, user_id: str) -> list[str]:
        return await self._cache.fetch(user_id, self._storage.role_names)

    def forget_all(self) -> None:
        self._cache.clear()


class RoleRules(ClassRules):
    """Any change of any role may change anybody's names."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    async def after_create(self, write: Write) -> None:
        self._roles.forget_all()

    async def after_update(self, write: Write) -> None:
        self._roles.forget_all()

    async def after_delete(self, ctx: RequestContext, object_id: str) -> None:
        self._roles.forget_all()

    async def after_purge(self, ctx: RequestContext) -> None:
        self._roles.forget_all()
