"""The control port: what a suite says to the server under test (`info`, `reset`, …)."""

from collections.abc import Mapping
from typing import Final

from starlette.types import Message, Receive, Scope, Send

from parsepy import __version__
from parsepy.app import ParseApp
from parsepy.errors import ParseError
from parsepy.files.base import FileStore
from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from parsepy.options.model import LiveQuery
from parsepy.protocol import json
from parsepy.testing.cloud_bridge import CloudBridge
from parsepy.testing.lent_files import lent_files
from parsepy.testing.option_bridge import decoded_options
from parsepy.testing.process import RemoteProcess
from parsepy.testing.receipts import EveryReceipt
from parsepy.types import JSONObject, JSONValue

_THROWN_AS_ERRORS: Final = (
    "masterKey and ",
    "requestComplexity",
    "Parse Server option customPages",
)


class SwitchableApp:
    """An ASGI app whose options can be replaced while its store stays open."""

    def __init__(self, app: ParseApp, process: RemoteProcess) -> None:
        self.current = app
        app.parts.services.app_store = EveryReceipt()
        self._files = app.parts.files
        self._process = process

    @property
    def live_query(self) -> LiveQuery:
        """The options that the server's sockets begin with."""
        return self.current.parts.services.options.live_query

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._serve(scope, receive, send)
            return

        async def send_last(message: Message) -> None:
            # The lifespan is that of the first options; what later ones opened ends with it.
            if message["type"] == "lifespan.shutdown.complete":
                await self.current.parts.release()
            await send(message)

        await self.current(scope, receive, send_last)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._process.unblocked()
        app = self.current

        async def send_when_settled(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Suites look for a mail as soon as the request that sends it is answered.
                await app.parts.users.background.settled()
            await send(message)

        await app(scope, receive, send_when_settled)

    async def reset(self) -> None:
        await self.current.parts.reset()

    async def reconfigure(
        self, options: Mapping[str, object], files: FileStore | None = None
    ) -> None:
        """`files` stand in place of the store's own until the next time.

        Raises `OptionsError`, or what a class defined as code is refused with; then the old
        options stay.
        """
        loaded = load_options(options).options
        old = self.current.parts
        registry = self.current.registry
        replacement = ParseApp(loaded, old.storage, files=files or self._files, registry=registry)
        replacement.parts.services.app_store = EveryReceipt()
        try:
            await replacement.parts.prepare()
        except BaseException:
            await replacement.parts.release()
            raise
        self.current = replacement
        await old.release()


class ControlApp:
    """`base` are options that every configuration gets (the store's address)."""

    def __init__(
        self, switchable: SwitchableApp, base: Mapping[str, object], process: RemoteProcess
    ) -> None:
        self._switchable = switchable
        self._base = base
        self._process = process
        self._cloud = CloudBridge(switchable.current.registry, process)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            status, answer = await self._answer(scope["path"], await _body(receive))
        except json.InvalidJSON as error:
            status, answer = 400, {"error": str(error)}
        content = json.dumps(answer)
        headers = [
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, path: str, body: JSONObject) -> tuple[int, JSONValue]:
        match path.removeprefix("/__test__/"):
            case "info":
                return 200, _info()
            case "cloud":
                return self._cloud.take(body)
            case "reset":
                if not body.get("keepCloud"):
                    self._switchable.current.registry.clear()
                await self._switchable.reset()
                return 200, {}
            case "reconfigure":
                return await self._reconfigure(body)
            case "message":
                return await self._cloud.jobs.take_message(body)
            case _:
                return 404, {"error": "unknown endpoint"}

    async def _reconfigure(self, body: JSONObject) -> tuple[int, JSONValue]:
        try:
            options = decoded_options(body, self._process)
            files = await lent_files(options)
            await self._switchable.reconfigure({**options, **self._base}, files)
        except OptionsError as error:
            return 400, _refusal(str(error))
        except ParseError as error:
            # A class defined as code that cannot be.
            return 400, {"error": error.message, "code": error.code}
        return 200, {}


def _refusal(message: str) -> JSONObject:
    """parse-server throws bare texts for most options, and suites can tell that from errors."""
    if message.startswith(_THROWN_AS_ERRORS):
        return {"error": message}
    return {"error": message, "type": "string"}


def _info() -> JSONObject:
    return {
        "name": "parsepy",
        "version": __version__,
        "reset": True,
        "reconfigure": True,
        "cloud": True,
    }


async def _body(receive: Receive) -> JSONObject:
    content = b""
    while True:
        message = await receive()
        content += message.get("body", b"")
        if not message.get("more_body"):
            break
    value = json.loads(content) if content else {}
    return value if isinstance(value, dict) else {}
