"""Changes of indexes, made whole or not at all, on stores that have no such thing."""

from collections.abc import Mapping

from parsepy import errors
from parsepy.errors import DuplicateValue, ParseError
from parsepy.schema.classes import ClassSchema
from parsepy.schema.index_change import IndexChange, NewIndex
from parsepy.schema.index_options import PLAIN
from parsepy.schema.store import SchemaStore


async def create_indexes(
    store: SchemaStore, schema: ClassSchema, wanted: Mapping[str, NewIndex]
) -> None:
    """Raises 102, 137; then the indexes that came with the refused one are gone."""
    made: list[str] = []
    try:
        for name, new in wanted.items():
            await store.create_index(schema, name, new.key, new.options)
            made.append(name)
    except (ParseError, DuplicateValue) as refused:
        for name in made:
            await store.drop_index(schema, name)
        if isinstance(refused, DuplicateValue):
            raise errors.duplicate_value() from None
        raise


async def change_indexes(store: SchemaStore, schema: ClassSchema, change: IndexChange) -> None:
    """Makes what is new, then drops what is to go. Raises 102, 137; then all is as it was."""
    try:
        await create_indexes(store, schema, change.added)
    except ParseError:
        if not change.dropped:
            raise
        # One may stand in the way of the other: a class has one text index.
        await _replace(store, schema, change)
        return
    for name in change.dropped:
        await store.drop_index(schema, name)


async def _replace(store: SchemaStore, schema: ClassSchema, change: IndexChange) -> None:
    options = await store.index_options(schema)
    old = {
        name: NewIndex(schema.definition.indexes[name], options.get(name, PLAIN))
        for name in change.dropped
    }
    for name in old:
        await store.drop_index(schema, name)
    try:
        await create_indexes(store, schema, change.added)
    except ParseError:
        await create_indexes(store, schema, old)
        raise
