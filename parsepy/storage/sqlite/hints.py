"""Query hints: SQLite's planner needs none, but a hint that names no index is refused."""

from typing import Final

from parsepy import errors
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import ID_INDEX
from parsepy.types import JSONObject

_NATURAL: Final = ({"$natural": 1}, {"$natural": -1})


def check(schema: ClassSchema, hint: str | JSONObject | None) -> None:
    """`hint` is the name of an index of the class, or its key. Raises 102 for another one."""
    if hint is None or hint in _NATURAL:
        return
    known = ID_INDEX | schema.definition.indexes
    if isinstance(hint, str):
        if hint in known:
            return
    elif hint in known.values():
        return
    raise errors.invalid_query("The hint names no index of the class.")
