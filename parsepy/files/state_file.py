"""What long work with files knows so far, in an SQLite file: its memory does not grow with them."""

from pathlib import Path
from typing import ClassVar, Final, NamedTuple, Self

import apsw

from parsepy.errors import Code, ParseError

_PATIENCE_MS: Final = 10_000
_ABOUT: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Sum(NamedTuple):
    number: int
    bytes: int


NOTHING: Final = Sum(0, 0)


class StateFile:
    """`file` is kept, and known from then on; without one nothing is left."""

    application_id: ClassVar[int]
    script: ClassVar[str]
    """Makes what is missing in it."""
    work: ClassVar[str]
    """What makes such files, in words."""

    def __init__(self, file: Path | None = None) -> None:
        if file is not None:
            # Whoever knows the name of a file may often read it.
            file.touch(mode=0o600)
        self._is_kept = file is not None
        # An empty name is a file that SQLite makes in the folder for such, and removes.
        self._connection = apsw.Connection("" if file is None else str(file))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._connection.close()

    def _prepare(self) -> None:
        """Raises `ParseError` for a file that other work has made."""
        try:
            self._connection.set_busy_timeout(_PATIENCE_MS)
            known = self._connection.pragma("application_id")
            if self._connection.pragma("schema_version") and known != self.application_id:
                raise self._foreign()
            # Of a statement that has rows, apsw goes on behind the last of them only.
            self._connection.execute(self.script + _ABOUT).fetchall()
            self._connection.pragma("application_id", self.application_id)
        except apsw.Error:
            raise self._foreign() from None

    def _foreign(self) -> ParseError:
        return ParseError(Code.INTERNAL, f"The state is no file that {self.work} has made.")

    def _about(self, name: str, value: str) -> str:
        """What is known; if nothing is, the value from now on."""
        self._connection.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (name, value))
        row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,))
        return str(row.get)
