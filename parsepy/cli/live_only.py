"""The app of a process that has sockets and nothing else."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

_NOT_FOUND: Final = b'{"error":"This process has LiveQuery sockets only."}'


class LiveOnly:
    """`app` without its API; whether it is well can still be asked."""

    def __init__(self, app: ASGIApp, mount_path: str) -> None:
        self._app = app
        paths = ("/health", "/health/", "/health/ready", "/health/ready/")
        self._open = frozenset(f"{mount_path}{path}" for path in paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in self._open:
            await _refuse(send)
        else:
            await self._app(scope, receive, send)


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", b"%d" % len(_NOT_FOUND)),
    ]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": _NOT_FOUND})
