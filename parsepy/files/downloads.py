"""A download from its name to the file that is sent: whoever asks, by whichever door.

Every way to a file's bytes or to what is known of it goes through here, before the first byte.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final, TypeVar

from parsepy.errors import Forbidden, ParseError
from parsepy.files import content as contents
from parsepy.files.access import check_download
from parsepy.files.base import FileStore, OpenFile
from parsepy.files.content import Content
from parsepy.files.gate import Gate
from parsepy.files.held import HeldFile
from parsepy.files.ports import FileTriggers, NoFileTriggers, Shown, TriggersForFiles
from parsepy.files.response_headers import check_headers
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url
from parsepy.options.model import ServerOptions
from parsepy.permissions.caller import Caller
from parsepy.types import JSONObject

Result = TypeVar("Result")

_NO_METADATA: Final = "Could not get file metadata."


@dataclass(frozen=True, slots=True)
class Download:
    """A file that may be sent. Whoever gets it closes `file`.

    `judged` says that triggers or ACLs decide for each reader.
    """

    file: OpenFile
    shown: Shown
    judged: bool = False


class Downloads:
    def __init__(
        self,
        options: ServerOptions,
        store: FileStore,
        triggers: TriggersForFiles | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._access = options.file_download
        self._gate = gate or Gate()
        self._store = store
        self._triggers = triggers or NoFileTriggers()

    def check(self, caller: Caller) -> None:
        """Raises 119."""
        check_download(caller, self._access)

    async def open(self, ctx: RequestContext, name: str, query: str = "") -> Download | None:
        """The file for a caller that has been `check`ed, at an address with that query string;
        `None` where there is none, or he may not read it.

        Raises 119, and what triggers raise, as `Forbidden`.
        """
        if not await self._gate.opens(ctx, name, query):
            return None
        triggers = self._triggers.of_files
        if triggers is None:
            file = await self._store.open(name)
            judged = self._gate.differs_by_reader
            return None if file is None else Download(file, Shown(name), judged)
        unnamed = f"Could not find file: {name}."
        chosen = await self._chosen(ctx, triggers, name, unnamed)
        if chosen is None:
            return None
        file = await self._store.open(chosen)
        if file is None:
            return None
        try:
            return await self._judged(ctx, triggers, file)
        except BaseException:
            await file.close()
            raise

    async def metadata(self, ctx: RequestContext, name: str, query: str = "") -> JSONObject | None:
        """What was stored with a file, under the same rules and triggers as its bytes."""
        if not await self._gate.opens(ctx, name, query):
            return None
        triggers = self._triggers.of_files
        if triggers is not None:
            chosen = await self._chosen(ctx, triggers, name, _NO_METADATA)
            if chosen is None:
                return None
            name = chosen
        stored = await self._store.find(name)
        if stored is None:
            return None
        if triggers is not None and "afterFind" in triggers.names:
            read = Content(lambda: contents.stored(self._store, name))
            url = file_url(ctx, name)
            await _as_forbidden(triggers.after_find(ctx, stored, url, read, _NO_METADATA))
        return stored.metadata

    async def _chosen(
        self, ctx: RequestContext, triggers: FileTriggers, name: str, unnamed: str
    ) -> str | None:
        """The file that a trigger names instead; `None` where its ACL keeps it from the caller."""
        if "beforeFind" not in triggers.names:
            return name
        url = file_url(ctx, name)
        chosen = await _as_forbidden(triggers.before_find(ctx, name, url, unnamed))
        return chosen if chosen == name or await self._gate.shows(ctx, chosen) else None

    async def _judged(
        self, ctx: RequestContext, triggers: FileTriggers, file: OpenFile
    ) -> Download:
        stored = file.stored
        if "afterFind" not in triggers.names:
            judged = self._gate.differs_by_reader or "beforeFind" in triggers.names
            return Download(file, Shown(stored.name), judged)
        read = Content(lambda: file.read(0, stored.length))
        url = file_url(ctx, stored.name)
        unnamed = f"Could not find file: {stored.name}."
        shown = await _as_forbidden(triggers.after_find(ctx, stored, url, read, unnamed))
        check_headers(shown.headers)
        if shown.data is not None:
            await file.close()
            file = HeldFile.made(shown.name, shown.data, stored.metadata)
        return Download(file, shown, judged=True)


async def _as_forbidden(judgement: Awaitable[Result]) -> Result:
    """What triggers refuse is a 403, with their code."""
    try:
        return await judgement
    except ParseError as error:
        raise Forbidden(error.code, error.message) from error
