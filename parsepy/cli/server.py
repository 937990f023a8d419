"""uvicorn, set up for parsepy."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Sequence
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, cast

import click
import uvicorn
from uvicorn.lifespan.on import LifespanOn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from parsepy.livequery.sockets_of_uvicorn import websocket_protocol, websocket_settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn.lifespan.on import LifespanSendMessage

    from parsepy.options.model import LiveQuery

_GRACE_SECONDS: Final = 10
_BETWEEN_LOOKS: Final = 0.05
_ALLOCATIONS_BETWEEN_COLLECTIONS: Final = 20_000
SAME_CTRL_C_SECONDS: Final = 1.0
"""One Ctrl-C may come twice: from the terminal, and from a wrapper or parent that passes it on.
Only a later one means that somebody does not want to wait for the requests in flight."""

_EXPECTED_ERRORS: Final = frozenset({"parsepy.errors.ParseError"})


class _Lifespan(LifespanOn):
    """Tells why the app did not start: in one line where the app knows, else with its trace."""

    async def send(self, message: "LifespanSendMessage") -> None:
        if message["type"] == "lifespan.startup.failed":
            click.echo(_reason(message["message"]), err=True)
            message = {"type": "lifespan.startup.failed", "message": ""}
        await super().send(message)


def _settle_memory() -> None:
    """Takes what the start made out of the garbage collector's sight: it lives as long as the
    server. Requests make no cycles to speak of, so it may look less often too."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, 20, 50)


def _reason(trace: str) -> str:
    name, _, text = trace.rstrip().rpartition("\n")[2].partition(": ")
    return f"parsepy: {text}" if name in _EXPECTED_ERRORS else trace


class _Server(uvicorn.Server):
    """Tells when it listens, and ends when the other end of `lifeline` is gone."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], lifeline: int | None
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._lifeline = lifeline
        self._starting: asyncio.Task[None] | None = None
        self._told_at = 0.0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self.should_exit:
            raise asyncio.CancelledError
        self._starting = asyncio.current_task()
        if self._lifeline is not None:
            asyncio.get_running_loop().add_reader(self._lifeline, self._orphaned, self._lifeline)
        await super().startup(sockets=sockets)
        self._starting = None
        _settle_memory()
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Requests are finished before WebSockets are closed: whoever listens there hears what they
        have changed."""
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        requests_end = monotonic() + _GRACE_SECONDS / 2
        while self._requests():
            if self.force_exit or monotonic() > requests_end:
                break
            await asyncio.sleep(_BETWEEN_LOOKS)
        self.config.timeout_graceful_shutdown = _GRACE_SECONDS // 2
        await super().shutdown(sockets)

    def _requests(self) -> bool:
        """Whether there are any; connections without one are closed."""
        connections = self.server_state.connections
        for connection in tuple(connections):
            if isinstance(connection, HttpToolsProtocol):
                connection.shutdown()
        return any(isinstance(connection, HttpToolsProtocol) for connection in connections)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        now = monotonic()
        if self.should_exit and now - self._told_at < SAME_CTRL_C_SECONDS:
            return
        self._told_at = now
        super().handle_exit(sig, frame)
        if self._starting is not None:
            self._starting.get_loop().call_soon_threadsafe(self._cancel_start)

    def end(self) -> None:
        """Ends the server; a start that has not come far too."""
        # Who asks may have heard the Ctrl-C that comes here next.
        self._told_at = monotonic()
        self.should_exit = True
        self._cancel_start()

    def _cancel_start(self) -> None:
        # A start may wait long for a database that does not answer.
        if self._starting is not None:
            # Keeps uvicorn from logging the cancellation as a fault of the app.
            self.lifespan.startup_failed = True
            self._starting.cancel()
            self._starting = None

    def _orphaned(self, lifeline: int) -> None:
        asyncio.get_running_loop().remove_reader(lifeline)
        self.end()


def run_server(
    app: "ASGIApp",
    listeners: Sequence[socket.socket],
    on_ready: Callable[[], None],
    lifeline: int | None = None,
    live_query: "LiveQuery | None" = None,
) -> bool:
    """Serves until SIGINT or SIGTERM; requests in flight are finished first.

    False if the application did not start; the reason has been printed then. A port that was taken
    since it was bound raises `OSError`.
    """
    config = uvicorn.Config(
        cast("Any", app),
        loop="auto",
        http="httptools",
        ws=cast("Any", websocket_protocol),
        **websocket_settings(live_query),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    config.load()
    config.lifespan_class = _Lifespan
    server = _Server(config, on_ready, lifeline)
    # uvicorn raises the signal that ended it once more, for handlers around it. Here a signal is
    # the normal end and must not become a traceback or a negative exit code.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: server.end())
    try:
        server.run(sockets=list(listeners))
    except SystemExit:
        return False
    except asyncio.CancelledError:
        return True  # ended by a signal before it served
    return True
