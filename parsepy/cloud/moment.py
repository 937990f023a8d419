"""What time it is for the app."""

from datetime import UTC, datetime, timedelta

from parsepy.protocol import dates


def now() -> datetime:
    """In UTC, with milliseconds, as dates are stored. Tests set and move it (`parse_clock`)."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=dates.now_ms())
