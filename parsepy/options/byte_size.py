"""Sizes as people write them."""

import re
from typing import Final

from parsepy.options.errors import OptionsError

_FORM: Final = re.compile(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(b|kb|mb|gb|tb)?\s*", re.IGNORECASE)
_UNITS: Final = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40}


def parse_byte_size(name: str, value: str) -> int:
    """Bytes in a text such as `20mb`; units are powers of 1024, no unit means bytes."""
    match = _FORM.fullmatch(value)
    if match is None:
        raise OptionsError(f"Option {name} must be a size such as 20mb.")
    return int(float(match[1]) * _UNITS[(match[2] or "b").lower()])
