"""Rows of relations, and the roles that follow from two of them."""

from collections.abc import Sequence

from pymongo import DeleteMany, UpdateOne

from parsepy.schema.system_classes import join_class
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING, WRITING


class Relations:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def change(
        self, join: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        # A row is looked for as a whole and written as a whole: without a unique index, which
        # parse-server does not make either, this is what keeps rows single.
        changes: list[UpdateOne | DeleteMany] = [
            UpdateOne(row, {"$set": row}, upsert=True)
            for row in ({"owningId": owning_id, "relatedId": related} for related in added)
        ]
        if removed:
            rows = {"owningId": owning_id, "relatedId": {"$in": list(removed)}}
            changes.append(DeleteMany(rows))
        if changes:
            with WRITING:
                await self._connection.collection(join).bulk_write(changes)

    async def related_ids(self, join: str, owning_id: str) -> list[str]:
        return await self._ids(join, {"owningId": owning_id}, "relatedId")

    async def owning_ids(self, join: str, related_ids: Sequence[str]) -> list[str]:
        return await self._ids(join, {"relatedId": {"$in": list(related_ids)}}, "owningId")

    async def _ids(self, join: str, condition: Document, column: str) -> list[str]:
        with READING:
            found = self._connection.collection(join).find(condition, {"_id": 0, column: 1})
            rows = await found.to_list()
        return list(dict.fromkeys(str(row[column]) for row in rows if column in row))

    async def role_names(self, user_id: str) -> list[str]:
        users = self._connection.collection(join_class("users", "_Role"))
        with READING:
            cursor = await users.aggregate(self._role_pipeline(user_id))
            found = await cursor.to_list()
        names = found[0]["names"] if found else []
        return list(dict.fromkeys(name for name in names if isinstance(name, str)))

    def _role_pipeline(self, user_id: str) -> list[Document]:
        """A row of `roles` gives the users of its related role the owning role as well."""
        prefix = self._connection.prefix
        return [
            {"$match": {"relatedId": user_id}},
            {"$group": {"_id": None, "direct": {"$addToSet": "$owningId"}}},
            {
                "$graphLookup": {
                    "from": prefix + join_class("roles", "_Role"),
                    "startWith": "$direct",
                    "connectFromField": "owningId",
                    "connectToField": "relatedId",
                    "as": "inherited",
                }
            },
            {"$project": {"ids": {"$setUnion": ["$direct", "$inherited.owningId"]}}},
            {
                "$lookup": {
                    "from": prefix + "_Role",
                    "localField": "ids",
                    "foreignField": "_id",
                    "as": "roles",
                }
            },
            {"$project": {"names": "$roles.name"}},
        ]
