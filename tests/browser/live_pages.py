"""A page with the SDK's browser build, at an address of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import urlencode

from tests.sdk.stories import FOLDER as SDK_FOLDER
from tests.support.node import ensure_node_modules
from tests.support.parsepy_server import RunningParsepy

PAGE: Final = Path(__file__).parent / "live_page" / "index.html"
SDK: Final = SDK_FOLDER / "node_modules" / "parse" / "dist" / "parse.min.js"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it
        return None


@contextmanager
def live_page(folder: Path, parsepy: RunningParsepy) -> Iterator[str]:
    """Its address. `folder` takes what is served. Raises MissingComponentError without the SDK."""
    ensure_node_modules(SDK_FOLDER)
    for file in (PAGE, SDK):
        shutil.copy(file, folder)
    query = urlencode(
        {
            "appId": parsepy.keys.app_id,
            "javascriptKey": parsepy.keys.javascript_key,
            "serverURL": parsepy.url,
        }
    )
    with serving(folder) as address:
        yield f"{address}/?{query}"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of what is in `folder`, of an origin of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
