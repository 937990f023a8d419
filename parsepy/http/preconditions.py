"""`If-Match` and `If-Unmodified-Since`: a write that is done only to the object that was read.

parse-server ignores both. What they name is the object's `updatedAt`.
"""

from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from parsepy import errors
from parsepy.objects import conditions
from parsepy.objects.conditions import UNCONDITIONAL, Condition
from parsepy.protocol import dates

_REST_OF_SECOND: Final = timedelta(milliseconds=999)


def precondition(headers: Mapping[bytes, bytes]) -> Condition:
    """The condition on the object; `UNCONDITIONAL` without the headers. Raises 102.

    Of both, `If-Match` counts (RFC 9110, section 13.1.4).
    """
    match = headers.get(b"if-match")
    if match is not None:
        return _is_of(match.decode("latin-1").strip())
    since = headers.get(b"if-unmodified-since")
    if since is not None:
        return _is_no_later_than(since.decode("latin-1").strip())
    return UNCONDITIONAL


def _is_of(text: str) -> Condition:
    """`*` asks for an object that is there, which every write does."""
    if text == "*":
        return UNCONDITIONAL
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
    moment = dates.normalise(text)
    if moment is None:
        raise errors.invalid_query("If-Match must be the object's updatedAt, or *.")
    return conditions.is_version(moment)


def _is_no_later_than(text: str) -> Condition:
    moment = dates.normalise(text) or _http_date(text)
    if moment is None:
        raise errors.invalid_query("If-Unmodified-Since must be a date.")
    return conditions.is_no_later_than(moment)


def _http_date(text: str) -> str | None:
    """Such a date has no fraction: it stands for its whole second."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return dates.format_datetime(moment + _REST_OF_SECOND)
    except (ValueError, OverflowError):
        return None
