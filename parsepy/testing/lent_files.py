"""Files in the test's process: its adapter, as a store of ours."""

import base64
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from parsepy.files import media_types
from parsepy.files.base import Leftover, OpenFile, StoredFile
from parsepy.files.held import HeldFile
from parsepy.files.parts import each
from parsepy.testing.process import Lent
from parsepy.types import JSONObject

_NAME: Final = "-name-"


class LentFiles:
    """A `FileStore`. The adapter's methods are those of parse-server."""

    def __init__(self, lent: Lent) -> None:
        self._lent = lent
        self._address: str | None = None

    async def learn_addresses(self, app_id: str, mount_url: str) -> None:
        """Addresses are wanted at once later, and an answer takes a while: so asked for one."""
        if "getFileLocation" in self._lent:
            about = {"applicationId": app_id, "mount": mount_url}
            self._address = str(await self._lent["getFileLocation"](about, _NAME))

    def location(self, name: str) -> str | None:
        return None if self._address is None else self._address.replace(_NAME, name)

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        data = b"".join([part async for part in content])
        described: JSONObject = {"metadata": metadata}
        if tags:
            described["tags"] = tags
        media_type = media_types.type_of(name)
        await self._lent["createFile"](name, _Buffer(data), media_type, described)

    async def open(self, name: str) -> OpenFile | None:
        try:
            data = await self._lent["getFileData"](name)
        except Exception:
            # It tells by whatever it throws that there is no such file.
            return None
        if not isinstance(data, dict):
            return None
        return HeldFile.made(name, base64.b64decode(str(data.get("base64"))), {})

    async def find(self, name: str) -> StoredFile | None:
        file = await self.open(name)
        return None if file is None else file.stored

    async def delete(self, name: str) -> bool:
        try:
            await self._lent["deleteFile"](name)
        except Exception:
            return False
        return True

    def stored(self) -> AsyncIterator[StoredFile]:
        return each(())

    def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        return each(())

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return False

    async def erase(self) -> None:
        return None

    async def close(self) -> None:
        return None


class _Buffer:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def tag(self) -> JSONObject:
        return {"__t": "Bytes", "base64": base64.b64encode(self._data).decode()}


async def lent_files(options: "dict[str, Any]") -> LentFiles | None:
    """The adapter among options that a test's process gives, taken out of them."""
    adapter = options.pop("filesAdapter", None)
    if not isinstance(adapter, Lent):
        return None
    files = LentFiles(adapter)
    mount_url = options.get("publicServerURL") or options.get("serverURL")
    await files.learn_addresses(str(options.get("appId")), str(mount_url))
    return files
