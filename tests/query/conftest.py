"""Both stores, holding nothing but the class of `tests.query.samples`."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest

from parsepy.protocol.find_parameters import SortKey
from parsepy.query.match import compile_matcher
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, Where
from parsepy.storage.base import Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.types import ParseObject
from tests.query.samples import SCHEMA


@dataclass(frozen=True)
class Stores:
    sqlite: Storage
    mongodb: Storage

    async def hold(self, documents: Sequence[ParseObject]) -> None:
        """Makes `documents` the only objects of the class."""
        for store in (self.sqlite, self.mongodb):
            await store.delete(SCHEMA, EVERYTHING)
            assert set(await store.insert_many(SCHEMA, documents)) == {None}

    async def disagreement(self, documents: Sequence[ParseObject], where: Where) -> str | None:
        """Who selects other objects than MongoDB, and which ones; `None` when all agree."""
        matches = compile_matcher(where)
        expected = set(await ids_of(self.mongodb, where))
        selected = {
            "matcher": {str(each["objectId"]) for each in documents if matches(each)},
            "SQLite": set(await ids_of(self.sqlite, where)),
        }
        for evaluator, found in selected.items():
            differing = [each for each in documents if each["objectId"] in found ^ expected]
            if differing:
                return f"{evaluator} selects {sorted(found)}, MongoDB {sorted(expected)}"
        return None


async def ids_of(store: Storage, where: Where, *order: SortKey) -> list[str]:
    only_ids = FindOptions(order=order, fields=frozenset(("objectId",)))
    return [str(found["objectId"]) for found in await store.find(SCHEMA, where, only_ids)]


@pytest.fixture
async def stores(mongodb_database_uri: str) -> AsyncIterator[Stores]:
    found = Stores(SQLiteStorage(":memory:"), MongoStorage(mongodb_database_uri))
    for store in (found.sqlite, found.mongodb):
        await store.start()
        await store.create_class(SCHEMA.definition)
    yield found
    for store in (found.sqlite, found.mongodb):
        await store.close()
