"""Removing a file."""

from parsepy.errors import Code, ParseError
from parsepy.files.access import check_delete
from parsepy.files.acls import FileAcls
from parsepy.files.base import FileStore
from parsepy.files.ports import NoFileTriggers, TriggersForFiles
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url


class Removals:
    def __init__(
        self,
        store: FileStore,
        triggers: TriggersForFiles | None = None,
        acls: FileAcls | None = None,
    ) -> None:
        self._store = store
        self._acls = acls
        self._triggers = triggers or NoFileTriggers()

    async def remove(self, ctx: RequestContext, name: str) -> None:
        """Raises 403, 153, and what triggers raise; what afterDelete raises comes out too, and the
        file is gone."""
        check_delete(ctx.caller)
        await self._tell(ctx, "beforeDelete", name)
        if not await self._store.delete(name):
            raise ParseError(Code.FILE_DELETE_ERROR, "FileNotFound")
        if self._acls is not None:
            await self._acls.forget([name])
        await self._tell(ctx, "afterDelete", name)

    async def _tell(self, ctx: RequestContext, kind: str, name: str) -> None:
        triggers = self._triggers.of_files
        if triggers is not None and kind in triggers.names:
            await triggers.around_delete(ctx, kind, name, file_url(ctx, name))
