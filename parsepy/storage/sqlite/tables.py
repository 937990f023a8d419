"""The tables of classes with the indexes that the server wants on them."""

from collections.abc import Sequence
from typing import Final

import apsw

from parsepy.protocol import dates
from parsepy.schema.classes import missing_class
from parsepy.storage.base import Index
from parsepy.storage.sqlite import indexes, layout, names, shapes
from parsepy.storage.sqlite.errors import table_missing


class Tables:
    """Makes tables when they are first needed, again after they were dropped.

    The loop tells what is wanted, the writer makes it: the one value they share is replaced whole.
    """

    def __init__(self) -> None:
        self._wanted: Final[dict[str, tuple[Index, ...]]] = {}
        self._expiring: Final[dict[str, tuple[str, ...]]] = {}

    def want(self, wanted: Sequence[Index]) -> None:
        for index in wanted:
            known = self._wanted.get(index.class_name, ())
            if index in known:
                continue
            self._wanted[index.class_name] = (*known, index)
            if index.expires:
                self._expiring[index.class_name] = (
                    *self._expiring.get(index.class_name, ()),
                    indexes.expression(missing_class(index.class_name), index.fields[0]),
                )

    def wanted(self, class_name: str) -> Sequence[Index]:
        return self._wanted.get(class_name, ())

    def create(self, connection: apsw.Connection, class_name: str) -> None:
        """Makes the table and the indexes that are missing. Raises `DuplicateValue`."""
        layout.create_table(connection, class_name)
        shapes.ensure_class(connection, class_name)
        for index in self._wanted.get(class_name, ()):
            indexes.ensure(connection, index)

    def ensure(self, connection: apsw.Connection, index: Index) -> None:
        """Makes one index, and its table, if it is missing. Raises `DuplicateValue`."""
        layout.create_table(connection, index.class_name)
        indexes.ensure(connection, index)

    def recreate(self, connection: apsw.Connection) -> None:
        """Drops everything and makes what a started store has."""
        layout.drop_everything(connection)
        layout.create_base(connection)
        for class_name in tuple(self._wanted):
            self.create(connection, class_name)

    def erase_expired(self, connection: apsw.Connection, class_name: str) -> None:
        """Called before each insert, as nothing runs by itself in an embedded store.

        So an object whose date has passed is there until the next insert in its class.
        """
        for place in self._expiring.get(class_name, ()):
            sql = f"DELETE FROM {names.table(class_name)} WHERE {place} <= ?"
            try:
                connection.execute(sql, (dates.now(),))
            except apsw.SQLError:
                if not table_missing(connection, names.table_name(class_name)):
                    raise
