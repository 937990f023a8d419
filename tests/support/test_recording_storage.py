"""The store under observation is the real one, observed."""

import asyncio

import pytest

from parsepy.protocol.field_types import STRING
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.sqlite import SQLiteStorage
from tests.support.recording_storage import RecordingStorage

pytestmark = pytest.mark.anyio

GAME = ClassSchema(ClassDefinition("Game", {"a": Field(STRING)}))
TIME = "2024-01-02T03:04:05.678Z"


async def test_calls_do_their_work_and_are_remembered_once() -> None:
    recorder = RecordingStorage(SQLiteStorage(":memory:"))
    storage = recorder.storage
    await storage.start()
    await storage.insert(GAME, {"objectId": "x", "createdAt": TIME, "updatedAt": TIME, "a": "b"})

    assert [row["a"] for row in await storage.find(GAME, EVERYTHING)] == ["b"]
    assert storage.capabilities.name.startswith("SQLite")
    assert recorder.taken_calls() == ["start", "insert", "find"]
    assert recorder.taken_calls() == []
    await storage.close()


async def test_a_held_call_has_done_its_work_and_waits() -> None:
    recorder = RecordingStorage(SQLiteStorage(":memory:"))
    storage = recorder.storage
    await storage.start()
    held = recorder.hold_next("count")

    counting = asyncio.create_task(storage.count(GAME, EVERYTHING))
    await held.reached.wait()
    await storage.insert(GAME, {"objectId": "x", "createdAt": TIME, "updatedAt": TIME})

    assert not counting.done()
    assert await storage.count(GAME, EVERYTHING) == 1
    held.release()
    assert await counting == 0
    await storage.close()
