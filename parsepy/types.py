"""The few type names that every room shares."""

from collections.abc import Mapping
from typing import Final, TypeAlias

JSONValue: TypeAlias = bool | int | float | str | list["JSONValue"] | dict[str, "JSONValue"] | None
JSONObject: TypeAlias = dict[str, JSONValue]
JSONMapping: TypeAlias = Mapping[str, JSONValue]

ParseObject: TypeAlias = JSONObject
"""One object in REST form: `objectId`, bare ISO `createdAt`/`updatedAt`, `ACL` when it has one,
typed values as `{"__type": …}`. Internal columns keep their stored names (`_hashed_password`)."""


class Missing:
    """The type of `MISSING`: tells "not given" from a given `None`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()
