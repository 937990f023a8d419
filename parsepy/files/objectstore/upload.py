"""An upload in parts of a few megabytes, of which nothing can be seen before the last one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import obstore

from parsepy.files.parts import in_parts_of

PART: Final = 5 << 20
"""Bytes of a part, the fewest that S3 takes; it takes 10,000 of them: 48 GB."""

PARTS_AT_ONCE: Final = 2


async def put(store: Any, key: str, content: AsyncIterator[bytes], **described: Any) -> None:
    """Raises what `content` raises, and what obstore does; nothing was stored then."""
    parts = in_parts_of(PART, content)
    first = await anext(parts, b"")
    second = await anext(parts, None)
    if second is None:
        await obstore.put_async(store, key, first, use_multipart=False, **described)
        return
    feed = _Feed()
    upload = asyncio.ensure_future(
        obstore.put_async(
            store,
            key,
            feed.parts(),
            use_multipart=True,
            chunk_size=PART,
            max_concurrency=PARTS_AT_ONCE,
            **described,
        )
    )
    try:
        await feed.give(first, upload)
        await feed.give(second, upload)
        del first, second
        async for part in parts:
            await feed.give(part, upload)
        await feed.give(None, upload)
        await asyncio.shield(upload)
    except BaseException:
        # obstore takes the parts back when its source breaks off, not when it is cancelled.
        feed.break_off()
        await asyncio.wait([upload])
        if not upload.cancelled():
            upload.exception()
        raise


class _BrokenOff(Exception):
    """What obstore is told; the cause goes another way."""


_BREAK: Final = object()


class _Feed:
    """Hands parts over to obstore, one after the other, as it asks for them."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[object] = asyncio.Queue(1)

    async def parts(self) -> AsyncIterator[bytes]:
        while isinstance(part := await self._waiting.get(), bytes):
            yield part
        if part is _BREAK:
            raise _BrokenOff

    async def give(self, part: bytes | None, upload: "asyncio.Future[Any]") -> None:
        """Waits until there is room; `None` ends it. Raises what the upload has failed with."""
        putting = asyncio.ensure_future(self._waiting.put(part))
        try:
            await asyncio.wait([putting, upload], return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()
        if upload.done():
            upload.result()

    def break_off(self) -> None:
        if not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(_BREAK)
