"""Logging to standard error: one event is one line, whatever a client wrote into it."""

import logging
import re
from typing import Final

from parsepy.telemetry.entries import entry_of, line_of, masked_entry
from parsepy.telemetry.levels import SILLY, VERBOSE, level_of
from parsepy.telemetry.masking import Masker, mask_text

__all__ = ["DEFAULT_LEVEL", "OneLineFormatter", "attach", "configure", "detach", "level_of"]

DEFAULT_LEVEL: Final = "warn"
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ROOT: Final = logging.getLogger("parsepy")


class OneLineFormatter(logging.Formatter):
    """Escapes control characters, so that no text can pass for a line of its own, and masks
    secrets.

    A traceback follows its event on lines that begin with two spaces.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        text = super().formatMessage(record)
        request_id = getattr(record, "request_id", None)
        return _escaped(mask_text(text if request_id is None else f"{text} [{request_id}]"))

    def formatException(self, ei: object) -> str:  # noqa: N802 (logging's name)
        trace = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"  {_escaped(line)}" for line in mask_text(trace).splitlines())


class JSONFormatter(logging.Formatter):
    """One object for an event, as in the files."""

    def format(self, record: logging.LogRecord) -> str:
        return line_of(masked_entry(entry_of(record), Masker())).decode().rstrip("\n")


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def configure(level: str | None, *, json: bool = False, silent: bool = False) -> None:
    """The console's: `level` is the option `logLevel`, `None` is warnings and errors; with
    `silent` nothing is written there."""
    logging.addLevelName(VERBOSE, "VERBOSE")
    logging.addLevelName(SILLY, "SILLY")
    for present in _ROOT.handlers[:]:
        _ROOT.removeHandler(present)
    number = level_of(level or DEFAULT_LEVEL)
    is_silent = silent or number is None
    handler = logging.NullHandler() if is_silent else logging.StreamHandler()
    handler.setLevel(logging.CRITICAL if number is None or silent else number)
    one_line = OneLineFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JSONFormatter() if json else one_line)
    _ROOT.addHandler(handler)
    _ROOT.propagate = False
    _settle()


def attach(handler: logging.Handler) -> None:
    """From here on `handler` gets what is logged, down to its level."""
    _ROOT.addHandler(handler)
    _settle()


def detach(handler: logging.Handler) -> None:
    _ROOT.removeHandler(handler)
    _settle()


def _settle() -> None:
    """A record that no handler wants costs a look at one number."""
    wanted = [handler.level for handler in _ROOT.handlers if handler.level]
    _ROOT.setLevel(min(wanted) if wanted else logging.NOTSET)
