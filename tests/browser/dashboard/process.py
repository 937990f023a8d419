"""parse-dashboard from npm as a process of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from parsepy.types import JSONMapping
from tests.support.node import ensure_node_modules, find_node
from tests.support.processes import RunningProcess

FOLDER: Final = Path(__file__).parent
APP, READ_ONLY_APP = "parsepy", "read-only"


@contextmanager
def running_dashboard(folder: Path, server_url: str) -> Iterator[str]:
    """Its address, without a final slash; `folder` takes its configuration, `server_url` is that of
    `tests/browser/server.py`.

    Raises MissingComponentError without Node.
    """
    node, program = find_node(), ensure_node_modules(FOLDER) / "parse-dashboard" / "bin"
    config = folder / "dashboard.json"
    config.write_text(json.dumps({"apps": _apps(server_url)}))
    command = [node, str(program / "parse-dashboard"), "--config", str(config)]
    command += ["--host", "127.0.0.1", "--port", "0"]
    with RunningProcess(command, folder=folder) as process:
        line = process.wait_for_line(lambda line: "is now available at" in line, 60)
        yield line.split()[-1].rstrip("/")


def _apps(server_url: str) -> list[JSONMapping]:
    app: JSONMapping = {
        "appName": APP,
        "appId": "app",
        "serverURL": server_url,
        "masterKey": "master-key",
        "maintenanceKey": "maintenance-key",
        "enableSecurityChecks": True,
        "config": {"className": "DashboardSettings"},
        "scripts": [
            {"title": "Double it", "classes": ["Score"], "cloudCodeFunction": "double"},
        ],
        "infoPanel": [
            {"title": "About it", "classes": ["Score"], "cloudCodeFunction": "about"},
        ],
    }
    return [app, {**app, "appName": READ_ONLY_APP, "masterKey": "read-only-key"}]
