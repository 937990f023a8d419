"""A copy that is killed continues where it stopped, and doubles nothing."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from anyio import to_thread

from parsepy.copying.inventory import size_of
from parsepy.copying.places import Place
from parsepy.query.tree import EVERYTHING
from tests.copying.samples import made, opened, schema_of
from tests.support.mongod import start_mongod
from tests.support.processes import RunningProcess

pytestmark = pytest.mark.anyio

OBJECTS = 30_000
THING = schema_of("Thing")
PATIENCE = 60.0


@pytest.fixture(params=["sqlite to mongodb", "mongodb to sqlite"])
def places(
    request: pytest.FixtureRequest, tmp_path: Path, mongodb_database_uri: str
) -> tuple[Place, Place]:
    file, mongo = Place(f"sqlite:///{tmp_path}/app.sqlite"), Place(mongodb_database_uri)
    return (file, mongo) if request.param == "sqlite to mongodb" else (mongo, file)


async def test_killed_copy_is_resumed(places: tuple[Place, Place], tmp_path: Path) -> None:
    source, target = places
    async with opened(source) as storage:
        await storage.create_class(THING.definition)
        for start in range(0, OBJECTS, 1000):
            numbers = range(start, start + 1000)
            batch = [made(f"{number:05}", number=number, text="x" * 300) for number in numbers]
            await storage.insert_many(THING, batch)
    command = [sys.executable, "-m", "parsepy", "copy", source.uri, target.uri]

    with RunningProcess(command, folder=tmp_path) as process:
        await _some_objects(target, process)
        process.kill()
    async with opened(target) as storage:
        left = await size_of(storage, "Thing")
    refused = await to_thread.run_sync(_run, command)
    resumed = await to_thread.run_sync(_run, [*command, "--resume"])

    assert 0 < left < OBJECTS
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Continue it with --resume" in refused.stderr
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert f"{OBJECTS - left} written in" in resumed.stdout
    async with opened(target) as storage:
        found = await storage.find(THING, EVERYTHING)
        assert (await storage.stored_names()).classes.count("_ParsepyCopy") == 0
    assert [each["number"] for each in found] == list(range(OBJECTS))


async def test_source_that_goes_away_ends_the_copy_with_advice(tmp_path: Path) -> None:
    mongod = start_mongod(tmp_path)
    try:
        source = Place(f"{mongod.database_uri('app')}&serverSelectionTimeoutMS=500")
        target = Place(f"sqlite:///{tmp_path}/target.sqlite")
        async with opened(source) as storage:
            for start in range(0, OBJECTS, 1000):
                batch = [made(f"{start + each:05}", text="x" * 300) for each in range(1000)]
                await storage.insert_many(THING, batch)
            await storage.create_class(THING.definition)
        command = [sys.executable, "-m", "parsepy", "copy", source.uri, target.uri]

        with RunningProcess(command, folder=tmp_path) as process:
            await _some_objects(target, process)
            mongod.stop()

            assert process.wait() == 2
            process.wait_for_line(
                lambda line: line.endswith("Continue with --resume when it does.")
            )
            assert "Traceback" not in process.output
    finally:
        mongod.stop()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def _some_objects(place: Place, process: RunningProcess) -> None:
    """Waits until the copy has written something and not everything."""
    until = time.monotonic() + PATIENCE
    pause = threading.Event()
    async with opened(place) as storage:
        while not await size_of(storage, "Thing"):
            assert process.poll() is None, process.output
            assert time.monotonic() < until, "the copy wrote nothing in time"
            pause.wait(0.005)
