"""A store of an app's own, named by the option `filesAdapter`.

    class Shelf:
        def __init__(self, options):  # `filesAdapter.options`
            self.url = options["url"]

        async def create_file(self, filename, data, content_type, options): ...
        async def get_file_data(self, filename): ...
        async def delete_file(self, filename): ...

    create_app({"filesAdapter": {"module": Shelf, "options": {"url": "…"}}, …})

These are parse-server's methods (push-files-config sheet, 5.10). `data` are bytes, and so is what
`get_file_data` gives; `options` holds `metadata` and, if there are any, `tags`. A file that is not
there raises `FileNotFoundError`. The adapter may also have `get_metadata(filename)`,
`validate_filename(filename)` (`None`, or why not), `get_file_location(filename)` (an address, or
`None` where this server serves the file; asked in the middle of reads, so at once),
`list_files()` (dicts with `name`, `length`, `uploaded_at`) and `close()`. Plain functions run in
threads, `get_file_location` excepted.

Whole files are in memory then. An adapter whose files stream has the methods of `base.FileStore`
instead, and is used as it is.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, Final, cast

from parsepy.errors import Code, ParseError
from parsepy.files import media_types
from parsepy.files.adapter_option import OPTION
from parsepy.files.base import FileStore, Leftover, OpenFile, StoredFile
from parsepy.files.held import HeldFile
from parsepy.files.parts import each
from parsepy.options.errors import OptionsError
from parsepy.options.functions import call, is_async
from parsepy.types import JSONObject

NEEDED: Final = ("create_file", "get_file_data", "delete_file")
ALSO: Final = ("get_metadata", "validate_filename", "get_file_location", "list_files", "close")
STREAMING: Final = tuple(name for name in vars(FileStore) if not name.startswith("_"))


def own_store(given: object) -> FileStore:
    """Raises `OptionsError` when it lacks what a store needs."""
    if all(callable(getattr(given, name, None)) for name in STREAMING):
        return cast("FileStore", given)
    return OwnFiles(given)


class OwnFiles:
    """A `FileStore`. What its methods raise comes out as `OSError`, but for a `ParseError`, which
    is for the client."""

    def __init__(self, given: object) -> None:
        self._methods: dict[str, Callable[..., Any]] = {}
        for name in (*NEEDED, *ALSO):
            method = getattr(given, name, None)
            if callable(method):
                self._methods[name] = method
            elif method is not None or name in NEEDED:
                raise OptionsError(
                    f"Option {OPTION}: Adapter prototype don't match expected prototype:"
                    f" {name} must be a function."
                )
        locate = self._methods.get("get_file_location")
        if locate is not None and is_async(locate):
            raise OptionsError(f"Option {OPTION}: get_file_location must answer at once.")

    @property
    def has_list(self) -> bool:
        """Whether `stored` can tell anything."""
        return "list_files" in self._methods

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        await self._validate(name)
        data = b"".join([part async for part in content])
        options: JSONObject = {"metadata": metadata}
        if tags:
            options["tags"] = tags
        await self._call("create_file", name, data, media_types.type_of(name), options)

    async def _validate(self, name: str) -> None:
        if "validate_filename" not in self._methods:
            return
        refusal = await self._call("validate_filename", name)
        if isinstance(refusal, ParseError):
            raise refusal
        if refusal is not None:
            raise ParseError(Code.INVALID_FILE_NAME, str(refusal))

    async def open(self, name: str) -> OpenFile | None:
        try:
            data = await self._call("get_file_data", name)
        except FileNotFoundError:
            return None
        if not isinstance(data, bytes | bytearray | memoryview):
            return None
        return HeldFile.made(name, bytes(data), await self._metadata(name))

    def location(self, name: str) -> str | None:
        locate = self._methods.get("get_file_location")
        return None if locate is None else locate(name)

    async def find(self, name: str) -> StoredFile | None:
        file = await self.open(name)
        return None if file is None else file.stored

    async def delete(self, name: str) -> bool:
        try:
            await self._call("delete_file", name)
        except FileNotFoundError:
            return False
        return True

    async def stored(self) -> AsyncIterator[StoredFile]:
        """None where the adapter does not list them."""
        if not self.has_list:
            return
        for listed in await self._call("list_files"):
            uploaded_at = listed.get("uploaded_at")
            yield StoredFile(
                str(listed["name"]),
                int(listed.get("length", 0)),
                "",
                uploaded_at=uploaded_at if isinstance(uploaded_at, datetime) else None,
            )

    def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        return each(())

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return False

    async def erase(self) -> None:
        async for file in self.stored():
            await self.delete(file.name)

    async def close(self) -> None:
        if "close" in self._methods:
            await self._call("close")

    async def _metadata(self, name: str) -> JSONObject:
        if "get_metadata" not in self._methods:
            return {}
        found = await self._call("get_metadata", name)
        return dict(found) if isinstance(found, Mapping) else {}

    async def _call(self, name: str, *arguments: object) -> Any:
        try:
            return await call(self._methods[name], *arguments)
        except (ParseError, OSError):
            raise
        except Exception as error:
            raise OSError(f"{name} of the files adapter failed") from error
