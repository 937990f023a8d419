"""Names of tables, indexes and places inside an object, safe to stand in SQL text.

SQLite folds the case of ASCII letters in names, Parse does not: `Game` and `GAME` are two classes.
So a name carries a bit mask of its upper-case letters (`Game~1`, `GAME~f`): no state, no clash.
"""

import re
from functools import lru_cache
from typing import Final

from parsepy import errors
from parsepy.schema.system_classes import is_join

SCHEMA_TABLE: Final = '"_SCHEMA"'

_CLASS: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATH: Final = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
# SQLite keeps names with this beginning for itself; to Parse they are ordinary.
RESERVED: Final = "sqlite_"


@lru_cache(maxsize=4096)
def table(class_name: str) -> str:
    """The quoted name of the table of a class or of a relation's rows. Raises 103."""
    return quoted(table_name(class_name))


def table_name(class_name: str) -> str:
    if _CLASS.fullmatch(class_name) is None and not is_join(class_name):
        raise errors.class_missing(class_name)
    folded = _with_case(class_name)
    return f"~{folded}" if class_name.lower().startswith(RESERVED) else folded


def class_of_table(name: str) -> str | None:
    """The class or relation whose table is called so; `None` for any other table."""
    class_name = name.removeprefix("~").rpartition("~")[0]
    known = _CLASS.fullmatch(class_name) is not None or is_join(class_name)
    return class_name if known and table_name(class_name) == name else None


def index_name(class_name: str, index: str) -> str:
    """The name of a class's index: in SQLite all tables share one space of index names."""
    if "\0" in index:
        raise errors.invalid_query("The name of an index must not contain a NUL character.")
    return f"{table_name(class_name)}/{_with_case(index)}"


@lru_cache(maxsize=4096)
def json_path(path: str) -> str:
    """`score` → `$."score"`, `a.b` → `$."a"."b"`: a JSON path free of quotes. Raises 105."""
    if _PATH.fullmatch(path) is None:
        raise errors.invalid_key_name(path)
    return "$" + "".join(f'."{part}"' for part in path.split("."))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _with_case(name: str) -> str:
    upper = sum(1 << place for place, letter in enumerate(name) if "A" <= letter <= "Z")
    return f"{name}~{upper:x}"
