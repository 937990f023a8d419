"""The objects that may mention files: all of a database, or those that changed lately."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from parsepy.copying.inventory import STATE_CLASS, size_of
from parsepy.files.sweep.mentions import names_in
from parsepy.protocol import dates
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.parse import parse_where
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.schema.system_classes import CLOSED_CLASSES, VOLATILE_CLASSES, is_join
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, JSONValue, ParseObject

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Referrers:
    """The classes of one app; `prefix` is its collection prefix, `others` are those of the apps
    beside it in the same MongoDB, which have their files in the same bucket."""

    storage: Storage
    prefix: str = ""
    others: tuple[str, ...] = ()

    async def classes(self) -> list[ClassSchema]:
        """All that have objects, whether a schema knows them or not."""
        defined = {each.name: ClassSchema(each) for each in await self.storage.load_classes()}
        names = (await self.storage.stored_names()).classes
        return [
            defined.get(name) or missing_class(name)
            for name in sorted(names)
            if not self._is_passed_over(name)
        ]

    def _is_passed_over(self, name: str) -> bool:
        if is_join(name) or name in CLOSED_CLASSES or name == STATE_CLASS:
            return True
        return f"{self.prefix}{name}".startswith(self._longer_prefixes)

    @property
    def _longer_prefixes(self) -> tuple[str, ...]:
        return tuple(each for each in self.others if len(each) > len(self.prefix))

    async def size(self, schema: ClassSchema) -> int:
        return await size_of(self.storage, schema.name)

    async def mentioned(self, schema: ClassSchema) -> AsyncIterator[tuple[int, set[str]]]:
        """Of each batch the number of objects, and what they mention."""
        async for batch in self.storage.scan(schema):
            names = _names(each.document for each in batch)
            unread = [each.document["objectId"] for each in batch if each.left_out]
            if unread:
                names |= await self._in_rows(schema, unread)
            yield len(batch), names

    async def _in_rows(self, schema: ClassSchema, ids: list[JSONValue]) -> set[str]:
        """What the rows mention as they are stored: columns too that no schema knows."""
        named: JSONObject = {"$match": {"_id": {"$in": ids}}}
        rows = await self.storage.aggregate(schema, [named])
        if len(rows) < len(ids):
            # Other programs have ids that are no texts. No index helps with those.
            by_text: JSONObject = {"$in": [{"$toString": "$_id"}, ids]}
            rows += await self.storage.aggregate(schema, [{"$match": {"$expr": by_text}}])
        return {name for row in rows for name in names_in(row)}

    async def mentioned_since(
        self, schema: ClassSchema, since: datetime
    ) -> AsyncIterator[set[str]]:
        """What objects mention that were changed since then."""
        if schema.name in VOLATILE_CLASSES:
            # Their rows need not say when they were changed.
            async for _, names in self.mentioned(schema):
                yield names
            return
        changed = _changed_since(schema, since)
        where, options = changed, FindOptions(order=(("objectId", False),), limit=_BATCH)
        while rows := await self.storage.find(schema, where, options):
            yield _names(rows)
            last = tree.Compare(tree.Path("objectId"), ">", str(rows[-1]["objectId"]))
            where = tree.both(changed, last)


def _changed_since(schema: ClassSchema, since: datetime) -> tree.Where:
    iso = dates.format_ms(round(since.timestamp() * 1000))
    given: JSONValue = {"updatedAt": {"$gte": {"__type": "Date", "iso": iso}}}
    return parse_where(given, schema.types)


def _names(documents: Iterable[ParseObject]) -> set[str]:
    return {name for document in documents for name in names_in(document)}
