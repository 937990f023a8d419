"""Has the database keep what documents were before and after their changes.

It does so per collection, from the moment on in which that is switched on.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from pymongo.errors import OperationFailure, PyMongoError

from parsepy.errors import Code, ParseError
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.errors import NAMESPACE_NOT_FOUND, READING, is_unauthorised

_log = logging.getLogger(__name__)

_OPTION: Final = "changeStreamPreAndPostImages"
_ON: Final[dict[str, Any]] = {_OPTION: {"enabled": True}}
_NAMESPACE_EXISTS: Final = 48


class Images:
    def __init__(self, connection: Connection, wants: Callable[[str], bool]) -> None:
        self._connection = connection
        self._wants = wants
        self._kept: set[str] = set()

    async def keep_all(self) -> None:
        """Of all classes that there are. Raises `ParseError` 1 where that is not permitted."""
        database, prefix = self._connection.database, self._connection.prefix
        with READING:
            collections = await (await database.list_collections()).to_list()
            entries = await self._connection.schemas.distinct("_id")
        there = {
            one["name"][len(prefix) :]: _OPTION in one["options"] or one["type"] != "collection"
            for one in collections
            if one["name"].startswith(prefix)
        }
        try:
            for class_name in filter(self._wants, {*there, *map(str, entries)}):
                if class_name not in there:
                    await self._create(class_name)
                elif not there[class_name]:
                    await self._switch_on(class_name)
                self._kept.add(class_name)
        except OperationFailure as error:
            raise _refused(error) from error

    async def keep_of_new(self, class_name: str) -> None:
        """Of a class that has just been made: from its first object on."""
        if self._wants(class_name):
            await self._quietly(class_name, is_new=True)

    async def keep_of(self, class_name: str) -> None:
        """Of a class that has objects already."""
        if class_name not in self._kept:
            await self._quietly(class_name, is_new=False)

    def forget(self, class_name: str) -> None:
        """Its collection is gone; another of its name is another."""
        self._kept.discard(class_name)

    def forget_all(self) -> None:
        self._kept.clear()

    async def _quietly(self, class_name: str, *, is_new: bool) -> None:
        try:
            await (self._create if is_new else self._switch_on)(class_name)
        except PyMongoError as error:
            _log.warning("LiveQuery: no images are kept of class %s", class_name, exc_info=True)
            if not isinstance(error, OperationFailure):
                return
        # Also where it was refused: it would be again, with each change.
        self._kept.add(class_name)

    async def _create(self, class_name: str) -> None:
        name = self._connection.prefix + class_name
        try:
            await self._connection.database.create_collection(name, check_exists=False, **_ON)
        except OperationFailure as error:
            if error.code != _NAMESPACE_EXISTS:
                raise
            await self._switch_on(class_name)

    async def _switch_on(self, class_name: str) -> None:
        name = self._connection.prefix + class_name
        try:
            await self._connection.database.command("collMod", name, **_ON)
        except OperationFailure as error:
            if error.code != NAMESPACE_NOT_FOUND:
                raise


def _refused(error: OperationFailure) -> ParseError:
    if is_unauthorised(error):
        return ParseError(
            Code.INTERNAL,
            "liveQuery.source changeStream needs a database user who may run collMod on the"
            " collections of published classes (role dbAdmin).",
        )
    return ParseError(
        Code.INTERNAL,
        "liveQuery.source changeStream: the database does not keep documents as they were before"
        f" changes (error {error.code}); its featureCompatibilityVersion has to be 6.0 or later.",
    )
