"""What the option `analyticsAdapter` asks for."""

from collections.abc import Mapping
from typing import Final

from parsepy.analytics.adapter import Analytics, OwnAnalytics
from parsepy.analytics.bounds import Bounds
from parsepy.analytics.counting import Counting, EventCounter
from parsepy.options.functions import load_adapter
from parsepy.options.reading import OptionReader, read_adapter
from parsepy.storage.base import Storage

OPTION: Final = "analyticsAdapter"
BUILT_IN: Final = "builtin"
SETTINGS: Final = ("maxCounts", "maxEvents", "maxValues", "keepDays", "flushInterval")


def open_analytics(given: object, storage: Storage) -> Analytics:
    """Raises `OptionsError` for an adapter that cannot work."""
    settings: Mapping[str, object] = {}
    if isinstance(given, Mapping):
        given, settings = read_adapter(OPTION, given, (BUILT_IN,))
    if given == BUILT_IN:
        return EventCounter(storage, read_counting(settings))
    return OwnAnalytics(load_adapter(OPTION, given, settings))


def read_counting(settings: Mapping[str, object]) -> Counting:
    reader = OptionReader(f"{OPTION}.options", settings)
    reader.check_names(SETTINGS)
    bounds, default = Bounds(), Counting()
    return Counting(
        Bounds(
            counts=reader.whole("maxCounts", bounds.counts, 100, 100_000),
            events=reader.whole("maxEvents", bounds.events, 1, 10_000),
            values=reader.whole("maxValues", bounds.values, 1, 10_000),
        ),
        interval=reader.seconds("flushInterval", default.interval),
        keep_days=reader.whole("keepDays", default.keep_days, 8, 10_000),
    )
