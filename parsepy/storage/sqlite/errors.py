"""The one border where what SQLite says becomes what the contract says."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw

from parsepy import errors
from parsepy.errors import DuplicateValue, ParseError
from parsepy.storage.sqlite.encode import UNSTORABLE

# "UNIQUE constraint failed: index 'Game~1/name_1~0'" and "… failed: Game~1.objectId".
_INDEX: Final = re.compile(r"index '(.*)'$", re.DOTALL)
_PLACE: Final = re.compile(r"""'\$((?:\."[^"]+")+)'""")

STORE_ERRORS: Final = (apsw.Error, OverflowError, UnicodeEncodeError)

_UNREACHABLE: Final = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.ReadOnlyError,
    apsw.CorruptError,
    apsw.NotADBError,
    apsw.PermissionsError,
    apsw.NoMemError,
    apsw.ProtocolError,
)


@contextmanager
def translated(connection: apsw.Connection) -> Iterator[None]:
    """Turns what SQLite raises into a `DuplicateValue` or `ParseError`, as their cause."""
    try:
        yield
    except STORE_ERRORS as error:
        raise translation(error, connection) from error


def translation(error: Exception, connection: apsw.Connection) -> DuplicateValue | ParseError:
    """What one of `STORE_ERRORS` means to the caller."""
    if isinstance(error, apsw.ConstraintError):
        return DuplicateValue(_refused_field(str(error), connection))
    if isinstance(error, _UNREACHABLE):
        return errors.database_error()
    if isinstance(error, apsw.TooBigError):
        return errors.incorrect_type("The object is too large to be stored.")
    if isinstance(error, OverflowError | UnicodeEncodeError):
        return errors.incorrect_type(UNSTORABLE)
    return errors.internal_error()


def table_missing(connection: apsw.Connection, table_name: str) -> bool:
    """Whether a failed statement failed because its table is not there (yet)."""
    found = connection.execute(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (table_name,)
    )
    return not found.fetchall()


def _refused_field(message: str, connection: apsw.Connection) -> str | None:
    index = _INDEX.search(message)
    if index is None:
        return message.rpartition(".")[2] or None
    rows = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", (index.group(1),)
    ).fetchall()
    place = _PLACE.search(str(rows[0][0])) if rows else None
    if place is None:
        return None
    return place.group(1).replace('"', "").removeprefix(".")
