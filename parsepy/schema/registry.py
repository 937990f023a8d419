"""The classes of one app, as a snapshot that is replaced whole and never changed."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from weakref import WeakKeyDictionary

from parsepy import errors
from parsepy.cache.changes import Changes
from parsepy.cache.marks import slot_of
from parsepy.errors import ClassExists
from parsepy.protocol.field_types import FieldType
from parsepy.schema import enforcement
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class
from parsepy.schema.store import OpenTransaction, SchemaStore
from parsepy.schema.system_classes import is_valid_class_name, is_volatile

_log = logging.getLogger(__name__)

_CHANGED: Final = slot_of("schema")

WATCH: Final = "parsepy-schema-watch"
"""The name of the task that follows the store's changes."""


class SchemaRegistry:
    """Hands out class schemas without asking the store, and changes them through it.

    What another parsepy has told (`changes`) is read before the next class is handed out. A
    snapshot older than `max_age` seconds is renewed in the background by the next request, so that
    the changes of those who tell nothing (parse-server) are seen too; a class or field that is
    unknown here is looked up before it is believed missing. What a transaction changes is seen in
    it alone until it is kept.
    """

    def __init__(
        self, store: SchemaStore, *, max_age: float, changes: Changes | None = None
    ) -> None:
        self.store = store
        self._changes = changes or Changes()
        self._mark = -1
        self._max_age = max_age
        self._classes: dict[str, ClassSchema] = {}
        self._loaded_at = 0.0
        self._loads_begun = 0
        self._newest_load = 0
        self._loading: asyncio.Task[None] | None = None
        self._load_again = False
        self._catching_up: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self._inside: WeakKeyDictionary[OpenTransaction, _RegistryInside] = WeakKeyDictionary()

    async def load(self) -> None:
        """Reads all classes. A read that is overtaken by a later one changes nothing: it may hold
        permissions that have been withdrawn since."""
        if (inside := self._of_transaction()) is not None:
            await inside.load()
            return
        self._loads_begun += 1
        number = self._loads_begun
        mark = self._changes.marks.view[_CHANGED]
        definitions = await self.store.load_classes()
        if number < self._newest_load:
            return
        self._newest_load = number
        self._mark = mark
        self._classes = {
            definition.name: ClassSchema(definition)
            for definition in definitions
            if not is_volatile(definition.name)
        }
        self._loaded_at = time.monotonic()

    async def changed(self) -> None:
        """To be called when the store's classes have been changed: reads them, and has every other
        process read them before it hands out another class."""
        if (inside := self._of_transaction()) is not None:
            await inside.changed()
            return
        await self._tell()
        await self.load()

    async def get(self, name: str) -> ClassSchema:
        """The schema of `name`; one with `exists` false when no store knows the class."""
        if (inside := self._of_transaction()) is not None:
            return await inside.get(name)
        if self._is_overtaken():
            await self._catch_up()
        schema = self._classes.get(name)
        if schema is None:
            if not is_volatile(name):
                await self.load()
            return self._classes.get(name) or missing_class(name)
        if time.monotonic() - self._loaded_at > self._max_age:
            self._renew()
        return schema

    def known(self) -> list[ClassSchema]:
        if (inside := self._of_transaction()) is not None:
            return inside.known()
        return list(self._classes.values())

    async def ensure_class(self, schema: ClassSchema) -> ClassSchema:
        """Creates the class when no store knows it yet. Raises 107 for a bad name."""
        if schema.exists:
            return schema
        if not is_valid_class_name(schema.name):
            raise errors.invalid_json("schema class name does not revalidate")
        if (inside := self._of_transaction()) is not None:
            return await inside.ensure_class(schema)
        async with self._changing:
            try:
                await self.store.create_class(ClassDefinition(schema.name, _stored_fields(schema)))
            except ClassExists:
                _log.debug("class %s was created by another request", schema.name)
            await self.changed()
        return await self.get(schema.name)

    async def ensure_fields(
        self, schema: ClassSchema, wanted: Mapping[str, FieldType]
    ) -> ClassSchema:
        """Adds the fields that the class lacks. Raises 111 when one came with another type, 107
        where none can be added."""
        # The schema may be newer than the one that the write was judged by.
        enforcement.check_types(schema, wanted)
        lacking = enforcement.new_fields(schema, wanted)
        if not lacking:
            return schema
        if is_volatile(schema.name):
            # It has no entry that could name them.
            raise errors.invalid_json(f"Could not add field {next(iter(lacking))}")
        if (inside := self._of_transaction()) is not None:
            return await inside.ensure_fields(schema, wanted)
        async with self._changing:
            while True:
                await self.load()
                current = self._classes.get(schema.name) or schema
                enforcement.check_types(current, wanted)
                new = enforcement.new_fields(current, wanted)
                if not new:
                    return current
                # All or none: a write that loses to another server's leaves no field behind. It
                # lost because there is a field more now, so this ends.
                await self.store.add_fields(
                    schema.name, {name: Field(type_) for name, type_ in new.items()}
                )
                await self._tell()

    def follow(self) -> None:
        """Renews the snapshot when the store tells that a class has changed, until `close`."""
        if self._following is None:
            watch = self.store.watch_classes(self._on_change)
            self._following = asyncio.get_running_loop().create_task(watch, name=WATCH)

    async def close(self) -> None:
        tasks = (self._following, self._loading, self._catching_up)
        running = [task for task in tasks if task is not None]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _tell(self) -> None:
        await self._changes.announce((_CHANGED,))

    def _is_overtaken(self) -> bool:
        return self._changes.marks.view[_CHANGED] != self._mark or not self._changes.are_heard

    async def _catch_up(self) -> None:
        """One load serves all who wait; one that began before the change that they saw does not."""
        if not self._changes.are_heard:
            await self.load()
        while self._changes.marks.view[_CHANGED] != self._mark:
            if self._catching_up is None or self._catching_up.done():
                self._catching_up = asyncio.get_running_loop().create_task(self.load())
            await asyncio.shield(self._catching_up)

    def _on_change(self) -> None:
        # One load at a time, and one more for whatever came while it ran.
        self._load_again = self._loading is not None and not self._loading.done()
        self._renew()

    def _of_transaction(self) -> "_RegistryInside | None":
        """The registry of the current transaction.

        It has a lock of its own as well: whoever holds the common one may be waiting for the very
        store that the transaction keeps from him.
        """
        transaction = self.store.current_transaction
        if transaction is None:
            return None
        inside = self._inside.get(transaction)
        if inside is None:
            inside = self._inside[transaction] = _RegistryInside(self)
        return inside

    def _renew(self) -> None:
        if self._loading is None or self._loading.done():
            self._loading = asyncio.get_running_loop().create_task(self._load_quietly())

    async def _load_quietly(self) -> None:
        try:
            await self.load()
            while self._load_again:
                self._load_again = False
                await self.load()
        except Exception:
            # The old snapshot serves on; the next request tries again after `max_age`.
            self._loaded_at = time.monotonic()
            _log.warning("could not renew the schema", exc_info=True)


class _RegistryInside(SchemaRegistry):
    """What one transaction knows of the classes: the common snapshot, until it reads them anew."""

    def __init__(self, common: SchemaRegistry) -> None:
        super().__init__(common.store, max_age=float("inf"), changes=common._changes)
        self._classes = common._classes
        self._common = common

    async def load(self) -> None:
        self._do_at_end(self._common.load)
        await super().load()

    def _is_overtaken(self) -> bool:
        return False

    async def _tell(self) -> None:
        # Others are told of what is kept, not of what may be rolled back.
        self._do_at_end(self._common.changed)

    def _do_at_end(self, action: Callable[[], Awaitable[None]]) -> None:
        transaction = self.store.current_transaction
        if transaction is not None:
            transaction.at_end(action)

    def _of_transaction(self) -> None:
        return None


def _stored_fields(schema: ClassSchema) -> dict[str, Field]:
    """The columns that a new class's entry lists: those of its definition and of its system."""
    common = ("objectId", "createdAt", "updatedAt", "ACL")
    hidden = ("password",) if schema.name == "_User" else ()
    return {
        name: column
        for name, column in schema.fields.items()
        if name not in common and name not in hidden
    }
