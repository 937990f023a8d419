"""What change streams are asked for, and what their events mean."""

import logging
import re
from collections.abc import Iterable
from typing import Any, Final

from bson.regex import Regex
from pymongo.errors import PyMongoError

from parsepy.errors import ParseError
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.connection import SCHEMA_COLLECTION, Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING
from parsepy.storage.object_changes import ObjectChange, ObjectWatcher

_log = logging.getLogger(__name__)

INSERT: Final = "insert"
DELETE: Final = "delete"
OF_OBJECTS: Final = (INSERT, "update", "replace", DELETE)
OF_WHOLES: Final = ("drop", "rename", "dropDatabase", "invalidate")

_PLAIN: Final = re.compile(r"\^(\w+)\$")
_POSITION: Final = re.compile(r"82[0-9A-F]{16,4000}")


def objects_of(prefix: str, patterns: Iterable[str]) -> Document:
    """The changes of objects of these classes, perhaps of others, and the end of a stream."""
    names = [_collection(prefix, pattern) for pattern in patterns]
    return {"$or": [_changes_in(names), {"operationType": "invalidate"}]}


def everything_of(prefix: str, watcher: ObjectWatcher) -> Document:
    names = [_collection(prefix, pattern) for pattern in watcher.patterns]
    noticed = [prefix + name for name in (*watcher.noticed, SCHEMA_COLLECTION)]
    return {"$or": [_changes_in([*names, *noticed]), {"operationType": {"$in": [*OF_WHOLES]}}]}


def position_of(token: Any) -> str:
    return str(token["_data"])


def token_of(position: str) -> Document | None:
    """`None` for what cannot be a position."""
    return {"_data": position} if _POSITION.fullmatch(position) else None


def moment_of(position: str) -> int:
    """The time of the database's log at which it stands."""
    return int(position[2:18], 16)


class Events:
    """Their reader."""

    def __init__(self, connection: Connection, bindings: Bindings, watcher: ObjectWatcher) -> None:
        self._prefix = connection.prefix
        self._bindings = bindings
        self._watcher = watcher

    def class_of(self, event: Document) -> str | None:
        """`None`: none of this app's."""
        name: str = event["ns"].get("coll", "")
        return name[len(self._prefix) :] if name.startswith(self._prefix) else None

    async def change_of(self, event: Document, class_name: str) -> ObjectChange | None:
        """`None` where nobody can say what was changed, or whose it was."""
        try:
            return await self._change_of(event, class_name)
        except (PyMongoError, ParseError):
            # Not the event's fault: it will be read another time.
            raise
        except Exception:
            _log.exception("LiveQuery: a change of class %s cannot be read", class_name)
            return None

    async def _change_of(self, event: Document, class_name: str) -> ObjectChange | None:
        kind = event["operationType"]
        old, new = event.get("fullDocumentBeforeChange"), event.get("fullDocument")
        schema = await self._watcher.schema_of(class_name)
        binding = self._bindings.of(schema)
        position = position_of(event["_id"])
        if kind == DELETE:
            if old is None:
                # Nobody knows who was permitted to see it.
                _log.warning("LiveQuery: what was deleted of class %s is not known", class_name)
                return None
            return ObjectChange(schema, binding.decode(old), None, position)
        if new is None:
            with READING:
                new = await binding.collection.find_one({"_id": event["documentKey"]["_id"]})
        if new is None:
            return None
        after = binding.decode(new)
        if kind == INSERT:
            return ObjectChange(schema, None, after, position)
        return ObjectChange(schema, after if old is None else binding.decode(old), after, position)


def _changes_in(names: list[str | Regex[str]]) -> Document:
    return {"operationType": {"$in": [*OF_OBJECTS]}, "ns.coll": {"$in": names}}


def _collection(prefix: str, pattern: str) -> str | Regex[str]:
    plain = _PLAIN.fullmatch(pattern)
    if plain is not None:
        return prefix + plain[1]
    # The database knows names with their prefix only: what is too much is left out here.
    return Regex(f"^{re.escape(prefix)}" if prefix else pattern)
