"""An upload from its first byte to its name: the order of the steps stands in `Uploads.store`."""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace

from parsepy.errors import Code, ParseError
from parsepy.files import acls, names
from parsepy.files import content as contents
from parsepy.files.access import check_upload
from parsepy.files.acls import FileAcls
from parsepy.files.base import FileStore
from parsepy.files.content import Content
from parsepy.files.extensions import ExtensionRule
from parsepy.files.parts import is_empty
from parsepy.files.ports import Elsewhere, NoFileTriggers, Saved, TriggersForFiles, Upload
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url
from parsepy.options.model import ServerOptions
from parsepy.permissions.caller import Caller
from parsepy.permissions.denylist import Denylist
from parsepy.types import JSONValue, Missing

_log = logging.getLogger(__name__)


class Uploads:
    """One app's uploads. Tags are for stores that keep them."""

    def __init__(
        self,
        options: ServerOptions,
        store: FileStore,
        denylist: Denylist,
        triggers: TriggersForFiles | None = None,
        file_acls: FileAcls | None = None,
    ) -> None:
        self._acls = file_acls
        self._access = options.file_upload
        self._preserve = options.preserve_file_name
        self._extensions = ExtensionRule(options.file_extensions)
        self._store = store
        self._denylist = denylist
        self._triggers = triggers or NoFileTriggers()

    def check(self, caller: Caller, name: str, content_type: str | None) -> None:
        """What can be said before the body is read. Raises 403, 122, 130."""
        check_upload(caller, self._access)
        names.check_name(name, content_type)
        # The master key may; the maintenance key has other duties.
        if not caller.is_master:
            self._extensions.check(name, content_type)

    async def store(self, ctx: RequestContext, upload: Upload) -> Saved:
        """What has been `check`ed. Raises 105, 119, 122, 130, and what triggers raise.

        Whatever the content raises comes out, and nothing was stored. What afterSave raises comes
        out too, and the file is stored.
        """
        self._check_described(ctx.caller, upload)
        chosen = await self._before_save(ctx, upload)
        if isinstance(chosen, Elsewhere):
            saved = Saved(chosen.name, chosen.url)
        else:
            saved = await self._save(ctx, chosen)
        await self._after_save(ctx, saved)
        return saved

    def _check_described(self, caller: Caller, upload: Upload) -> None:
        if not isinstance(upload.directory, Missing):
            if not caller.is_master:
                raise ParseError(
                    Code.OPERATION_FORBIDDEN, "Directory can only be set using the Master Key."
                )
            names.check_directory(upload.directory)
        self._check_acl(upload.acl)
        if upload.size == 0 and not upload.streamed:
            raise is_empty()
        self._denylist.check(upload.metadata)
        self._denylist.check(upload.tags)

    def _check_acl(self, given: JSONValue | Missing) -> None:
        if isinstance(given, Missing):
            return
        if self._acls is None:
            # Storing the file all the same would open what somebody wants to be closed.
            raise ParseError(
                Code.OPERATION_FORBIDDEN, "Files have no ACL here: fileUpload.accessControl is off."
            )
        acls.checked(given)

    async def _before_save(self, ctx: RequestContext, upload: Upload) -> Upload | Elsewhere:
        """What the trigger leaves: its author may name more than a client, not write nonsense."""
        triggers = self._triggers.of_files
        if triggers is None or "beforeSave" not in triggers.names:
            return upload
        # Kept apart from what the trigger gets, which may change it in place.
        name = upload.name
        chosen = await triggers.before_save(ctx, replace(upload))
        if isinstance(chosen, Upload):
            if chosen.name != name:
                names.check_name(chosen.name, chosen.content_type)
            self._check_acl(chosen.acl)
            self._denylist.check(chosen.metadata)
            self._denylist.check(chosen.tags)
        return chosen

    async def _save(self, ctx: RequestContext, upload: Upload) -> Saved:
        directory = _directory(upload.directory)
        name = names.stored_name(
            upload.name, upload.content_type, directory, preserve=self._preserve
        )
        counted = _Counted(upload.content.parts())
        try:
            async with self._guarding(ctx, name, upload, counted):
                await self._store.save(name, counted.parts(), upload.metadata, tags=upload.tags)
        except OSError as error:
            _log.exception("a file could not be stored")
            raise ParseError(
                Code.FILE_SAVE_ERROR, f"Could not store file: {upload.name}."
            ) from error
        return Saved(name, file_url(ctx, name), counted.size, upload)

    def _guarding(
        self, ctx: RequestContext, name: str, upload: Upload, counted: "_Counted"
    ) -> AbstractAsyncContextManager[None]:
        if self._acls is not None:
            return self._acls.guarding(ctx, name, upload.acl, lambda: counted.has_ended)
        return nullcontext()

    async def _after_save(self, ctx: RequestContext, saved: Saved) -> None:
        triggers = self._triggers.of_files
        if triggers is not None and "afterSave" in triggers.names:
            read = Content(lambda: contents.stored(self._store, saved.name))
            await triggers.after_save(ctx, saved, read)


def _directory(given: JSONValue | Missing) -> str | None:
    return None if isinstance(given, Missing) else names.check_directory(given)


class _Counted:
    """A content that says how much of it was read, and whether all was."""

    def __init__(self, content: AsyncIterator[bytes]) -> None:
        self.size = 0
        self.has_ended = False
        self._content = content

    async def parts(self) -> AsyncIterator[bytes]:
        async for part in self._content:
            self.size += len(part)
            yield part
        self.has_ended = True
