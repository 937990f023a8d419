"""Recognising a repeated request, and refusing it or answering it as it was answered."""

import asyncio
import logging
from typing import Final

from parsepy.errors import Code, ParseError
from parsepy.http import paths
from parsepy.http.answer import Answer
from parsepy.http.idempotency.rows import ANSWER, REQUEST, Rows
from parsepy.http.request import Request
from parsepy.http.routing import Handler
from parsepy.objects.context import ObjectServices
from parsepy.options.patterns import compile_pattern

_log = logging.getLogger(__name__)

COVERED: Final = {
    "classes": frozenset((("POST", 2), ("PUT", 3))),
    "installations": frozenset((("POST", 1), ("PUT", 2))),
    "users": frozenset((("POST", 1), ("PUT", 2))),
    "functions": frozenset((("POST", 2),)),
    "jobs": frozenset((("POST", 2),)),
}
"""First segment → method and number of segments of the routes that look for a request id."""

MAX_ANSWER: Final = 64 << 10
PATIENCE: Final = 10.0
"""Seconds for which a repeated request waits for the first, when that runs in this process."""


class Idempotency:
    def __init__(self, services: ObjectServices) -> None:
        options = services.options.idempotency
        self._patterns = [
            compile_pattern(f"^(?:{path.removeprefix('^')})") for path in options.paths
        ]
        self._replays = options.replay
        self._rows = Rows(services, options.ttl)
        self._running: dict[str, asyncio.Event] = {}

    def covers(self, request: Request) -> bool:
        routes = COVERED.get(request.segments[0], frozenset())
        if (request.method, len(request.segments)) not in routes:
            return False
        path = paths.canonical(request.segments).removeprefix("/")
        return any(pattern.search(path) for pattern in self._patterns)

    async def answer(self, request_id: str, request: Request, handler: Handler) -> Answer:
        """What `handler` answers; 159 for a repeated request, or its first answer again."""
        if self._replays:
            return await self._answer_or_replay(request_id, request, handler)
        if await self._rows.claim(request_id, None) is None:
            raise _duplicate()
        return await handler(request)

    async def _answer_or_replay(
        self, request_id: str, request: Request, handler: Handler
    ) -> Answer:
        from parsepy.http.idempotency import seal

        # Made before the handler runs: it may change the body.
        secret = seal.secret_of(request, request_id, paths.canonical(request.segments))
        while True:
            await self._wait_for_running(request_id)
            done = self._running[request_id] = asyncio.Event()
            try:
                row_id = await self._rows.claim(request_id, seal.fingerprint(secret))
                if row_id is not None:
                    answer = await self._first_answer(row_id, request, handler)
                    await self._keep(row_id, secret, answer)
                    return answer
                replayed = await self._replayed(request_id, secret)
                if replayed is not None:
                    return replayed
            finally:
                del self._running[request_id]
                done.set()

    async def _first_answer(self, row_id: str, request: Request, handler: Handler) -> Answer:
        """A request that failed may be tried again: nothing is remembered of it."""
        try:
            return await handler(request)
        except Exception:
            try:
                await self._rows.release(row_id)
            except ParseError:
                _log.warning("a failed request stays refused until its id expires", exc_info=True)
            raise

    async def _keep(self, row_id: str, secret: bytes, answer: Answer) -> None:
        from parsepy.http.idempotency import seal

        text = seal.sealed(secret, answer)
        try:
            await self._rows.keep_answer(row_id, text if len(text) <= MAX_ANSWER else "")
        except ParseError:
            # The request itself is done, and has to be answered as that.
            _log.warning("an answer could not be kept", exc_info=True)

    async def _replayed(self, request_id: str, secret: bytes) -> Answer | None:
        """The first answer; `None` when the first request has failed. Raises 159."""
        from parsepy.http.idempotency import seal

        row = await self._rows.find(request_id)
        if row is None:
            return None
        if row.get(REQUEST) != seal.fingerprint(secret):
            # Another caller, or another request: neither learns anything of the first.
            raise _duplicate()
        kept = row.get(ANSWER)
        if not isinstance(kept, str):
            # Another process does it, or ended while it did.
            raise _under_way()
        answer = seal.opened(secret, kept) if kept else None
        if answer is None:
            raise _duplicate(": the first one is done, its answer is not kept")
        return answer

    async def _wait_for_running(self, request_id: str) -> None:
        """Until none with this id runs in this process. Raises 159 when that takes too long."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (running := self._running.get(request_id)) is not None:
                    await running.wait()
        except TimeoutError:
            raise _under_way() from None


def _under_way() -> ParseError:
    return _duplicate(": the first one is still under way")


def _duplicate(detail: str = "") -> ParseError:
    return ParseError(Code.DUPLICATE_REQUEST, f"Duplicate request{detail}")
