"""Processes that die, and processes that share a file."""

import sys
from pathlib import Path

import pytest

from parsepy.query.tree import EVERYTHING
from parsepy.storage.sqlite import SQLiteStorage
from tests.contract.samples import EVERY_TYPE
from tests.storage.sqlite import child
from tests.support.processes import RunningProcess

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
WRITERS, TIMES = 3, 60


def start_child(*arguments: str) -> RunningProcess:
    return RunningProcess([sys.executable, "-m", child.__name__, *arguments], folder=ROOT)


async def test_kill_9_loses_no_answered_write(location: str, tmp_path: Path) -> None:
    acknowledgements = tmp_path / "acknowledged"
    with start_child("until-killed", location, str(acknowledgements)) as process:
        process.wait_for_line(lambda line: line == "enough")
        process.kill()
    lines = [line.split() for line in acknowledgements.read_text().splitlines()]
    inserted = {object_id for verb, object_id in lines if verb == "inserted"}
    updated = {object_id for verb, object_id in lines if verb == "updated"}

    store = SQLiteStorage(location)
    await store.start()
    found = await store.find(EVERY_TYPE, EVERYTHING)
    await store.close()
    assert len(lines) >= child.ENOUGH
    assert inserted <= {document["objectId"] for document in found}
    assert updated <= {document["objectId"] for document in found if document["number"] == 1}


async def test_kill_9_leaves_no_half_of_a_transaction(location: str, tmp_path: Path) -> None:
    acknowledgements = tmp_path / "acknowledged"
    with start_child("pairs-until-killed", location, str(acknowledgements)) as process:
        process.wait_for_line(lambda line: line == "enough")
        process.kill()
    acknowledged = set(acknowledgements.read_text().split())

    store = SQLiteStorage(location)
    await store.start()
    found = {str(each["objectId"]): each for each in await store.find(EVERY_TYPE, EVERYTHING)}
    await store.close()
    pairs = {object_id.removesuffix("-a") for object_id in found if object_id.endswith("-a")}
    assert len(acknowledged) >= child.ENOUGH_PAIRS
    assert acknowledged <= pairs
    assert set(found) == {f"{pair}-{half}" for pair in pairs for half in "ab"}
    assert all(found[f"{pair}-a"]["number"] == 1 for pair in pairs)


async def test_processes_that_start_together_on_a_new_file_share_it(location: str) -> None:
    children = [
        start_child("beside-others", location, f"w{number}", str(TIMES))
        for number in range(WRITERS)
    ]
    try:
        assert [process.wait() for process in children] == [0] * WRITERS
    finally:
        for process in children:
            process.stop()

    store = SQLiteStorage(location)
    await store.start()
    shared = await store.get(EVERY_TYPE, "shared", None)
    objects = await store.count(EVERY_TYPE, EVERYTHING)
    await store.close()
    assert shared is not None
    assert shared["number"] == WRITERS * TIMES
    assert objects == WRITERS * TIMES + 1
