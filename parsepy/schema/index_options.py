"""Options of an index, an addition of parsepy's to the schema API.

They stand beside `indexes`, where parse-server, its dashboard and the SDKs pass over them:

    {"indexes": {"byCode": {"code": 1}}, "indexOptions": {"byCode": {"unique": true}}}

`unique` refuses a second object with the same value, a missing value being one like any other;
`sparse` leaves objects without the field out of the index; `expireAfterSeconds` erases an object
that many seconds after the date in the field.
"""

from typing import Final

import msgspec

from parsepy import errors
from parsepy.types import JSONObject, JSONValue

LONGEST_EXPIRY: Final = 2**31 - 1
"""Seconds; MongoDB takes no more."""


class IndexOptions(msgspec.Struct, frozen=True):
    unique: bool = False
    sparse: bool = False
    expire_after_seconds: int | None = None


PLAIN: Final = IndexOptions()


def read_options(name: str, value: JSONValue) -> IndexOptions:
    """The options of the index `name`. Raises 102."""
    if not isinstance(value, dict):
        raise errors.invalid_query(f"The options of index {name} must be an object.")
    for option in value:
        if option not in ("unique", "sparse", "expireAfterSeconds"):
            raise errors.invalid_query(f"An index has no option {option}.")
    return IndexOptions(
        _switch(name, "unique", value.get("unique")),
        _switch(name, "sparse", value.get("sparse")),
        _seconds(name, value.get("expireAfterSeconds")),
    )


def write_options(options: IndexOptions) -> JSONObject:
    """As `read_options` takes it; options that are off are left out."""
    written: JSONObject = {}
    if options.unique:
        written["unique"] = True
    if options.sparse:
        written["sparse"] = True
    if options.expire_after_seconds is not None:
        written["expireAfterSeconds"] = options.expire_after_seconds
    return written


def _switch(name: str, option: str, value: JSONValue) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise errors.invalid_query(f"The option {option} of index {name} must be true or false.")


def _seconds(name: str, value: JSONValue) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LONGEST_EXPIRY:
        return value
    raise errors.invalid_query(
        f"The option expireAfterSeconds of index {name} must be a whole number of seconds"
        f" from 0 to {LONGEST_EXPIRY}."
    )
