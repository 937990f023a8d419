"""The store's own account of its changes as the source of events: option `liveQuery.source`.

Whoever writes into the database is heard, this server like any other programme.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final, TypeAlias

from parsepy.errors import ParseError
from parsepy.livequery.publications import Publication
from parsepy.livequery.publishing import Deliver, PublishedClasses
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.objects.publish import published
from parsepy.permissions.caller import Caller
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import join_class, may_have_schema
from parsepy.storage.object_changes import ObjectChange, ObjectWatch
from parsepy.users.roles import Roles
from parsepy.users.sessions import Sessions

_log = logging.getLogger(__name__)

LONGEST_LAST_WORDS: Final = 5.0
"""Seconds that a server which ends waits for what it has still to hear."""

Notice: TypeAlias = Callable[[str], Awaitable[None]]
"""Takes the id of an object that has changed."""


class ChangeStreamSource:
    """An `ObjectWatcher` that makes publications of what it is told.

    What others change of roles and sessions counts from the next event on: it is told in the same
    order.
    """

    def __init__(
        self,
        objects: ObjectServices,
        sessions: Sessions,
        roles: Roles,
        mount_url: str,
        deliver: Deliver,
        begin: Callable[[str], None],
    ) -> None:
        options = objects.options
        self._objects = objects
        self._classes = PublishedClasses(options.live_query.class_names)
        self._ctx = RequestContext(objects, Caller(is_master=True), mount_url)
        self._deliver = deliver
        self._notices = _notices(roles, sessions, shares_caches=options.redis_url is not None)
        self._has_old_schemas = False
        self._watch: ObjectWatch | None = None
        self.begin = begin

    async def start(self) -> None:
        """Raises `ParseError` 1 where the store cannot."""
        self._watch = await self._objects.storage.watch_objects(self)

    async def close(self) -> None:
        """What has been acknowledged here is told before."""
        if self._watch is None:
            return
        try:
            async with asyncio.timeout(LONGEST_LAST_WORDS):
                await self._watch.caught_up()
        except (ParseError, TimeoutError):
            _log.warning("the last changes were not told", exc_info=True)
        await self._watch.close()

    async def caught_up(self) -> None:
        if self._watch is not None:
            await self._watch.caught_up()

    async def since(self, position: str, until: str, most: int) -> list[Publication] | None:
        if self._watch is None:
            return None
        changes = await self._watch.since(position, until, most)
        if changes is None:
            return None
        told = [self._publication_of(change) for change in changes]
        return [each for each in told if each is not None]

    # -- what the store asks and tells

    @property
    def patterns(self) -> Sequence[str]:
        return self._classes.patterns

    @property
    def noticed(self) -> Collection[str]:
        return self._notices.keys()

    def wants(self, class_name: str) -> bool:
        # A pattern may fit collections that hold no class's objects.
        return class_name in self._classes and may_have_schema(class_name)

    async def schema_of(self, class_name: str) -> ClassSchema:
        if self._has_old_schemas:
            await self._objects.schemas.load()
            self._has_old_schemas = False
        return await self._objects.schemas.get(class_name)

    async def changed(self, change: ObjectChange) -> None:
        publication = self._publication_of(change)
        if publication is not None:
            await self._deliver(publication)

    async def notice(self, class_name: str, object_id: str) -> None:
        await self._notices[class_name](object_id)

    def classes_changed(self) -> None:
        self._has_old_schemas = True

    def _publication_of(self, change: ObjectChange) -> Publication | None:
        try:
            return self._published(change)
        except Exception:
            _log.exception("a change of %s was not published", change.schema.name)
            return None

    def _published(self, change: ObjectChange) -> Publication | None:
        """`None` for a change of what nobody is shown."""
        schema, before, after = change.schema, change.before, change.after
        name, position = schema.name, change.position
        old = None if before is None else published(self._ctx, schema, before)
        if after is None:
            return Publication(name, old or {}, None, deleted=True, position=position)
        new = published(self._ctx, schema, after)
        if old == new and before is not after:
            return None
        return Publication(name, new, old, position=position)


def _notices(roles: Roles, sessions: Sessions, *, shares_caches: bool) -> Mapping[str, Notice]:
    async def roles_changed(_object_id: str) -> None:
        await roles.forget_all()

    role_classes = ("_Role", join_class("users", "_Role"), join_class("roles", "_Role"))
    notices: dict[str, Notice] = dict.fromkeys(role_classes, roles_changed)
    if not shares_caches:
        # With a Redis the other servers tell of these themselves, and each would tell all again.
        notices |= {"_Session": sessions.forget, "_User": sessions.forget_user}
    return notices
