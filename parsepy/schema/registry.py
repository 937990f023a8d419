"""The classes of one app, as a snapshot that is replaced whole and never changed."""

import asyncio
import logging
import time
from collections.abc import Mapping

from parsepy import errors
from parsepy.errors import ClassExists
from parsepy.protocol.field_types import FieldType
from parsepy.schema import enforcement
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class
from parsepy.schema.store import SchemaStore
from parsepy.schema.system_classes import is_valid_class_name, is_volatile

_log = logging.getLogger(__name__)


class SchemaRegistry:
    """Hands out class schemas without asking the store, and changes them through it.

    A snapshot older than `max_age` seconds is renewed in the background by the next request, so
    that another server's changes to a shared database are seen; a class or field that is unknown
    here is looked up before it is believed missing.
    """

    def __init__(self, store: SchemaStore, *, max_age: float) -> None:
        self.store = store
        self._max_age = max_age
        self._classes: dict[str, ClassSchema] = {}
        self._loaded_at = 0.0
        self._loads_begun = 0
        self._newest_load = 0
        self._loading: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Reads all classes. A read that is overtaken by a later one changes nothing: it may hold
        permissions that have been withdrawn since."""
        self._loads_begun += 1
        number = self._loads_begun
        definitions = await self.store.load_classes()
        if number < self._newest_load:
            return
        self._newest_load = number
        self._classes = {
            definition.name: ClassSchema(definition)
            for definition in definitions
            if not is_volatile(definition.name)
        }
        self._loaded_at = time.monotonic()

    async def get(self, name: str) -> ClassSchema:
        """The schema of `name`; one with `exists` false when no store knows the class."""
        schema = self._classes.get(name)
        if schema is None:
            if not is_volatile(name):
                await self.load()
            return self._classes.get(name) or missing_class(name)
        if time.monotonic() - self._loaded_at > self._max_age:
            self._renew()
        return schema

    def known(self) -> list[ClassSchema]:
        return list(self._classes.values())

    async def ensure_class(self, schema: ClassSchema) -> ClassSchema:
        """Creates the class when no store knows it yet. Raises 107 for a bad name."""
        if schema.exists:
            return schema
        if not is_valid_class_name(schema.name):
            raise errors.invalid_json("schema class name does not revalidate")
        async with self._changing:
            try:
                await self.store.create_class(ClassDefinition(schema.name, _stored_fields(schema)))
            except ClassExists:
                _log.debug("class %s was created by another request", schema.name)
            await self.load()
        return await self.get(schema.name)

    async def ensure_fields(
        self, schema: ClassSchema, wanted: Mapping[str, FieldType]
    ) -> ClassSchema:
        """Adds the fields that the class lacks. Raises 111 when one came with another type."""
        if not enforcement.new_fields(schema, wanted):
            return schema
        if is_volatile(schema.name):
            return schema
        async with self._changing:
            await self.load()
            current = self._classes.get(schema.name) or schema
            enforcement.check_types(current, wanted)
            for name, type_ in enforcement.new_fields(current, wanted).items():
                await self.store.add_field(schema.name, name, Field(type_))
            await self.load()
        current = self._classes.get(schema.name) or schema
        enforcement.check_types(current, wanted)
        return current

    async def close(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)

    def _renew(self) -> None:
        if self._loading is None or self._loading.done():
            self._loading = asyncio.get_running_loop().create_task(self._load_quietly())

    async def _load_quietly(self) -> None:
        try:
            await self.load()
        except Exception:
            # The old snapshot serves on; the next request tries again after `max_age`.
            self._loaded_at = time.monotonic()
            _log.warning("could not renew the schema", exc_info=True)


def _stored_fields(schema: ClassSchema) -> dict[str, Field]:
    """The columns that a new class's entry lists: those of its definition and of its system."""
    common = ("objectId", "createdAt", "updatedAt", "ACL")
    hidden = ("password",) if schema.name == "_User" else ()
    return {
        name: column
        for name, column in schema.fields.items()
        if name not in common and name not in hidden
    }
