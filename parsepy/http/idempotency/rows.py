"""The rows of `_Idempotency`, laid out as parse-server's: both may look into one database.

They are the server's own book-keeping, not an app's objects: no permission, trigger or event has
a say, so they do not go through the object doors.
"""

from typing import Final

from parsepy.errors import DuplicateValue
from parsepy.objects.context import ObjectServices
from parsepy.protocol import dates, ids, values
from parsepy.protocol.operations import Changes, SetValue
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.types import ParseObject

CLASS_NAME: Final = "_Idempotency"
REQUEST: Final = "request"
ANSWER: Final = "answer"


class Rows:
    def __init__(self, services: ObjectServices, ttl: float) -> None:
        self._services = services
        self._ttl_ms = int(ttl * 1000)

    async def claim(self, request_id: str, fingerprint: str | None) -> str | None:
        """The new row's id; `None` when there is one for the request id. Exact in a race: the
        unique index decides. A row that has expired counts for nothing, though the store's own
        cleaning may be up to a minute late."""
        claimed = await self._insert(request_id, fingerprint)
        if claimed is None and await self._delete_expired(request_id):
            claimed = await self._insert(request_id, fingerprint)
        return claimed

    async def find(self, request_id: str) -> ParseObject | None:
        schema = await self._services.schemas.get(CLASS_NAME)
        where = tree.Equal(tree.Path("reqId"), request_id)
        rows = await self._services.storage.find(schema, where, ONE)
        return rows[0] if rows else None

    async def keep_answer(self, row_id: str, answer: str) -> None:
        schema = await self._services.schemas.get(CLASS_NAME)
        changes: Changes = {ANSWER: SetValue(answer), "updatedAt": SetValue(dates.now())}
        await self._services.storage.update(schema, _has_id(row_id), changes)

    async def release(self, row_id: str) -> None:
        schema = await self._services.schemas.get(CLASS_NAME)
        await self._services.storage.delete(schema, _has_id(row_id))

    async def _insert(self, request_id: str, fingerprint: str | None) -> str | None:
        now = dates.now()
        row: ParseObject = {
            "objectId": ids.new_object_id(self._services.options.object_id_size),
            "createdAt": now,
            "updatedAt": now,
            "reqId": request_id,
            "expire": values.date(dates.format_ms(dates.now_ms() + self._ttl_ms)),
        }
        if fingerprint is not None:
            row[REQUEST] = fingerprint
        schema = await self._services.schemas.get(CLASS_NAME)
        try:
            await self._services.storage.insert(schema, row)
        except DuplicateValue:
            return None
        return str(row["objectId"])

    async def _delete_expired(self, request_id: str) -> int:
        schema = await self._services.schemas.get(CLASS_NAME)
        expired = tree.And(
            (
                tree.Equal(tree.Path("reqId"), request_id),
                tree.Compare(
                    tree.Path("expire", schema.types["expire"]), "<", values.date(dates.now())
                ),
            )
        )
        return await self._services.storage.delete(schema, expired)


def _has_id(row_id: str) -> tree.Where:
    return tree.Equal(tree.Path("objectId"), row_id)
