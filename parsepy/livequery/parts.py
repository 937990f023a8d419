"""LiveQuery in one app, wired."""

from starlette.types import Receive, Scope, Send

from parsepy.livequery.endpoint import LiveEndpoint
from parsepy.livequery.ports import LiveTriggers
from parsepy.livequery.publishing import Publishing
from parsepy.livequery.readers import Readers
from parsepy.livequery.server import LiveServer
from parsepy.objects.context import ObjectServices
from parsepy.users.sessions import Sessions


class LiveParts:
    """Of an app that publishes classes, or has sockets, or both."""

    def __init__(
        self,
        objects: ObjectServices,
        sessions: Sessions,
        triggers: LiveTriggers,
        mount_url: str,
    ) -> None:
        options = objects.options.live_query
        readers = Readers(objects, sessions, mount_url)
        self.server = LiveServer(options, objects, readers, triggers)
        self._endpoint = LiveEndpoint(self.server)
        objects.publisher = Publishing(options.class_names, self.server.take, objects.storage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._endpoint(scope, receive, send)

    def start(self) -> None:
        self.server.start()

    async def close(self) -> None:
        await self.server.close()

    async def settled(self) -> None:
        """Waits until all changes that are known are told."""
        await self.server.settled()
