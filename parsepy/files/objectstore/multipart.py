"""Multipart uploads that were begun and neither completed nor aborted: what a server that was
killed leaves at S3, and at Google, whose XML API lists them in the same words.

obstore cannot list them; botocore can, and is imported when somebody asks. It waits for its
answers, so all of it happens in threads.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from parsepy.files.base import Leftover, LeftoversHidden
from parsepy.files.parts import in_thread

if TYPE_CHECKING:
    from parsepy.files.objectstore.multipart_client import MultipartClient


@dataclass(frozen=True, slots=True)
class MultipartApi:
    """Where the bucket is, and who asks: `keys` with botocore's names, or else those that botocore
    finds. At Google, who `sign_in` leads to: it is called once, and gives what gives access tokens
    (`None`: nobody in particular).

    `endpoint` does not hold the bucket, whether that is said `by_path` or by the host.
    """

    bucket: str
    region: str
    endpoint: str | None = None
    by_path: bool = False
    keys: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    sign_in: Callable[[], Callable[[], str | None]] | None = field(default=None, repr=False)


class MultipartUploads:
    """`UnfinishedUploads`. The key of a leftover is the id of the upload, a space, and the key of
    the object. Its age is that of its newest part, or of its beginning where it has none."""

    def __init__(self, api: MultipartApi) -> None:
        self.api = api
        self._opened: MultipartClient | None = None
        self._opening = Lock()

    async def before(self, prefix: str, before: datetime) -> AsyncIterator[Leftover]:
        client = await in_thread(self._client)
        pages = client.pages(prefix)
        while (page := await in_thread(next, pages, None)) is not None:
            for begun in page:
                # Not every service knows prefixes here, and other people's uploads are theirs.
                if not begun.key.startswith(prefix) or begun.at >= before:
                    continue
                parts = await in_thread(client.parts, begun.key, begun.upload_id)
                if parts is None:
                    continue
                changed_at = parts.newest or begun.at
                if changed_at < before:
                    yield Leftover(f"{begun.upload_id} {begun.key}", parts.size, changed_at)

    async def remove(self, leftover: Leftover) -> bool:
        client = await in_thread(self._client)
        upload_id, _, key = leftover.key.partition(" ")
        parts = await in_thread(client.parts, key, upload_id)
        if parts is None or parts.size != leftover.size:
            return False
        if parts.newest not in (None, leftover.changed_at):
            return False
        return await in_thread(client.abort, key, upload_id)

    async def close(self) -> None:
        await in_thread(self._close)

    def _client(self) -> "MultipartClient":
        with self._opening:
            if self._opened is None:
                self._opened = _client_of(self.api)
            return self._opened

    def _close(self) -> None:
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()


def _client_of(api: MultipartApi) -> "MultipartClient":
    try:
        from parsepy.files.objectstore.multipart_client import MultipartClient

        return MultipartClient(api)
    except ModuleNotFoundError as missing:
        raise LeftoversHidden(
            f"{missing.name} is not installed: pip install 'parsepy-server[objectstore]'"
        ) from None
