"""The README's tour, run as it stands: every curl command, then the JavaScript program."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import ensure_node_modules
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
ADDRESS = "http://127.0.0.1:1337"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """`parsepy serve` as at its very first start: its address and app id."""
    folder = tmp_path_factory.mktemp("first-start")
    port = free_port()
    command = [sys.executable, "-m", "parsepy", "serve", "--port", str(port)]
    with RunningProcess(command, folder=folder) as process:
        process.wait_for_line(lambda line: f":{port}/parse" in line)
        keys = json.loads((folder / "parse-data" / "keys.json").read_text())
        yield f"http://127.0.0.1:{port}", keys["appId"]


def test_the_tour_with_curl_and_the_javascript_sdk(server: tuple[str, str], tmp_path: Path) -> None:
    address, app_id = server
    environment = {**os.environ, "APP_ID": app_id}
    created, found, incremented, signed_up, me = (
        _Command(block) for block in _blocks("sh") if "curl" in block for block in _split(block)
    )
    score = created.run(address, environment)
    rows = found.run(address, environment)["results"]
    assert rows[0]["objectId"] == score["objectId"]
    assert incremented.run(address, environment, sPbqbiGANB=score["objectId"])["score"] == 1338
    user = signed_up.run(address, environment)
    known = me.run(address, environment, **{"r:2caeaccc…": user["sessionToken"]})
    assert known["username"] == "ada"
    assert _run_javascript(address, environment, tmp_path) == "ada 6"


class _Command:
    def __init__(self, text: str) -> None:
        self._text = text

    def run(self, address: str, environment: dict[str, str], **replaced: str) -> dict[str, Any]:
        text = self._text.replace(ADDRESS, address)
        for shown, real in replaced.items():
            assert shown in text
            text = text.replace(shown, real)
        answer = subprocess.run(
            ["bash", "-c", text], env=environment, capture_output=True, check=True
        )
        parsed: dict[str, Any] = json.loads(answer.stdout)
        return parsed


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def _split(block: str) -> list[str]:
    """The commands of a block, without its comments and the line that sets the app id."""
    lines = [line for line in block.splitlines() if not line.startswith(("#", "export"))]
    parts = re.split(r"\n\s*\n", "\n".join(lines).strip())
    return [part for part in parts if part.startswith("curl")]


def _run_javascript(address: str, environment: dict[str, str], folder: Path) -> str:
    modules = ROOT / "tests" / "sdk"
    ensure_node_modules(modules)
    (folder / "tour.cjs").write_text(_blocks("js")[0].replace(ADDRESS, address))
    answer = subprocess.run(
        ["node", "tour.cjs"],
        cwd=folder,
        env={**environment, "NODE_PATH": str(modules / "node_modules")},
        capture_output=True,
        check=False,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()
