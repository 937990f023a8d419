"""LiveQuery in one app, wired."""

from functools import partial

from starlette.types import Receive, Scope, Send

from parsepy.livequery.class_permissions import permissions_of
from parsepy.livequery.endpoint import LiveEndpoint, refuse
from parsepy.livequery.ports import LiveTriggers
from parsepy.livequery.publications import Publication
from parsepy.livequery.publishing import Deliver, Publishing
from parsepy.livequery.readers import Readers
from parsepy.livequery.server import LiveServer
from parsepy.objects.context import ObjectServices
from parsepy.users.roles import Roles
from parsepy.users.sessions import Sessions


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
        self.server = LiveServer(options, objects, Readers(objects, sessions, mount_url), triggers)
        self._endpoint = LiveEndpoint(self.server) if options.serves else None
        receive = self.server.take if options.serves else _drop
        self._between = None
        if options.redis_url is not None:
            from parsepy.livequery.redis_parts import RedisParts

            self._between = RedisParts(
                options.redis_url,
                objects.options.app_id,
                receive=receive,
                permissions_of=partial(permissions_of, objects),
                roles_changed=roles.forget_all,
            )
            roles.tell_others = self._between.tell_roles_changed
        deliver: Deliver = receive if self._between is None else self._between.deliver
        objects.publisher = Publishing(options.class_names, deliver, objects.storage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._endpoint is None:
            await refuse(receive, send)
        else:
            await self._endpoint(scope, receive, send)

    async def start(self) -> None:
        self.server.start()
        if self._between is not None:
            await self._between.start()

    async def close(self) -> None:
        """What has been told to this server is told on; then all connections end."""
        if self._between is not None:
            await self._between.close()
        await self.server.close()

    def forget(self) -> None:
        """Ends all connections and forgets what has been told: for tests."""
        self.server.forget()

    async def settled(self) -> None:
        """Waits until all changes that are known are told."""
        await self.server.settled()


async def _drop(_publication: Publication) -> None:
    """Nobody is connected here."""
