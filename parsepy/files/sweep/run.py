"""A sweep from its first look to its last: the steps stand in `Sweep.run`.

Servers may run meanwhile. A file is deleted when it is old, when no object mentioned it when the
sweep looked through its class, and when no object that was changed since does: that is looked up
again right before, for every `AT_ONCE` files. What remains is an object that is saved with an old
file, which nothing mentioned before, within the moment in which these files are deleted.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from parsepy.copying.state import read_state
from parsepy.errors import Code, ParseError
from parsepy.files import acls
from parsepy.files.acls import FileAcls
from parsepy.files.base import FileStore, LeftoversHidden, StoredFile
from parsepy.files.state_file import NOTHING, Sum
from parsepy.files.sweep.referrers import Referrers
from parsepy.files.sweep.worklist import Listed, Status, Worklist, before_now
from parsepy.options.definitions.files import OWNER
from parsepy.protocol import clock, dates
from parsepy.schema.system_classes import FILE_ACCESS_CLASS
from parsepy.telemetry.progress import Progress

AT_ONCE: Final = 200
"""Files that are deleted between two looks."""
_LISTED_AT_ONCE: Final = 1000
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""By how much the clock of a server may be behind this one's."""
_NOW: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Settings:
    """`everything`: delete even where nothing mentions any file."""

    older_than: timedelta
    delete: bool = False
    everything: bool = False


@dataclass(slots=True)
class Report:
    """Leftovers are bytes of uploads that broke off, `rows` ACLs of files that are gone."""

    files: dict[Status, Sum] = field(default_factory=dict)
    leftovers: Sum = NOTHING
    rows: int = 0
    kept_leftovers: int = 0
    """That grew, or became files, while they were looked at."""
    hidden_leftovers: str | None = None
    """Why the store does not show any."""

    @property
    def has_findings(self) -> bool:
        return bool(self.files[Status.UNMENTIONED].number or self.leftovers.number or self.rows)


class Sweep:
    """`referrers` are all databases whose objects may mention files of `store`; the first one is
    the app's own, which has the ACLs."""

    def __init__(
        self,
        store: FileStore,
        referrers: Sequence[Referrers],
        worklist: Worklist,
        settings: Settings,
        progress: Progress,
    ) -> None:
        self._store = store
        self._referrers = referrers
        self._worklist = worklist
        self._settings = settings
        self._progress = progress
        self._report = Report()
        self._last_look = self._before = before_now(clock.now_ms(), settings.older_than)

    async def run(self, place: str) -> Report:
        """Raises `ParseError` 1 where a sweep would do harm. Whatever ends it, it may be continued
        with the same worklist."""
        await self._check()
        self._before = self._worklist.open(place, self._before)
        await self._list_files()
        self._last_look = self._begun()
        await self._look_through()
        await self._look_again()
        if self._settings.delete:
            self._check_mentions()
            await self._delete_orphans()
        await self._clear_leftovers()
        await self._clear_rows()
        self._report.files = self._worklist.sums()
        return self._report

    async def _check(self) -> None:
        for each in self._referrers:
            if await read_state(each.storage) is not None:
                raise ParseError(
                    Code.INTERNAL,
                    "The database is an unfinished copy: objects that it lacks mention files."
                    " Finish it with `parsepy copy … --resume`.",
                )

    # -- finding

    async def _list_files(self) -> None:
        if self._worklist.get("listed") is not None:
            return
        self._begin_now()
        self._progress.begin("Listing files", 0)
        async for page in _pages(self._store.stored()):
            self._worklist.add(page, self._before)
        self._worklist.set("listed", "1")

    def _begin_now(self) -> None:
        """From here on changes count: objects are looked through later."""
        self._worklist.set("begun", before_now(clock.now_ms(), _NOW).isoformat())

    def _begun(self) -> datetime:
        return datetime.fromisoformat(str(self._worklist.get("begun")))

    async def _look_through(self) -> None:
        for referrers in self._referrers:
            for schema in await referrers.classes():
                label = f"{referrers.prefix}{schema.name}"
                if self._worklist.has_seen(label):
                    continue
                self._progress.begin(label, await referrers.size(schema))
                async for number, names in referrers.mentioned(schema):
                    self._worklist.mention(names)
                    self._progress.advance(number)
                self._worklist.see(label)

    async def _look_again(self) -> None:
        """At what was changed since the last look."""
        since, now = self._last_look - _CLOCKS_DIFFER, before_now(clock.now_ms(), _NOW)
        for referrers in self._referrers:
            for schema in await referrers.classes():
                async for names in referrers.mentioned_since(schema, since):
                    self._worklist.mention(names)
        self._last_look = now

    # -- deleting

    def _check_mentions(self) -> None:
        sums = self._worklist.sums()
        if self._settings.everything or sums[Status.MENTIONED].number:
            return
        if sums[Status.UNMENTIONED].number and not sums[Status.DELETED].number:
            raise ParseError(
                Code.INTERNAL,
                "Nothing in this database mentions any of the files. If it is the right one, say"
                " --all to delete them.",
            )

    async def _delete_orphans(self) -> None:
        self._progress.begin("Deleting", self._worklist.sums()[Status.UNMENTIONED].number)
        last = ""
        while self._worklist.page(Status.UNMENTIONED, last, 1):
            await self._look_again()
            for file in self._worklist.page(Status.UNMENTIONED, last, AT_ONCE):
                await self._delete(file)
                self._progress.advance(1)
                last = file.name

    async def _delete(self, listed: Listed) -> None:
        found = await self._store.find(listed.name)
        if found is not None:
            if self._is_another(found, listed):
                return
            await self._store.delete(listed.name)
        await self._acls.forget([listed.name])
        self._worklist.deleted(listed.name)

    def _is_another(self, found: StoredFile, listed: Listed) -> bool:
        """Whether it was stored anew since, as far as the store tells."""
        if found.length != listed.length:
            return True
        if found.uploaded_at is not None:
            # Versions may hold the time, which some services list finer than they tell of one file.
            return found.uploaded_at >= self._before
        return listed.version not in ("", found.version)

    async def _clear_leftovers(self) -> None:
        self._progress.begin("Broken uploads", 0)
        number = size = 0
        try:
            async for leftover in self._store.leftovers(self._before):
                if self._settings.delete and not await self._store.remove_leftover(leftover):
                    self._report.kept_leftovers += 1
                    continue
                number, size = number + 1, size + leftover.size
        except LeftoversHidden as hidden:
            self._report.hidden_leftovers = str(hidden)
        self._report.leftovers = Sum(number, size)

    async def _clear_rows(self) -> None:
        """ACLs of uploads whose server was killed, and of files that others have deleted."""
        storage = self._referrers[0].storage
        if FILE_ACCESS_CLASS not in (await storage.stored_names()).classes:
            return
        async for batch in storage.scan(acls.SCHEMA):
            for row in batch:
                name, written = str(row.document["objectId"]), row.document["updatedAt"]
                moment = dates.parse(str(written))
                if moment is None or moment >= self._before:
                    continue
                if self._worklist.has(name) or await self._store.find(name) is not None:
                    continue
                self._report.rows += 1
                if self._settings.delete:
                    await self._acls.forget([name])

    @property
    def _acls(self) -> FileAcls:
        return FileAcls(self._referrers[0].storage, OWNER)


async def _pages(files: AsyncIterator[StoredFile]) -> AsyncIterator[list[StoredFile]]:
    page: list[StoredFile] = []
    async for file in files:
        page.append(file)
        if len(page) == _LISTED_AT_ONCE:
            yield page
            page = []
    yield page
