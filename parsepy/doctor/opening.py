"""From a database address to what can be examined there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from parsepy.doctor.base import Examined
from parsepy.errors import Code, ParseError
from parsepy.options.database_uri import is_mongodb, sqlite_file


@asynccontextmanager
async def opened(uri: str, prefix: str = "") -> AsyncIterator[Examined]:
    """Raises `ParseError` 1 when there is nothing to examine."""
    if is_mongodb(uri):
        from parsepy.doctor.mongodb.database import MongoDatabase

        mongo = MongoDatabase(uri, prefix)
        await mongo.open()
        try:
            yield mongo
        finally:
            await mongo.close()
        return
    file = sqlite_file(uri)
    if file is None:
        raise ParseError(Code.INTERNAL, "A store in memory ends with its server.")
    from parsepy.doctor.sqlite.database import SQLiteDatabase

    embedded = SQLiteDatabase(file)
    await embedded.open()
    try:
        yield embedded
        embedded.check_undisturbed()
    finally:
        await embedded.close()
