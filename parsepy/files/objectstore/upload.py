"""An upload in parts of a few megabytes, of which nothing can be seen before the last one."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import obstore

from parsepy.files.parts import in_parts_of

PART: Final = 5 << 20
"""Bytes of a part, the fewest that S3 takes; it takes 10,000 of them: 48 GB."""

PARTS_AT_ONCE: Final = 2
STEP: Final = 1 << 20
"""Bytes that obstore is given at once; it makes the parts of them."""


async def put(store: Any, key: str, content: AsyncIterator[bytes], **described: Any) -> None:
    """Raises what `content` raises, and what obstore does; nothing was stored then."""
    steps = in_parts_of(STEP, content)
    begin = bytearray()
    while len(begin) < PART:
        step = await anext(steps, None)
        if step is None:
            await obstore.put_async(store, key, bytes(begin), use_multipart=False, **described)
            return
        begin += step
    await _put_in_parts(store, key, bytes(begin), steps, described)


async def _put_in_parts(
    store: Any, key: str, begin: bytes, steps: AsyncIterator[bytes], described: dict[str, Any]
) -> None:
    feed = _Feed()
    upload = asyncio.ensure_future(
        obstore.put_async(
            store,
            key,
            feed.steps(),
            use_multipart=True,
            chunk_size=PART,
            max_concurrency=PARTS_AT_ONCE,
            **described,
        )
    )
    try:
        await feed.give(begin, upload)
        del begin
        async for step in steps:
            await feed.give(step, upload)
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
    """Hands over to obstore what it asks for, step by step."""

    def __init__(self) -> None:
        self._step: asyncio.Queue[object] = asyncio.Queue(1)

    async def steps(self) -> AsyncIterator[bytes]:
        while isinstance(step := await self._step.get(), bytes):
            yield step
        if step is _BREAK:
            raise _BrokenOff

    async def give(self, step: bytes | None, upload: "asyncio.Future[Any]") -> None:
        """Waits until there is room; `None` ends it. Raises what the upload has failed with."""
        putting = asyncio.ensure_future(self._step.put(step))
        try:
            await asyncio.wait([putting, upload], return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()
        if upload.done():
            upload.result()

    def break_off(self) -> None:
        if not self._step.empty():
            self._step.get_nowait()
        self._step.put_nowait(_BREAK)
