"""What an error becomes for the client, and what of it is kept for the log."""

import logging

from parsepy.errors import ParseError
from parsepy.options.model import ServerOptions
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)


def failure_body(error: ParseError, options: ServerOptions) -> JSONObject:
    """The error as the client sees it; the detail of a permission error goes to the log only."""
    sanitise = options.enable_sanitized_error_response
    if sanitise and error.sanitised:
        _log.info("refused: %s", error.message)
    return error.body(sanitise=sanitise)
