"""What an error becomes for the client, and what of it is kept for the log."""

import logging

from parsepy.errors import Code, HTTPError, ParseError
from parsepy.options.model import ServerOptions
from parsepy.telemetry.levels import level_of
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

_MISTAKE = logging.INFO
"""Clients' mistakes are no errors of the server: parse-server's error log is full of them."""


def failure_body(error: ParseError, options: ServerOptions) -> JSONObject:
    """The error as the client sees it; the detail of a permission error goes to the log only."""
    sanitise = options.enable_sanitized_error_response
    level = _level(error, options)
    if level is not None and _log.isEnabledFor(level):
        _tell(error, level)
    return error.body(sanitise=sanitise)


def _level(error: ParseError, options: ServerOptions) -> int | None:
    if error.code == Code.USERNAME_TAKEN:
        return level_of(options.log_levels["signupUsernameTaken"])
    return logging.ERROR if error.http_status >= 500 else _MISTAKE


def _tell(error: ParseError, level: int) -> None:
    if isinstance(error, HTTPError):
        if error.sanitised:
            _log.log(level, "%s", error.message)
    else:
        _log.log(level, "%s", error.message, extra={"meta": {"code": error.code}})
