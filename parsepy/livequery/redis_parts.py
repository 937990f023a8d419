"""The connection of one server to the others of its app; imported where there is a Redis."""

from collections.abc import Awaitable, Callable

from parsepy.livequery.publishing import Deliver
from parsepy.livequery.redis_channels import PermissionsOf, RedisChannels
from parsepy.pubsub.redis import RedisPubSub


class RedisParts:
    """A connection of its own, which may be to another Redis than that of caches and limits."""

    def __init__(
        self,
        url: str,
        app_id: str,
        *,
        receive: Deliver,
        permissions_of: PermissionsOf,
        roles_changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._pubsub = RedisPubSub(url)
        self._channels = RedisChannels(
            self._pubsub,
            app_id,
            receive=receive,
            permissions_of=permissions_of,
            roles_changed=roles_changed,
        )
        self.deliver = self._channels.deliver
        self.tell_roles_changed = self._channels.tell_roles_changed

    async def start(self) -> None:
        await self._pubsub.start()
        self._channels.start()

    async def close(self) -> None:
        await self._channels.close()
        await self._pubsub.close()
