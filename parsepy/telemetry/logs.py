"""Logging to standard error: one event is one line, whatever a client wrote into it."""

import logging
import re
from typing import Final

_LEVELS: Final = {
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "verbose": logging.INFO,
    "debug": logging.DEBUG,
    "silly": logging.DEBUG,
}
DEFAULT_LEVEL: Final = "warn"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class OneLineFormatter(logging.Formatter):
    """Escapes control characters, so that no text can pass for a line of its own.

    A traceback follows its event on lines that begin with two spaces.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        return _escaped(super().formatMessage(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 (logging's name)
        trace = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"  {_escaped(line)}" for line in trace.splitlines())


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def level_of(name: str) -> int | None:
    """The level of an option's name for it; `None` for `silent`."""
    return _LEVELS.get(name)


def configure(level: str | None) -> None:
    """`level` is the option `logLevel`; `None` is warnings and errors."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("parsepy")
    logger.handlers = [handler]
    logger.setLevel(_LEVELS[level or DEFAULT_LEVEL])
    logger.propagate = False
