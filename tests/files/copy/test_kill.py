"""A copy that is killed or interrupted in the middle of a file: the next one continues it."""

import json
import subprocess
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from anyio import to_thread

from parsepy.files.base import FileStore
from parsepy.files.copy.opening import Side, opened_target
from parsepy.options.load import load_options
from tests.files.copy.held_source import HELD, NAMES, content
from tests.files.samples import later, listed, whole
from tests.support.processes import RunningProcess
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of an app whose files are in a `HeldSource`."""
    module = "tests.files.copy.held_source:HeldSource"
    adapter = {"module": module, "options": {"go": str(tmp_path / "go")}}
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"filesAdapter": adapter}))
    return file


@pytest.fixture
def uri(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if store == "embedded":
        return f"sqlite:///{tmp_path}/app.sqlite"
    found: str = request.getfixturevalue("mongodb_database_uri")
    return found


@pytest.mark.parametrize(
    ("store", "ends", "with_state"),
    [("embedded", "killed", True), ("gridfs", "killed", False), ("gridfs", "interrupted", True)],
)
async def test_the_next_run_continues(
    config: Path, uri: str, tmp_path: Path, ends: str, with_state: bool
) -> None:
    state = ["--state", str(tmp_path / "state")] if with_state else []
    command = [sys.executable, "-m", "parsepy", "files", "copy", str(config), uri, *state]
    with RunningProcess(command, folder=ROOT) as process:
        async with _target(uri) as side:
            # All but the one that is held in its middle, of which the store has the beginning.
            await until(lambda: _has(side.store, len(NAMES) - 1, process))
        if ends == "killed":
            process.kill()
        else:
            process.interrupt()
            assert await to_thread.run_sync(process.wait) == 130
            assert process.output == "Interrupted. Run this again to continue."
    async with _target(uri) as side:
        assert await side.store.find(HELD) is None
        left = [leftover async for leftover in side.store.leftovers(later())]
        assert len(left) == (ends == "killed")
    (tmp_path / "go").touch()

    again = await to_thread.run_sync(_run, command)

    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.splitlines() == [
        "Files copied: 1 (2.9 MB)",
        "Files that were there already: 19 (5.4 MB)",
    ]
    async with _target(uri) as side:
        for name in NAMES:
            assert await whole(side.store, name) == content(name)


def _target(uri: str) -> AbstractAsyncContextManager[Side]:
    options = load_options({"appId": "a", "masterKey": "m", "databaseURI": uri}).options
    return opened_target(options, to_write=False)


async def _has(store: FileStore, number: int, process: RunningProcess) -> bool:
    assert process.poll() is None, process.output
    has_begun = [leftover async for leftover in store.leftovers(later())]
    return len(await listed(store)) == number and bool(has_begun)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
