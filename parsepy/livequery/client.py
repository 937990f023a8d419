"""Who is connected."""

from typing import TYPE_CHECKING

from parsepy.livequery import frames
from parsepy.livequery.lanes import Lane
from parsepy.livequery.sockets import Socket, tell

if TYPE_CHECKING:
    from parsepy.livequery.subscriptions import Subscription


class Client:
    """`token` is the session of the connection, `subscriptions` are by their request's id."""

    __slots__ = (
        "_max_unsent",
        "_socket",
        "head",
        "id",
        "installation_id",
        "is_master",
        "lane",
        "size",
        "subscriptions",
        "token",
    )

    def __init__(
        self,
        client_id: str,
        socket: Socket,
        *,
        token: str | None,
        installation_id: str | None,
        is_master: bool,
        max_unsent: int,
    ) -> None:
        self.id = client_id
        self.token = token
        self.installation_id = installation_id
        self.is_master = is_master
        self.head = frames.head(client_id, installation_id)
        self.subscriptions: dict[int | float, Subscription] = {}
        self.size = 0
        """Bytes of all their conditions."""
        self.lane = Lane()
        """Where work waits that only this client has to wait for."""
        self._socket = socket
        self._max_unsent = max_unsent

    def send(self, frame: bytes) -> None:
        tell(self._socket, frame, self._max_unsent)

    def close(self, code: int) -> None:
        self._socket.close(code)
