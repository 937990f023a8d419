"""A log entry as data: what a record of Python's `logging` becomes for files and adapters."""

import logging
import traceback
from collections.abc import Mapping
from typing import Final

import msgspec
import orjson

from parsepy.protocol import dates
from parsepy.telemetry.levels import level_name
from parsepy.telemetry.masking import Masker
from parsepy.types import JSONObject

MOST: Final = 8000
"""Characters of a message, and of a traceback; the rest is cut off."""

CUT: Final = "... (truncated)"
LONGEST_LINE: Final = 64 << 10
"""Bytes of a line; of an entry that needs more, its message is kept alone."""


class Entry(msgspec.Struct, frozen=True):
    """`moment` is in milliseconds since 1970. `meta` are further members, of JSON."""

    level: str
    moment: int
    message: str
    meta: Mapping[str, object] = msgspec.field(default_factory=dict)


def entry_of(record: logging.LogRecord) -> Entry:
    """Nothing of it changes any more, whatever becomes of the record's arguments.

    A record has further members in its attribute `meta`, and its request's id in `request_id`.
    """
    meta = dict(getattr(record, "meta", None) or {})
    request_id = getattr(record, "request_id", None)
    if request_id is not None:
        meta["requestId"] = request_id
    if record.exc_info and record.exc_info[0] is not None:
        meta["stack"] = cut("".join(traceback.format_exception(*record.exc_info)))
    moment = int(record.created * 1000)
    return Entry(level_name(record.levelno), moment, cut(record.getMessage()), meta)


def cut(text: str, most: int = MOST) -> str:
    return text if len(text) <= most else f"{text[:most]}{CUT}"


def masked_entry(entry: Entry, masker: Masker) -> Entry:
    meta = {name: masker.value({name: value}) for name, value in entry.meta.items()}
    return Entry(
        entry.level,
        entry.moment,
        masker.text(entry.message),
        {name: found[name] for name, found in meta.items() if isinstance(found, dict)},
    )


def line_of(entry: Entry) -> bytes:
    """One line of JSON, `level`, `message` and `timestamp` first, with its end."""
    head: JSONObject = {
        "level": entry.level,
        "message": entry.message,
        "timestamp": dates.format_ms(entry.moment),
    }
    line = _dumped({**head, **{name: v for name, v in entry.meta.items() if name not in head}})
    return line if len(line) <= LONGEST_LINE else _dumped(head)


def _dumped(value: object) -> bytes:
    options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, default=str, option=options)
    except (TypeError, ValueError, RecursionError):
        # Lone surrogates, which a client may have sent.
        text = repr(value).encode("utf-8", "backslashreplace").decode()
        return orjson.dumps({"level": "error", "message": cut(text)}, option=options)
