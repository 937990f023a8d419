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

    `judged` says that triggers decide for each reader.
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
    ) -> None:
        self._access = options.file_download
        self._store = store
        self._triggers = triggers or NoFileTriggers()

    def check(self, caller: Caller) -> None:
        """Raises 119."""
        check_download(caller, self._access)

    async def open(self, ctx: RequestContext, name: str) -> Download | None:
        """The file for a caller that has been `check`ed; `None` where there is none.

        Raises what triggers raise, as `Forbidden`.
        """
        triggers = self._triggers.of_files
        if triggers is None:
            file = await self._store.open(name)
            return None if file is None else Download(file, Shown(name))
        name = await self._chosen(ctx, triggers, name, f"Could not find file: {name}.")
        file = await self._store.open(name)
        if file is None:
            return None
        try:
            return await self._judged(ctx, triggers, file)
        except BaseException:
            await file.close()
            raise

    async def metadata(self, ctx: RequestContext, name: str) -> JSONObject | None:
        """What was stored with a file, under the same triggers as its bytes."""
        triggers = self._triggers.of_files
        if triggers is not None:
            name = await self._chosen(ctx, triggers, name, _NO_METADATA)
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
    ) -> str:
        if "beforeFind" not in triggers.names:
            return name
        url = file_url(ctx, name)
        return await _as_forbidden(triggers.before_find(ctx, name, url, unnamed))

    async def _judged(
        self, ctx: RequestContext, triggers: FileTriggers, file: OpenFile
    ) -> Download:
        stored = file.stored
        if "afterFind" not in triggers.names:
            return Download(file, Shown(stored.name), judged="beforeFind" in triggers.names)
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
