"""The objects of one class: copied into an empty one, or brought up to the source's."""

from collections.abc import AsyncIterator, Sequence
from typing import Final, NamedTuple

import orjson

from parsepy.copying.digest import digest_of
from parsepy.copying.report import Part, Report
from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.query.options import FindOptions
from parsepy.query.tree import In, Path
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.storage.scanned import Scanned
from parsepy.telemetry.progress import Progress
from parsepy.types import ParseObject

_ID: Final = Path("objectId")
_ONLY_ID: Final = FindOptions(fields=frozenset(("objectId",)))
_OBJECT_ID_DIGITS: Final = 24


class Twins(NamedTuple):
    """An object of the source, and the target's of the same id."""

    ours: Scanned
    theirs: ParseObject | None

    @property
    def object_id(self) -> str:
        return id_of(self.ours.document)

    @property
    def same(self) -> bool:
        return self.theirs is not None and digest_of(self.ours.document) == digest_of(self.theirs)


class ObjectCopy:
    """Copies one class. What the target does not take is noted, the rest goes on."""

    def __init__(
        self,
        source: Storage,
        target: Storage,
        schema: ClassSchema,
        part: Part,
        report: Report,
        progress: Progress,
    ) -> None:
        self._source = source
        self._target = target
        self._schema = schema
        self._part = part
        self._report = report
        self._progress = progress

    async def fill(self) -> None:
        """For a target that has nothing of the class."""
        async for batch in self._source.scan(self._schema):
            await self._insert(batch)
            self._progress.advance(len(batch))

    async def reconcile(self) -> None:
        """For a target that has some of the class, perhaps as it was some time ago."""
        async for twins in twins_of(self._source, self._target, self._schema):
            stale = [twin.object_id for twin in twins if twin.theirs and not twin.same]
            if stale:
                await self._target.delete(self._schema, In(_ID, (*stale,)))
            await self._insert([twin.ours for twin in twins if not twin.same])
            self._progress.advance(len(twins))
        await self._delete_strays()

    async def _delete_strays(self) -> None:
        """Objects that the source has deleted since they were copied."""
        async for ids in strays(self._source, self._target, self._schema):
            await self._target.delete(self._schema, In(_ID, (*ids,)))

    async def _insert(self, batch: Sequence[Scanned]) -> None:
        documents = [each.document for each in batch if self._is_speakable(each)]
        if not documents:
            return
        try:
            refusals = await self._target.insert_many(self._schema, documents)
        except ParseError as error:
            if error.code == Code.INTERNAL:
                raise
            await self._insert_singly(documents)
            return
        for document, refusal in zip(documents, refusals, strict=True):
            self._conclude(document, refusal)

    async def _insert_singly(self, documents: Sequence[ParseObject]) -> None:
        """The target refused one of them, and may have taken others before."""
        present = await ids_in(self._target, self._schema, [id_of(each) for each in documents])
        for document in documents:
            if id_of(document) in present:
                self._part.written += 1
                continue
            try:
                self._conclude(document, *await self._target.insert_many(self._schema, [document]))
            except ParseError as error:
                if error.code == Code.INTERNAL:
                    raise
                self._note(document, f"the target refuses it ({error.message})")

    def _conclude(self, document: ParseObject, refusal: DuplicateValue | None) -> None:
        if refusal is None:
            self._part.written += 1
        else:
            field = refusal.field or "a unique field"
            self._note(document, f"the target has another object with its value of {field}")

    def _is_speakable(self, scanned: Scanned) -> bool:
        """Notes what of the row is no part of the object; false when the object cannot be told."""
        for column in scanned.left_out:
            self._note(scanned.document, f"column {column} cannot be carried over")
        try:
            orjson.dumps(scanned.document)
        except TypeError:
            self._note(scanned.document, "it holds a value that JSON has no form for")
            return False
        return True

    def _note(self, document: ParseObject, reason: str) -> None:
        self._report.note(self._schema.name, reason, id_of(document))


async def twins_of(
    source: Storage, target: Storage, schema: ClassSchema
) -> AsyncIterator[list[Twins]]:
    async for batch in source.scan(schema):
        ids = tuple(id_of(each.document) for each in batch)
        found = await target.find(schema, In(_ID, ids))
        theirs = {id_of(document): document for document in found}
        yield [Twins(each, theirs.get(id_of(each.document))) for each in batch]


async def strays(source: Storage, target: Storage, schema: ClassSchema) -> AsyncIterator[list[str]]:
    """Ids in the target that the source does not have."""
    async for batch in target.scan(schema):
        ids = [id_of(each.document) for each in batch]
        present = await ids_in(source, schema, ids)
        missing = [each for each in ids if each not in present and not _may_be_object_id(each)]
        if missing:
            yield missing


async def ids_in(storage: Storage, schema: ClassSchema, ids: Sequence[str]) -> set[str]:
    found = await storage.find(schema, In(_ID, (*ids,)), _ONLY_ID)
    return {id_of(document) for document in found}


def id_of(document: ParseObject) -> str:
    return str(document["objectId"])


def _may_be_object_id(text: str) -> bool:
    """A MongoDB may hold an old id as ObjectId, which no query for its text finds."""
    return len(text) == _OBJECT_ID_DIGITS and all(letter in "0123456789abcdef" for letter in text)
