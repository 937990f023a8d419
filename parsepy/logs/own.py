"""A log adapter of the app's own: option `loggerAdapter`."""

import inspect
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from parsepy.errors import Code, ParseError
from parsepy.logs.base import LogQuery
from parsepy.options.errors import OptionsError
from parsepy.protocol import dates
from parsepy.telemetry.entries import Entry
from parsepy.types import JSONObject

OPTION: Final = "loggerAdapter"


class OwnLog:
    """`log(level, message, meta)` keeps an entry; `query(options)`, if it is there, gives back a
    list of them. Neither is called in the event loop, so they may block."""

    def __init__(self, adapter: Any) -> None:
        """Raises `OptionsError` for what cannot be one."""
        if not callable(getattr(adapter, "log", None)):
            raise OptionsError(f"Option {OPTION} must have a method log(level, message, meta).")
        for name in ("log", "query", "close"):
            if inspect.iscoroutinefunction(getattr(adapter, name, None)):
                raise OptionsError(
                    f"Option {OPTION}: {name} must be a plain function; it is called in a thread."
                )
        self._adapter = adapter

    def write(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            meta = {**entry.meta, "timestamp": dates.format_ms(entry.moment)}
            self._adapter.log(entry.level, entry.message, meta)

    def query(self, query: LogQuery) -> list[JSONObject]:
        ask = getattr(self._adapter, "query", None)
        if ask is None:
            raise cannot_be_queried()
        return list(ask(_options(query)))

    def close(self) -> None:
        close = getattr(self._adapter, "close", None)
        if close is not None:
            close()


def cannot_be_queried() -> ParseError:
    return ParseError(Code.PUSH_MISCONFIGURED, "Querying logs is not supported with this adapter")


def _options(query: LogQuery) -> dict[str, object]:
    """Under parse-server's names."""
    return {
        "from": _datetime(query.since),
        "until": _datetime(query.until),
        "size": query.size,
        "order": "asc" if query.ascending else "desc",
        "level": query.level,
        "text": query.text,
    }


def _datetime(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)
