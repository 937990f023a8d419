"""An upload from its first byte to its name: the order of the steps stands in `Uploads.store`."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from parsepy.errors import Code, ParseError
from parsepy.files import names
from parsepy.files.access import check_upload
from parsepy.files.base import FileStore
from parsepy.files.extensions import ExtensionRule
from parsepy.options.model import ServerOptions
from parsepy.permissions.caller import Caller
from parsepy.permissions.denylist import Denylist
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Upload:
    """What a client sends. `content` is unread."""

    name: str
    content: AsyncIterator[bytes]
    content_type: str | None = None
    metadata: JSONObject = field(default_factory=dict)
    tags: JSONObject = field(default_factory=dict)
    directory: JSONValue | Missing = MISSING


class Uploads:
    """One app's uploads. Tags are checked, and kept by no store that there is yet."""

    def __init__(self, options: ServerOptions, store: FileStore, denylist: Denylist) -> None:
        self._access = options.file_upload
        self._preserve = options.preserve_file_name
        self._extensions = ExtensionRule(options.file_extensions)
        self._store = store
        self._denylist = denylist

    def check(self, caller: Caller, name: str, content_type: str | None) -> None:
        """What can be said before the body is read. Raises 403, 122, 130."""
        check_upload(caller, self._access)
        names.check_name(name, content_type)
        # The master key may; the maintenance key has other duties.
        if not caller.is_master:
            self._extensions.check(name, content_type)

    async def store(self, caller: Caller, upload: Upload) -> str:
        """The name under which the file is stored. Raises 105, 119, 122, 130.

        Whatever the content raises comes out, and nothing was stored.
        """
        directory = self._directory(caller, upload)
        self._denylist.check(upload.metadata)
        self._denylist.check(upload.tags)
        name = names.stored_name(
            upload.name, upload.content_type, directory, preserve=self._preserve
        )
        try:
            await self._store.save(name, upload.content, upload.metadata)
        except OSError as error:
            _log.exception("a file could not be stored")
            raise ParseError(
                Code.FILE_SAVE_ERROR, f"Could not store file: {upload.name}."
            ) from error
        return name

    def _directory(self, caller: Caller, upload: Upload) -> str | None:
        if isinstance(upload.directory, Missing):
            return None
        if not caller.is_master:
            raise ParseError(
                Code.OPERATION_FORBIDDEN, "Directory can only be set using the Master Key."
            )
        return names.check_directory(upload.directory)
