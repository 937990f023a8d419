"""A registry on a real store of its own, and a second one on the same store."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from parsepy.cache import Changes
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import Storage
from tests.support.recording_storage import RecordingStorage

FOREVER = 1e9


@dataclass(frozen=True, slots=True)
class Server:
    """What one server process has of the schema."""

    storage: RecordingStorage
    registry: SchemaRegistry


@asynccontextmanager
async def server(
    opener: Callable[[], Storage], *, max_age: float = FOREVER, changes: Changes | None = None
) -> AsyncIterator[Server]:
    recorder = RecordingStorage(opener())
    await recorder.storage.start()
    registry = SchemaRegistry(recorder.storage, max_age=max_age, changes=changes)
    await registry.load()
    recorder.taken_calls()
    yield Server(recorder, registry)
    await registry.close()
    await recorder.storage.close()
