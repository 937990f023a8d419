"""The log of one call: `request.log.info("…")` tells the request's id with each event."""

import logging
from collections.abc import MutableMapping
from typing import Any, Final

_log: Final = logging.getLogger("parsepy.cloud.code")


class RequestLog(logging.LoggerAdapter[logging.Logger]):
    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **kwargs.get("extra", {})}
        return f"{msg} [{(self.extra or {})['request_id']}]", kwargs


def log_of(request_id: str) -> RequestLog:
    return RequestLog(_log, {"request_id": request_id})
