"""Text indexes made on demand, as parse-server makes them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage import text_index
from parsepy.storage.mongodb.indexes import Indexes
from parsepy.storage.text_index import TEXT, TextIndexMissing
from parsepy.types import JSONObject

Result = TypeVar("Result")


class TextIndexes:
    def __init__(self, indexes: Indexes, check_alterable: Callable[[], None]) -> None:
        self._indexes = indexes
        self._check_alterable = check_alterable
        # Until it is read anew, a schema does not tell what was made for it.
        self._known: Final[WeakKeyDictionary[ClassSchema, ClassSchema]] = WeakKeyDictionary()

    async def search(
        self, schema: ClassSchema, where: Where, work: Callable[[], Awaitable[Result]]
    ) -> Result:
        """What `work` answers to a `where` that searches texts. Raises 102."""
        if text_index.unserved(self._known.get(schema, schema), where) is not None:
            await self._make(schema, where)
        try:
            return await work()
        except TextIndexMissing:
            # It was dropped by somebody who did not record that.
            await self._make(schema, where)
            return await work()

    async def _make(self, schema: ClassSchema, where: Where) -> None:
        """Goes by the indexes that there are: those of others may not be recorded."""
        self._check_alterable()
        current = _with_indexes(schema, await self._indexes.keys(schema.name))
        field = text_index.unserved(current, where)
        if field is not None:
            current = await self._made(current, where, field)
        await self._indexes.record(schema.name)
        self._known[schema] = current

    async def _made(self, schema: ClassSchema, where: Where, field: str) -> ClassSchema:
        indexes = schema.definition.indexes
        if text_index.recorded(indexes) is not None:
            raise text_index.held_by_another(schema.name, field)
        index = text_index.made_for(field)
        key: JSONObject = {field: TEXT}
        await self._indexes.create(schema.name, index.name, key)
        current = _with_indexes(schema, {**indexes, index.name: key})
        other = text_index.unserved(current, where)
        if other is not None:
            raise text_index.held_by_another(schema.name, other)
        return current


def _with_indexes(schema: ClassSchema, indexes: dict[str, JSONObject]) -> ClassSchema:
    return ClassSchema(replace(schema.definition, indexes=indexes), exists=schema.exists)
