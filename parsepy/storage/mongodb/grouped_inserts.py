"""New objects that come while others of their class are being stored go to the database together.

An insert costs the driver a quarter of a millisecond, however small; several in one message cost
hardly more than one. Whoever comes alone goes alone and at once.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.errors import BulkWriteError

from parsepy.protocol.clock import fresh_context
from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.documents import Collection
from parsepy.storage.mongodb.errors import WRITING, failures
from parsepy.types import ParseObject

LONGEST_WAIT: Final = 0.002
"""Seconds that an object waits for those before it: they may be held up by a lock."""

LARGEST_IN_GROUP: Final = 64 << 10
"""Bytes of an object; larger ones go alone. `Connection.writers` bounds how many a group has, so
that it always fits into one message."""

_Stored: TypeAlias = asyncio.Future[None]


@dataclass(slots=True)
class _Line:
    """Of one collection. `timer` is set while somebody waits."""

    collection: Collection
    under_way: int = 0
    waiting: list[tuple[RawBSONDocument, _Stored]] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class GroupedInserts:
    """For inserts outside of transactions."""

    __slots__ = ("_bindings", "_lines", "_tasks")

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._lines: dict[str, _Line] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        """Raises what concerns this object, and `DuplicateValue`."""
        binding = self._bindings.of(schema)
        collection = binding.collection
        with WRITING:
            # Here, so that what cannot be stored concerns nobody else.
            raw = bson.encode(binding.encode(document), codec_options=collection.codec_options)
            if len(raw) > LARGEST_IN_GROUP or not _suits(schema):
                await collection.insert_one(RawBSONDocument(raw))
            else:
                await self._in_line(collection, RawBSONDocument(raw))

    async def close(self) -> None:
        """Waits for those that nobody waits for any more."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _in_line(self, collection: Collection, document: RawBSONDocument) -> None:
        line = self._lines.get(collection.name)
        if line is None:
            line = self._lines[collection.name] = _Line(collection)
        if line.under_way:
            await self._wait_in(line, document)
            return
        line.under_way = 1
        try:
            await collection.insert_one(document)
        finally:
            self._is_over(line)

    async def _wait_in(self, line: _Line, document: RawBSONDocument) -> None:
        loop = asyncio.get_running_loop()
        stored: _Stored = loop.create_future()
        line.waiting.append((document, stored))
        if line.timer is None:
            line.timer = loop.call_later(LONGEST_WAIT, self._start, line)
        await stored

    def _is_over(self, line: _Line) -> None:
        line.under_way -= 1
        if line.waiting:
            self._start(line)
        elif not line.under_way:
            # Clients may name classes without end.
            self._lines.pop(line.collection.name, None)

    def _start(self, line: _Line) -> None:
        if line.timer is not None:
            line.timer.cancel()
            line.timer = None
        group = [each for each in line.waiting if not each[1].done()]
        line.waiting = []
        line.under_way += 1
        task = asyncio.get_running_loop().create_task(
            self._store(line, group), name="parsepy-inserts", context=fresh_context()
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _store(self, line: _Line, group: Sequence[tuple[RawBSONDocument, _Stored]]) -> None:
        try:
            failed = await _insert(line.collection, [document for document, _ in group])
        except BaseException as error:
            for _, stored in group:
                _fail(stored, error)
            if not isinstance(error, Exception):
                raise
        else:
            for position, (_, stored) in enumerate(group):
                if position in failed:
                    _fail(stored, failed[position])
                elif not stored.done():
                    stored.set_result(None)
        finally:
            self._is_over(line)


async def _insert(
    collection: Collection, documents: Sequence[RawBSONDocument]
) -> dict[int, Exception]:
    """What has kept objects from being stored, by their places."""
    if not documents:
        return {}
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return failures(error)
    return {}


def _fail(stored: _Stored, error: BaseException) -> None:
    if stored.done():
        return
    if isinstance(error, asyncio.CancelledError):
        stored.cancel()
    else:
        stored.set_exception(error)


def _suits(schema: ClassSchema) -> bool:
    """Classes of the server have unique indexes: who waits for another's transaction there must
    not hold up his neighbours."""
    return schema.name[0] != "_"
