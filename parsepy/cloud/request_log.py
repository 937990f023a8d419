"""The log of one call: `request.log.info("…")` tells the request's id with each event."""

import logging
from collections.abc import MutableMapping
from typing import Any, Final

from parsepy.telemetry.levels import SILLY, VERBOSE

logger: Final = logging.getLogger("parsepy.cloud.code")
"""For what no request asks for: while code is loaded, say. Its entries are in the app's log."""


class RequestLog(logging.LoggerAdapter[logging.Logger]):
    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **kwargs.get("extra", {})}
        return msg, kwargs

    def verbose(self, msg: object, *args: object, **kwargs: Any) -> None:
        """A level between debug and info, as parse-server has it."""
        self.log(VERBOSE, msg, *args, **kwargs)

    def silly(self, msg: object, *args: object, **kwargs: Any) -> None:
        """A level below debug."""
        self.log(SILLY, msg, *args, **kwargs)


def log_of(request_id: str) -> RequestLog:
    return RequestLog(logger, {"request_id": request_id})
