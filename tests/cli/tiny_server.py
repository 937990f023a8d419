"""A small app behind the server and the supervisor of `parsepy serve`.

`python -m tests.cli.tiny_server WORKERS [broken|stuck]` prints `ready PORT` when it listens.
"""

import asyncio
import os
import sys
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from parsepy.cli.listen import bind
from parsepy.cli.server import run_server
from parsepy.cli.workers import Supervisor


class TinyApp:
    """Answers with its process id and echoes on WebSockets.

    It refuses to start if its fault is `broken`, and never gets there if it is `stuck`.
    """

    def __init__(self, fault: str) -> None:
        self._fault = fault

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await _echo(receive, send)
        else:
            await _answer(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._fault == "broken":
            await send({"type": "lifespan.startup.failed", "message": "no store"})
            return
        if self._fault == "stuck":
            say("waiting for the store")
            await asyncio.Event().wait()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        say("closed the store")
        await send({"type": "lifespan.shutdown.complete"})


def say(line: str) -> None:
    """One write: the lines of several workers must not run into each other."""
    os.write(1, f"{line}\n".encode())


async def _answer(receive: Receive, send: Send) -> None:
    message = await receive()
    say("request begun")
    while message.get("more_body"):
        message = await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})


async def _echo(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    message = await receive()
    await send({"type": "websocket.send", "text": message["text"]})


def main(workers: int, fault: str) -> int:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        def announce() -> None:
            say(f"ready {port}")

        def serve(ready: Callable[[], None], lifeline: int | None = None) -> bool:
            return run_server(TinyApp(fault), [listener], ready, lifeline)

        served = serve(announce) if workers == 1 else Supervisor(workers, serve, announce).run()
    return 0 if served else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), "".join(sys.argv[2:])))
