"""Whether the target holds what the source holds: counts and checksums, then which objects."""

from parsepy.copying import relations
from parsepy.copying.digest import Total
from parsepy.copying.objects import id_of, strays, twins_of
from parsepy.copying.report import Part, Report
from parsepy.protocol import dates
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.telemetry.progress import Progress
from parsepy.types import ParseObject


class Verification:
    """Compares. `since` is when the copy began, if that is known."""

    def __init__(
        self,
        source: Storage,
        target: Storage,
        report: Report,
        progress: Progress,
        since: str | None,
    ) -> None:
        self._source = source
        self._target = target
        self._report = report
        self._progress = progress
        self._since = since

    async def of_class(self, schema: ClassSchema, part: Part) -> None:
        ours = await self._total(self._source, schema)
        theirs = await self._total(self._target, schema)
        part.rows, part.identical = ours.count, ours == theirs
        if not part.identical:
            await self._pinpoint(schema)

    async def of_relation(self, join_class: str, part: Part) -> None:
        ours = await relations.total_of(self._source, join_class)
        theirs = await relations.total_of(self._target, join_class)
        part.rows, part.identical = ours.count, ours == theirs
        self._progress.advance(2 * ours.count)
        if not part.identical:
            self._report.note(
                join_class, "rows differ", f"{ours.count} at the source, {theirs.count} copied"
            )

    async def _total(self, storage: Storage, schema: ClassSchema) -> Total:
        total = Total()
        async for batch in storage.scan(schema):
            total.add(each.document for each in batch)
            self._progress.advance(len(batch))
        return total

    async def _pinpoint(self, schema: ClassSchema) -> None:
        async for twins in twins_of(self._source, self._target, schema):
            for twin in twins:
                if not twin.same:
                    reason = "missing in the target" if twin.theirs is None else "different"
                    self._note(schema.name, reason, twin.ours.document)
        async for ids in strays(self._source, self._target, schema):
            for object_id in ids:
                self._report.note(schema.name, "not at the source (any more)", object_id)

    def _note(self, class_name: str, reason: str, document: ParseObject) -> None:
        if self._since is not None and _changed_at(document) >= self._since:
            reason = "written at the source after the copy began"
        self._report.note(class_name, reason, id_of(document))


def _changed_at(document: ParseObject) -> str:
    iso = document.get("updatedAt")
    return (dates.normalise(iso) or "") if isinstance(iso, str) else ""
