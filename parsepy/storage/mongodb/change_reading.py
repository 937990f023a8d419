"""Opening change streams, and reading what they know of the past."""

from typing import Any, Final, TypeAlias

from pymongo.asynchronous.change_stream import AsyncDatabaseChangeStream

from parsepy.storage.mongodb.change_events import moment_of, position_of, token_of
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.documents import Document

Stream: TypeAlias = AsyncDatabaseChangeStream[Document]

WITH_IMAGES: Final = {
    "full_document": "whenAvailable",
    "full_document_before_change": "whenAvailable",
}
_NO_DETAILS: Final = {"$project": {"operationType": 1}}
_SOON: Final = 1
"""Milliseconds that the database waits for something to happen before it says that nothing has."""


async def open_stream(
    connection: Connection, wanted: Document, after: str, **options: Any
) -> Stream:
    """Behind the position `after`, or, if that is empty, at the present."""
    return await _open(connection, [{"$match": wanted}], after, options)


async def events_between(
    connection: Connection, wanted: Document, after: str, until: str, most: int
) -> list[Document] | None:
    """The events behind `after`, up to `until`; `None`: they are more than `most`."""
    stages = [{"$match": wanted}]
    # The place at which a stream begins may be one that the database has still to come to.
    moment = min(moment_of(until), await present(connection))
    events = await _read(connection, stages, after, moment, most, WITH_IMAGES)
    if events is None:
        return None
    return [event for event in events if position_of(event["_id"]) <= until]


async def last_position(connection: Connection, wanted: Document, after: str) -> str:
    """Of the last event that there is now; `after` if there is none behind it."""
    moment = await present(connection)
    events = await _read(connection, [{"$match": wanted}, _NO_DETAILS], after, moment, None, {})
    return position_of(events[-1]["_id"]) if events else after


async def present(connection: Connection) -> int:
    """The time that the database's log has come to, as `moment_of` tells it."""
    now = (await connection.database.command("ping"))["operationTime"]
    return int(now.time << 32 | now.inc)


async def _open(
    connection: Connection, stages: list[Document], after: str, options: dict[str, Any]
) -> Stream:
    start = token_of(after) if after else None
    return await connection.database.watch(stages, start_after=start, **options)


async def _read(
    connection: Connection,
    stages: list[Document],
    after: str,
    moment: int,
    most: int | None,
    options: dict[str, Any],
) -> list[Document] | None:
    found: list[Document] = []
    while True:
        # Anew behind the end of the database, should it have been dropped in between.
        stream = await _open(connection, stages, after, {**options, "max_await_time_ms": _SOON})
        async with stream:
            while stream.alive:
                event = await stream.try_next()
                if event is None:
                    if _has_read_up_to(stream, moment):
                        return found
                    continue
                after = position_of(event["_id"])
                if moment_of(after) > moment:
                    return found
                found.append(event)
                if most is not None and len(found) > most:
                    return None


def _has_read_up_to(stream: Stream, moment: int) -> bool:
    """Of a stream that has nothing more to tell."""
    token = stream.resume_token
    return token is not None and moment_of(position_of(token)) >= moment
