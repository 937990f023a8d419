"""Runs the server under test and its control port in one loop."""

import asyncio
import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import uvicorn

from parsepy.app import create_app
from parsepy.livequery.sockets_of_uvicorn import websocket_protocol, websocket_settings
from parsepy.options.errors import OptionsError
from parsepy.protocol import json
from parsepy.testing.control import ControlApp, SwitchableApp
from parsepy.testing.option_bridge import decoded_options
from parsepy.testing.process import RemoteProcess
from parsepy.types import JSONObject


class _QuietServer(uvicorn.Server):
    """Leaves signals to the server of the API beside it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run() -> None:
    """Reads `HOST PORT DATABASE_URI CONFIG CONTROL_PORT`; serves until SIGTERM.

    Raises `OptionsError` for a configuration that is wrong.
    """
    with TemporaryDirectory(prefix="parsepy-log-") as logs:
        _run({"databaseURI": os.environ.get("DATABASE_URI", "sqlite::memory:"), "logsFolder": logs})


def _run(base: Mapping[str, object]) -> None:
    process = RemoteProcess()
    options = decoded_options(_configuration(), process)
    switchable = SwitchableApp(create_app({**options, **base}), process)
    api = uvicorn.Server(
        _config(switchable, os.environ.get("HOST", "127.0.0.1"), int(os.environ["PORT"]))
    )
    control_port = os.environ.get("CONTROL_PORT")
    control = (
        None
        if control_port is None
        else _QuietServer(
            _config(ControlApp(switchable, base, process), "127.0.0.1", int(control_port))
        )
    )
    uvicorn_loop = api.config.get_loop_factory()
    with asyncio.Runner(loop_factory=uvicorn_loop) as runner:
        runner.run(_serve(api, control, process))


async def _serve(
    api: uvicorn.Server, control: uvicorn.Server | None, process: RemoteProcess
) -> None:
    beside = None if control is None else asyncio.create_task(control.serve())
    await api.serve()
    if control is not None and beside is not None:
        control.should_exit = True
        await beside
    await process.close()


def _config(app: SwitchableApp | ControlApp, host: str, port: int) -> uvicorn.Config:
    live_query = app.live_query if isinstance(app, SwitchableApp) else None
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        lifespan="on" if isinstance(app, SwitchableApp) else "off",
        access_log=False,
        server_header=False,
        log_level="warning",
        proxy_headers=False,
        ws=cast("Any", websocket_protocol),
        **websocket_settings(live_query),
    )


def _configuration() -> JSONObject:
    path = os.environ.get("CONFIG")
    if path is None:
        raise OptionsError("CONFIG must name a JSON file with options")
    value = json.loads(Path(path).read_bytes())
    if not isinstance(value, dict):
        raise OptionsError("CONFIG must hold a JSON object")
    return value
