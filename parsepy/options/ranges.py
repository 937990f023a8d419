"""Bounds of numbers that parse-server leaves to whatever breaks later."""

from collections.abc import Mapping
from typing import Final

from parsepy.options.errors import OptionsError

_BOUNDS: Final = {
    "port": (0, 65535),
    "objectIdSize": (1, 1024),
    "cacheTTL": (0, None),
    "cacheMaxSize": (0, None),
    "cluster": (0, 1024),
}


def check_ranges(values: Mapping[str, object]) -> None:
    """Raises `OptionsError` for a number outside of what can work."""
    for name, (least, most) in _BOUNDS.items():
        value = values.get(name)
        if not isinstance(value, int | float):
            continue
        if value != int(value) or value < least or (most is not None and value > most):
            span = f"from {least} to {most}" if most is not None else f"of at least {least}"
            raise OptionsError(f"Option {name} must be a whole number {span}.")
