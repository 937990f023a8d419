"""Changes of objects by the database's own stream of them: `storage.object_changes`.

One stream for all classes of the app. It goes on behind what has been told last when it was lost;
the driver does so once by itself, then it is opened anew as often as it takes.
"""

import asyncio
import logging
import random
from typing import Any, Final, TypeAlias

from pymongo.asynchronous.change_stream import AsyncDatabaseChangeStream
from pymongo.errors import OperationFailure, PyMongoError

from parsepy.errors import Code, ParseError
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.change_events import (
    OF_OBJECTS,
    Events,
    everything_of,
    moment_of,
    objects_of,
    position_of,
    token_of,
)
from parsepy.storage.mongodb.change_images import Images
from parsepy.storage.mongodb.connection import SCHEMA_COLLECTION, Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING, is_unauthorised
from parsepy.storage.object_changes import ObjectChange, ObjectWatcher, cannot_watch

_log = logging.getLogger(__name__)

Stream: TypeAlias = AsyncDatabaseChangeStream[Document]

OLDEST_VERSION: Final = 6
_TOO_LARGE: Final = 10334
# InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost.
_LOST: Final = frozenset((260, 280, 286))
_BAD_REGEX: Final = frozenset((51091, 51108))
_SHORTEST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 10.0
_LONGEST_READ: Final = 10.0
"""Seconds for what is looked up in the past."""

_WITH_IMAGES: Final = {
    "full_document": "whenAvailable",
    "full_document_before_change": "whenAvailable",
}
# Both images and the change have to fit into one answer. When they do not, events are taken one by
# one up to the large one, and that without images.
_WAYS: Final[tuple[dict[str, Any], ...]] = (
    _WITH_IMAGES,
    {**_WITH_IMAGES, "batch_size": 1},
    {"batch_size": 1},
)
_WITHOUT_IMAGES: Final = 2
_BARE_EVENT: Final = {"$project": {"operationType": 1}}


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
            raise _refused(error) or error from error
        self._task = asyncio.create_task(self._run(stream), name="parsepy-change-stream")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def caught_up(self) -> None:
        with READING:
            now = await self._connection.database.command("ping")
        time = now["operationTime"]
        moment = (time.time << 32) | time.inc
        behind = self.position
        last = await self._read(self._everything, behind, moment, most=None, bare=True)
        wanted = position_of(last[-1]["_id"]) if last else behind
        while self.position < wanted:
            await self._moved.wait()

    async def since(self, position: str, until: str, most: int) -> list[ObjectChange] | None:
        if token_of(position) is None:
            return None
        try:
            async with asyncio.timeout(_LONGEST_READ):
                events = await self._read(self._objects, position, moment_of(until), most=most)
                if events is None:
                    return None
                missed = [event for event in events if position_of(event["_id"]) <= until]
                return await self._changes_of(missed)
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

    async def _run(self, stream: Stream) -> None:
        while True:
            try:
                async with stream:
                    await self._follow(stream)
            except OperationFailure as error:
                self._note_size(error)
                _log.warning("LiveQuery: the change stream was lost", exc_info=True)
            except (PyMongoError, ParseError):
                _log.warning("LiveQuery: the change stream was lost", exc_info=True)
            stream = await self._opened_again()

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
        stream = await self._open(self._everything, "", **_WAYS[self._way])
        while stream.resume_token is None:
            # Nothing has happened yet, and it takes the database's word where that is.
            event = await stream.try_next()
            if event is not None:
                await self._take(event)
                self._reached(event["_id"])
        self._reached(stream.resume_token)
        self._watcher.begin(self.position)
        return stream

    async def _opened_again(self) -> Stream:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                if not self.position:
                    return await self._begin()
                return await self._open(self._everything, self.position, **_WAYS[self._way])
            except OperationFailure as error:
                self._note_size(error)
                if error.code in _LOST:
                    _log.error("LiveQuery: changes were lost, the database knows them no more")
                    self._way = 0
                    self.position = ""
            except PyMongoError:
                _log.warning("LiveQuery: the change stream cannot be opened", exc_info=True)
            # Servers that lost the same database come back one after the other.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _open(
        self, wanted: Document, after: str, *, bare: bool = False, **options: Any
    ) -> Stream:
        """Behind `after`, or at the present; a `bare` one tells what happened to nothing."""
        stages = [{"$match": wanted}, *([_BARE_EVENT] if bare else ())]
        start = token_of(after) if after else None
        return await self._connection.database.watch(stages, start_after=start, **options)

    def _note_size(self, error: OperationFailure) -> None:
        if error.code == _TOO_LARGE:
            self._way = min(self._way + 1, _WITHOUT_IMAGES)

    # -- the past

    async def _read(
        self, wanted: Document, after: str, moment: int, *, most: int | None, bare: bool = False
    ) -> list[Document] | None:
        """The events after `after`, up to those of `moment`; `None`: they are more than `most`."""
        found: list[Document] = []
        options: dict[str, Any] = {"bare": True} if bare else {**_WITH_IMAGES}
        while True:
            # Anew behind the end of the database, should it have been dropped in between.
            stream = await self._open(wanted, after, max_await_time_ms=1, **options)
            async with stream:
                while stream.alive:
                    event = await stream.try_next()
                    if event is None:
                        if _is_behind(stream, moment):
                            return found
                        continue
                    after = position_of(event["_id"])
                    if moment_of(after) > moment:
                        return found
                    found.append(event)
                    if most is not None and len(found) > most:
                        return None

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


def _is_behind(stream: Stream, moment: int) -> bool:
    """Whether a stream that has nothing more to say has read up to there."""
    token = stream.resume_token
    return token is not None and moment_of(position_of(token)) >= moment


def _refused(error: OperationFailure) -> ParseError | None:
    if error.code in _BAD_REGEX:
        return ParseError(
            Code.INTERNAL, "liveQuery.classNames holds a pattern that the database does not take."
        )
    if is_unauthorised(error):
        return ParseError(
            Code.INTERNAL,
            "liveQuery.source changeStream needs a database user who may open change streams.",
        )
    return None
