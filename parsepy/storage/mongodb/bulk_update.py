"""Many updates in three round trips instead of one each.

The database tells of a bulk write how many updates found their object, not which. So it is done in
a transaction: when all did, it is kept, else nothing has happened and they are done one by one.
"""

from collections.abc import Sequence
from typing import Final

from pymongo import UpdateOne

from parsepy.errors import TransactionLost
from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.errors import WRITING
from parsepy.storage.mongodb.transaction import Transactions
from parsepy.storage.mongodb.update import compile_update
from parsepy.storage.mongodb.where import compile_where
from parsepy.storage.updates import Update
from parsepy.types import ParseObject

WORTH_IT: Final = 8
"""With fewer updates a transaction saves nothing."""


class _NotAll(Exception):
    """Some update did not find its object."""


class BulkUpdates:
    __slots__ = ("_bindings", "_transactions")

    def __init__(self, bindings: Bindings, transactions: Transactions) -> None:
        self._bindings = bindings
        self._transactions = transactions

    async def at_once(
        self, schema: ClassSchema, updates: Sequence[Update]
    ) -> list[ParseObject] | None:
        """The objects after the updates; `None` when nothing was done, because one was refused,
        did not find its object, or met another writer. Raises what a commit raises."""
        found: list[ParseObject] | None = None
        try:
            async with self._transactions.scope():
                found = await self._transactions.within(self._update(schema, updates))
        except TransactionLost:
            return None
        except Exception:
            # After the updates only the commit can have failed: nobody may guess how it ended.
            if found is not None:
                raise
            return None
        return found

    async def _update(self, schema: ClassSchema, updates: Sequence[Update]) -> list[ParseObject]:
        binding = self._bindings.of(schema)
        columns = binding.columns
        requests = [
            UpdateOne(compile_where(columns, each.where), compile_update(columns, each.changes))
            for each in updates
        ]
        ids = [columns.id(each.object_id) for each in updates]
        with WRITING:
            result = await binding.collection.bulk_write(requests)
            if result.matched_count < len(updates):
                raise _NotAll
            documents = await binding.collection.find({"_id": {"$in": ids}}).to_list()
        after = {document["_id"]: document for document in documents}
        return [binding.decode(after[each]) for each in ids]


def worth_it(updates: Sequence[Update]) -> bool:
    """Whether they are many, each of another object: the answer to each tells its own result."""
    return len({each.object_id for each in updates}) == len(updates) >= WORTH_IT
