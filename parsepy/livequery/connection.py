"""One socket: the frames that come in are answered in their order."""

import logging
from typing import Final
from uuid import uuid4

from parsepy.errors import ParseError
from parsepy.livequery import frames, messages
from parsepy.livequery.client import Client
from parsepy.livequery.messages import BadMessage, Connect, NotJSON, Subscribe, Unsubscribe
from parsepy.livequery.server import LiveServer
from parsepy.livequery.sockets import Socket, tell

_log = logging.getLogger(__name__)

_NOT_CONNECTED: Final = "Can not find this client, make sure you connect to server before "


class Connection:
    """`client` is there from a successful `connect` on; the next takes its place."""

    def __init__(self, server: LiveServer, socket: Socket) -> None:
        self._server = server
        self._socket = socket
        self.client: Client | None = None
        server.monitor("ws_connect")

    async def take(self, frame: str) -> None:
        """One frame of the client. What is wrong with it is told; nothing ends the socket."""
        try:
            message = messages.decode(frame)
        except NotJSON:
            _log.info("a frame that is no JSON was ignored")
            return
        except BadMessage as reason:
            self._tell(frames.error(frames.MALFORMED, str(reason)))
            return
        match message:
            case Connect():
                await self._connect(message)
            case Subscribe():
                await self._subscribe(message)
            case Unsubscribe():
                self._unsubscribe(message.request_id)

    def end(self) -> None:
        """The socket is gone."""
        if self.client is not None:
            self._server.disconnect(self.client)
        self._server.monitor("ws_disconnect", self.client)
        self.client = None

    async def _connect(self, message: Connect) -> None:
        if not self._server.lets_in(message.keys):
            self._tell(frames.error(frames.KEY_REFUSED, "Key in request is not valid"))
            return
        client = Client(
            str(uuid4()),
            self._socket,
            token=message.session_token,
            installation_id=message.installation_id,
            is_master=self._server.is_master(message.keys),
            max_unsent=self._server.max_unsent,
        )
        try:
            await self._server.connect(client)
        except ParseError as refusal:
            self._tell(self._refused(refusal))
            return
        if self.client is not None:
            self._server.disconnect(self.client)
        self.client = client

    async def _subscribe(self, message: Subscribe) -> None:
        client = self.client
        if client is None:
            if message.is_update:
                self._tell_unknown(f"{_NOT_CONNECTED}unsubscribing")
            self._tell_unknown(f"{_NOT_CONNECTED}subscribing")
            return
        if message.is_update and message.request_id not in client.subscriptions:
            self._tell_unknown(_no_subscription(client, message.request_id))
        try:
            await self._server.subscribe(client, message)
        except ParseError as refusal:
            client.send(self._refused(refusal, message.request_id))

    def _unsubscribe(self, request_id: int | float) -> None:
        client = self.client
        if client is None:
            self._tell_unknown(f"{_NOT_CONNECTED}unsubscribing")
            return
        subscription = client.subscriptions.get(request_id)
        if subscription is None:
            self._tell_unknown(_no_subscription(client, request_id))
            return
        self._server.unsubscribe(subscription)
        client.send(frames.unsubscribed(subscription.head))

    def _refused(self, refusal: ParseError, request_id: int | float | None = None) -> bytes:
        return frames.error(
            refusal.code,
            self._server.readers.public_message(refusal),
            reconnect=False,
            request_id=request_id,
        )

    def _tell_unknown(self, reason: str) -> None:
        self._tell(frames.error(frames.UNKNOWN, reason))

    def _tell(self, frame: bytes) -> None:
        tell(self._socket, frame, self._server.max_unsent)


def _no_subscription(client: Client, request_id: int | float) -> str:
    return (
        f"Cannot find subscription with clientId {client.id} subscriptionId {request_id}."
        " Make sure you subscribe to live query server before unsubscribing."
    )
