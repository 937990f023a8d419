"""The page on migration, tried from top to bottom on the database of a real parse-server."""

import json
import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from parsepy.types import JSONObject
from tests.storage.mongodb.reference_client import Reference, reference_on_own_database
from tests.storage.mongodb.samples import OBJECT_OF_ALL_TYPES
from tests.support.mongod import RunningMongod
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "migration.md").read_text()
ACCOUNT: JSONObject = {"username": "ada", "password": "s3cret"}
PORTS = ("1338", "1339")
CONTENT = b"what is in a file"


@dataclass(slots=True)
class Page:
    """Runs the page's commands with this machine's addresses in the place of those shown."""

    folder: Path
    replaced: dict[str, str]
    servers: ExitStack

    def text(self, block: str) -> str:
        for shown, real in self.replaced.items():
            block = block.replace(shown, real)
        return block

    def run(self, block: str) -> str:
        """Runs a block to its end, or a server until the test ends; its output."""
        command = ["bash", "-ec", self.text(block)]
        if block.startswith("parsepy serve"):
            process = RunningProcess(command, environment=_environment(), folder=self.folder)
            self.servers.enter_context(process)
            process.wait_for_line(lambda line: " is ready after " in line)
            return ""
        answer = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **_environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, f"{block}\n{answer.stdout}{answer.stderr}"
        return answer.stdout


def _environment() -> dict[str, str]:
    return {"PATH": f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def reference(mongod: RunningMongod) -> Iterator[Reference]:
    with reference_on_own_database(mongod) as running:
        yield running


@pytest.fixture
def page(reference: Reference, mongod: RunningMongod, tmp_path: Path) -> Iterator[Page]:
    ports = {port: str(free_port()) for port in PORTS}
    addresses = {
        "mongodb://localhost:27017/app": reference.database_uri,
        "mongodb://localhost:27017/grown": mongod.database_uri(f"grown_{uuid4().hex}"),
    }
    with ExitStack() as servers:
        yield Page(tmp_path, {**addresses, **ports, "localhost": "127.0.0.1"}, servers)


def test_every_command_of_the_page_does_what_it_says(page: Page, reference: Reference) -> None:
    user = reference.ask("POST", "/users", ACCOUNT, session="")
    fields = {name: OBJECT_OF_ALL_TYPES[name] for name in ("s", "n", "d", "arr", "obj", "ACL")}
    reference.create("Thing", fields)
    examine, sample, serve, health, examine_again, *blocks = _blocks("sh")
    copy, resume, verify, serve_copy, copy_files, grow, back = blocks
    (config,) = _blocks("json")
    (page.folder / "config.json").write_text(page.text(config))

    assert "Nothing is wrong." in page.run(examine)
    page.run(sample)
    report = json.loads((page.folder / "report.json").read_text())
    assert report["classes"]["Thing"]["checked"] == 1
    page.run(serve)
    assert json.loads(page.run(health)) == {"status": "ok"}
    written = _ask(page, "1338", "POST", "/classes/Thing", {"n": 5})
    me = _ask(page, "1338", "GET", "/users/me", session=user["sessionToken"])
    assert me["objectId"] == user["objectId"]
    assert reference.read("Thing", written["objectId"])["n"] == 5
    name = _upload(page, "1338")
    assert "Nothing is wrong." in page.run(examine_again)
    assert page.run(copy).splitlines()[-1].startswith("sqlite:///parse-data/parse.sqlite holds")
    assert "Thing" in page.run(verify)
    _resume(page, resume)
    page.run(serve_copy)
    things = _ask(page, "1339", "GET", "/classes/Thing")["results"]
    assert len(things) == 2
    again = _ask(page, "1339", "POST", "/login", ACCOUNT)
    assert again["objectId"] == user["objectId"]
    assert _download(page, "1339", name) == CONTENT
    assert page.run(copy_files) == f"Files copied: 1 ({len(CONTENT)} B)\n"
    assert "Files that were there already: 1 " in page.run(grow)
    assert "Files copied: 1 " in page.run(back)


def _resume(page: Page, block: str) -> None:
    """A finished copy cannot be resumed: the page's next command is for an unfinished one."""
    (page.folder / "parse-data" / "parse.sqlite").unlink()
    assert "holds everything" in page.run(block)


def _upload(page: Page, port: str) -> str:
    """The name of a file with `CONTENT`."""
    config = json.loads((page.folder / "config.json").read_text())
    headers = {
        "X-Parse-Application-Id": config["appId"],
        "X-Parse-Master-Key": config["masterKey"],
        "Content-Type": "text/plain",
    }
    url = f"http://127.0.0.1:{page.replaced[port]}/parse/files/a.txt"
    answer = httpx.post(url, content=CONTENT, headers=headers, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["name"])


def _download(page: Page, port: str, name: str) -> bytes:
    url = f"http://127.0.0.1:{page.replaced[port]}/parse/files/app/{name}"
    return httpx.get(url, timeout=30).content


def _ask(
    page: Page,
    port: str,
    method: str,
    path: str,
    body: JSONObject | None = None,
    session: str | None = None,
) -> dict[str, Any]:
    config = json.loads((page.folder / "config.json").read_text())
    headers = {"X-Parse-Application-Id": config["appId"]}
    if session is None:
        headers["X-Parse-Master-Key"] = config["masterKey"]
    else:
        headers["X-Parse-Session-Token"] = session
    url = f"http://127.0.0.1:{page.replaced[port]}/parse{path}"
    answer = httpx.request(method, url, json=body, headers=headers, timeout=30)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _blocks(language: str) -> list[str]:
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)
    return ["\n".join(line.strip() for line in block.splitlines()) for block in found]
