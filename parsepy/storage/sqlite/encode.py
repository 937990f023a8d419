"""JSON texts for SQLite: strict, since what is stored must be what was given."""

from typing import Final

import orjson

from parsepy import errors

UNSTORABLE: Final = "The value holds a number or text that cannot be stored."


def json_text(value: object) -> str:
    """Raises 111 for what orjson could not read back: numbers beyond 64 bits, half characters."""
    try:
        return orjson.dumps(value).decode()
    except TypeError as error:
        raise errors.incorrect_type(UNSTORABLE) from error
