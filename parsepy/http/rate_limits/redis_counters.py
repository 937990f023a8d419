"""Counters that all processes share, in Redis; imported only where one is configured."""

import logging
from time import monotonic
from typing import Final

from redis.exceptions import RedisError

from parsepy.http.rate_limits.counters import MemoryCounters, Window
from parsepy.pubsub.redis import connect

_log = logging.getLogger(__name__)

# One step: a key without an end, which a counter of two steps might leave behind, would lock its
# caller out for ever.
_COUNT: Final = """
local used = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {used, left}
"""

_PAUSE: Final = 1.0
"""Seconds for which a Redis that failed is not asked again: requests must not queue up there."""


class RedisCounters:
    """Without Redis each process counts on its own: limits are then higher, but there are some."""

    def __init__(self, url: str) -> None:
        self._client = connect(url)
        self._script = self._client.register_script(_COUNT)
        self._alone = MemoryCounters()
        self._ask_again_at = 0.0
        self._failing = False

    async def count(self, key: str, hits: int, seconds: float) -> Window:
        if monotonic() >= self._ask_again_at:
            try:
                used, left = await self._script(keys=[key], args=[hits, round(seconds * 1000)])
            except (RedisError, OSError, TimeoutError) as error:
                self._note_failure(error)
            else:
                self._note_success()
                return Window(int(used), int(left) / 1000)
        return await self._alone.count(key, hits, seconds)

    def forget(self) -> None:
        self._alone.forget()

    async def close(self) -> None:
        await self._client.aclose()

    def _note_failure(self, error: Exception) -> None:
        self._ask_again_at = monotonic() + _PAUSE
        if not self._failing:
            self._failing = True
            _log.error("The Redis of rateLimit fails; this process counts alone: %s", error)

    def _note_success(self) -> None:
        if self._failing:
            self._failing = False
            _log.warning("The Redis of rateLimit answers again")
