"""What a job is called with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from parsepy.cloud.request_log import RequestLog, log_of

Tell: TypeAlias = Callable[[str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class JobRequest:
    """`job_id` is the id of the job's row in `_JobStatus`. `headers` (names in lower case) and `ip`
    are those of the request that started it."""

    params: dict[str, Any]
    job_name: str
    job_id: str
    headers: dict[str, str]
    ip: str
    _tell: Tell = field(repr=False)

    @property
    def log(self) -> RequestLog:
        """Tells the job's id with each event."""
        return log_of(self.job_id)

    async def message(self, text: str) -> None:
        """Says how the job goes: shown in its row until the next message. An empty text, and what
        is no text, changes nothing. Raises `ParseError` 1 where the store does not answer."""
        if text and isinstance(text, str):
            await self._tell(text)
