"""Changes of objects by the database's own stream of them: `storage.object_changes`.

One stream for all classes of the app. It goes on behind what has been told last when it was lost;
the driver does so once by itself, then it is opened anew as often as it takes.
"""

import asyncio
import logging
import random
from typing import Any, Final

from pymongo.errors import OperationFailure, PyMongoError

from parsepy.errors import Code, ParseError, database_error
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.change_events import (
    OF_OBJECTS,
    Events,
    everything_of,
    objects_of,
    position_of,
    token_of,
)
from parsepy.storage.mongodb.change_images import Images
from parsepy.storage.mongodb.change_reading import (
    WITH_IMAGES,
    Stream,
    events_between,
    last_position,
    open_stream,
)
from parsepy.storage.mongodb.connection import SCHEMA_COLLECTION, Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import is_unauthorised
from parsepy.storage.object_changes import ObjectChange, ObjectWatcher, cannot_watch

_log = logging.getLogger(__name__)

OLDEST_VERSION: Final = 6
_TOO_LARGE: Final = 10334
# InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost.
_LOST: Final = frozenset((260, 280, 286))
_BAD_REGEX: Final = frozenset((51091, 51108))
_SHORTEST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0
_LONGEST_READ: Final = 10.0
"""Seconds for what is looked up in the past."""

# Both images and the change have to fit into one answer. When they do not, events are taken one by
# one up to the large one, and that without images.
_WAYS: Final[tuple[dict[str, Any], ...]] = (
    WITH_IMAGES,
    {**WITH_IMAGES, "batch_size": 1},
    {"batch_size": 1},
)
_WITHOUT_IMAGES: Final = 2


class ChangeStream:
    def __init__(self, connection: Connection, bindings: Bindings, watcher: ObjectWatcher) -> None:
        self.position = ""
        """Up to here everything has been told; it goes on behind."""
        self.images: Final = Images(connection, watcher.wants)
        self._connection = connection
        self._watcher = watcher
        self._events = Events(connection, bindings, watcher)
        self._everything = everything_of(connection.prefix, watcher)
        self._objects = objects_of(connection.prefix, watcher.patterns)
        self._way = 0
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Raises `ParseError` 1 that says what is missing."""
        self._check_server()
        await self.images.keep_all()
        try:
            stream = await self._begin()
        except OperationFailure as error:
            raise _refused(error) from error
        except PyMongoError as error:
            raise database_error() from error
        self._task = asyncio.create_task(self._run(stream), name="parsepy-change-stream")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def caught_up(self) -> None:
        try:
            wanted = await last_position(self._connection, self._everything, self.position)
        except PyMongoError as error:
            raise database_error() from error
        while self.position < wanted:
            await self._moved.wait()

    async def since(self, position: str, until: str, most: int) -> list[ObjectChange] | None:
        if token_of(position) is None:
            return None
        try:
            async with asyncio.timeout(_LONGEST_READ):
                events = await events_between(
                    self._connection, self._objects, position, until, most
                )
                return None if events is None else await self._changes_of(events)
        except (PyMongoError, ParseError, TimeoutError):
            _log.info("LiveQuery: what came after a position is not known", exc_info=True)
            return None

    def _check_server(self) -> None:
        version = self._connection.server_version
        major = version.partition(".")[0]
        if not self._connection.has_transactions:
            raise cannot_watch(f"a MongoDB that is no replica set ({version})")
        if major.isdigit() and int(major) < OLDEST_VERSION:
            raise cannot_watch(f"MongoDB {version}")

    # -- following

    async def _run(self, opened: Stream) -> None:
        stream: Stream | None = opened
        pause = _SHORTEST_PAUSE
        while True:
            before = self.position
            try:
                stream = stream or await self._open_again()
                async with stream:
                    await self._follow(stream)
            except Exception as error:
                self._take_note_of(error)
                pause = (
                    _SHORTEST_PAUSE if self.position != before else min(pause * 2, _LONGEST_PAUSE)
                )
                # Servers that lost the same database come back one after the other.
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            stream = None

    async def _follow(self, stream: Stream) -> None:
        while stream.alive:
            event = await stream.try_next()
            if event is None:
                self._reached(stream.resume_token)
                continue
            await self._take(event)
            self._reached(event["_id"])
            if self._way == _WITHOUT_IMAGES:
                self._way = 0
                return

    async def _take(self, event: Document) -> None:
        kind = event["operationType"]
        if kind == "dropDatabase":
            self.images.forget_all()
        if kind in OF_OBJECTS:
            class_name = self._events.class_of(event)
            if class_name is not None:
                await self._take_object(event, class_name)
        elif "ns" in event:
            self.images.forget(self._events.class_of(event) or "")

    async def _take_object(self, event: Document, class_name: str) -> None:
        if class_name == SCHEMA_COLLECTION:
            self._watcher.classes_changed()
            return
        if class_name in self._watcher.noticed:
            await self._watcher.notice(class_name, str(event["documentKey"]["_id"]))
        if self._watcher.wants(class_name):
            await self.images.keep_of(class_name)
            change = await self._events.change_of(event, class_name)
            if change is not None:
                await self._watcher.changed(change)

    def _reached(self, token: Any) -> None:
        if token is not None:
            self.position = position_of(token)
            self._moved.set()
            self._moved = asyncio.Event()

    # -- opening

    async def _begin(self) -> Stream:
        """At the present."""
        stream = await open_stream(self._connection, self._everything, "", **_WAYS[self._way])
        while stream.resume_token is None:
            # Nothing has happened yet, and it takes the database's word where that is.
            event = await stream.try_next()
            if event is not None:
                await self._take(event)
                self._reached(event["_id"])
        self._reached(stream.resume_token)
        self._watcher.begin(self.position)
        return stream

    async def _open_again(self) -> Stream:
        if not self.position:
            return await self._begin()
        return await open_stream(
            self._connection, self._everything, self.position, **_WAYS[self._way]
        )

    def _take_note_of(self, error: Exception) -> None:
        code = error.code if isinstance(error, OperationFailure) else None
        if code in _LOST or (code == _TOO_LARGE and self._way == _WITHOUT_IMAGES):
            _log.error(
                "LiveQuery: changes were lost: the database does not tell them", exc_info=error
            )
            self.position = ""
            self._way = 0
            return
        if code == _TOO_LARGE:
            self._way += 1
        _log.warning("LiveQuery: the change stream was lost", exc_info=error)

    async def _changes_of(self, events: list[Document]) -> list[ObjectChange]:
        changes = []
        for event in events:
            if event["operationType"] not in OF_OBJECTS:
                continue
            class_name = self._events.class_of(event)
            if class_name is not None and self._watcher.wants(class_name):
                change = await self._events.change_of(event, class_name)
                if change is not None:
                    changes.append(change)
        return changes


def _refused(error: OperationFailure) -> ParseError:
    if error.code in _BAD_REGEX:
        text = "liveQuery.classNames holds a pattern that the database does not take."
    elif is_unauthorised(error):
        text = "liveQuery.source changeStream needs a database user who may open change streams."
    else:
        text = f"liveQuery.source: the database opens no change stream (error {error.code})."
    return ParseError(Code.INTERNAL, text)
