"""Follows `_SCHEMA`, so that another server's change is known at once (option `enableSchemaHooks`).

A change stream needs a replica set. Where there is none, or it may not be opened, the schema is
renewed by age as ever.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from pymongo.errors import OperationFailure, PyMongoError

from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.errors import is_unauthorised

_log = logging.getLogger(__name__)

NO_CHANGE_STREAMS: Final = 40573
_SHORTEST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0


async def watch_schemas(connection: Connection, changed: Callable[[], None]) -> None:
    """Calls `changed` after each change, and whenever one may have been missed.

    Runs until it is cancelled; returns where the database has no change streams.
    """
    pause = _SHORTEST_PAUSE
    while True:
        try:
            async with await connection.schemas.watch() as stream:
                pause = _SHORTEST_PAUSE
                changed()
                async for _ in stream:
                    changed()
        except OperationFailure as error:
            if error.code == NO_CHANGE_STREAMS or is_unauthorised(error):
                _log.warning("enableSchemaHooks has no effect: no change stream can be opened")
                return
            _log.warning("the change stream of the schema was lost", exc_info=True)
        except PyMongoError:
            _log.warning("the change stream of the schema was lost", exc_info=True)
        # Servers that lost the same database come back one after the other.
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
        pause = min(pause * 2, _LONGEST_PAUSE)
