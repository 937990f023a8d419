"""LiveQuery in one app, wired."""

from functools import partial
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from parsepy.livequery.change_stream import ChangeStreamSource
from parsepy.livequery.class_permissions import permissions_of
from parsepy.livequery.endpoint import LiveEndpoint, refuse
from parsepy.livequery.history import History, Past
from parsepy.livequery.ports import LiveFigures, LiveTriggers
from parsepy.livequery.publications import Publication
from parsepy.livequery.publishing import Deliver, Publishing
from parsepy.livequery.readers import Readers
from parsepy.livequery.server import LiveServer
from parsepy.livequery.store_history import StoreHistory
from parsepy.objects.context import ObjectServices
from parsepy.options.model import CHANGE_STREAM, DOORS
from parsepy.users.roles import Roles
from parsepy.users.sessions import Sessions

if TYPE_CHECKING:
    from parsepy.livequery.redis_parts import RedisParts


class LiveParts:
    """Of an app that publishes classes, or has sockets, or both."""

    def __init__(
        self,
        objects: ObjectServices,
        sessions: Sessions,
        roles: Roles,
        triggers: LiveTriggers,
        mount_url: str,
    ) -> None:
        options = objects.options.live_query
        self._source: ChangeStreamSource | None = None
        self._between: RedisParts | None = None
        past: Past = History(options.resume_events)
        if options.source == CHANGE_STREAM:
            past = StoreHistory(options.resume_events, self._since, self._caught_up)
            if options.serves:
                self._source = ChangeStreamSource(
                    objects, sessions, roles, mount_url, self._take, past.begin
                )
        readers = Readers(objects, sessions, mount_url)
        self.server = LiveServer(options, objects, readers, triggers, past)
        self._endpoint = LiveEndpoint(self.server) if options.serves else None
        if options.source == DOORS:
            self._listen_to_doors(objects, roles)

    def _listen_to_doors(self, objects: ObjectServices, roles: Roles) -> None:
        """To those of this server, and through Redis to those of others."""
        options = objects.options.live_query
        deliver: Deliver = self._take if options.serves else _drop
        if options.redis_url is not None:
            from parsepy.livequery.redis_parts import RedisParts

            self._between = RedisParts(
                options.redis_url,
                objects.options.app_id,
                receive=deliver,
                permissions_of=partial(permissions_of, objects),
                roles_changed=roles.forget_all,
            )
            roles.tell_others = self._between.tell_roles_changed
            deliver = self._between.deliver
        objects.publisher = Publishing(options.class_names, deliver, objects.storage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._endpoint is None:
            await refuse(receive, send)
        else:
            await self._endpoint(scope, receive, send)

    async def start(self) -> None:
        self.server.start()
        if self._source is not None:
            await self._source.start()
        if self._between is not None:
            await self._between.start()

    async def close(self) -> None:
        """What has been told to this server is told on; then all connections end."""
        if self._source is not None:
            await self._source.close()
        if self._between is not None:
            await self._between.close()
        await self.server.close()

    def figures(self) -> LiveFigures:
        return self.server.figures

    def forget(self) -> None:
        """Ends all connections and forgets what has been told: for tests."""
        self.server.forget()

    async def settled(self) -> None:
        """Waits until all changes that are known are told."""
        if self._source is not None:
            await self._source.caught_up()
        await self.server.settled()

    async def _take(self, publication: Publication) -> None:
        await self.server.take(publication)

    async def _caught_up(self) -> None:
        if self._source is not None:
            await self._source.caught_up()
        await self.server.drained()

    async def _since(self, position: str, until: str, most: int) -> list[Publication] | None:
        return None if self._source is None else await self._source.since(position, until, most)


async def _drop(_publication: Publication) -> None:
    """Nobody is connected here."""
