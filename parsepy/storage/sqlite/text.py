"""The text index of a class: an FTS5 table that holds terms, kept up to date by triggers.

Terms are made by `query.text` and not by FTS5, so that stemming and stop words are the same in
every store.
"""

from collections.abc import Sequence
from typing import Final

import apsw

from parsepy.storage import text_index
from parsepy.storage.sqlite import names
from parsepy.storage.sqlite.functions import TERMS
from parsepy.storage.sqlite.text_terms import TOKENIZER
from parsepy.storage.text_index import TextIndex

# No contents and no positions: which rows have a term is all that is asked of it.
_TABLE: Final = (
    f"fts5(terms, content='', contentless_delete=1, detail=none, tokenize=\"{TOKENIZER}\")"
)
_EVENTS: Final = ("INSERT", "UPDATE", "DELETE")


def create(connection: apsw.Connection, class_name: str, index: TextIndex) -> None:
    """Makes the index of a table that is there, and fills it; nothing when it is there already.

    Raises 102 when the class has another one.
    """
    own = names.index_name(class_name, index.name)
    present = names_of(connection, class_name)
    if own in present:
        return
    if present:
        raise text_index.second_refused(class_name)
    table = names.table(class_name)
    connection.execute(f"CREATE VIRTUAL TABLE {names.quoted(own)} USING {_TABLE}")
    connection.execute(_addition(own, "", index.fields, f" FROM {table}"))
    add = _addition(own, "new.", index.fields)
    remove = f"DELETE FROM {names.quoted(own)} WHERE rowid = old.id"
    changed = f"{texts('new.', index.fields)} IS NOT {texts('old.', index.fields)}"
    _create_trigger(connection, own, "INSERT", f"ON {table}", add)
    _create_trigger(connection, own, "UPDATE", f"OF data ON {table} WHEN {changed}", remove, add)
    _create_trigger(connection, own, "DELETE", f"ON {table}", remove)


def drop(connection: apsw.Connection, class_name: str, index_name: str) -> None:
    """Does nothing when the class has no text index of that name."""
    own = names.index_name(class_name, index_name)
    if own in names_of(connection, class_name):
        for event in _EVENTS:
            connection.execute(f"DROP TRIGGER IF EXISTS {_trigger(own, event)}")
        connection.execute(f"DROP TABLE {names.quoted(own)}")


def drop_all(connection: apsw.Connection, class_name: str) -> None:
    """For a class that is dropped: its triggers go with its table."""
    for name in names_of(connection, class_name):
        connection.execute(f"DROP TABLE {names.quoted(name)}")


def names_of(connection: apsw.Connection, class_name: str) -> list[str]:
    """The FTS5 tables of a class."""
    prefix = f"{names.table_name(class_name)}/"
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, ?) = ?"
        " AND sql LIKE '% USING fts5(%'",
        (len(prefix), prefix),
    )
    return [str(name) for (name,) in rows.fetchall()]


def texts(row: str, fields: Sequence[str]) -> str:
    """An SQL expression for the texts of an object (`text_terms.read`)."""
    # An object may name the language of its texts itself, as in MongoDB.
    places = map(names.json_path, ("language", *fields))
    values = ", ".join(f"{row}data->'{place}'" for place in places)
    return f"json_array({values})"


def _addition(own: str, row: str, fields: Sequence[str], source: str = "") -> str:
    places = map(names.json_path, fields)
    present = " OR ".join(f"{row}data->'{place}' IS NOT NULL" for place in places)
    return (
        f"INSERT INTO {names.quoted(own)} (rowid, terms)"
        f" SELECT {row}id, {TERMS}({texts(row, fields)}){source} WHERE {present}"
    )


def _create_trigger(
    connection: apsw.Connection, own: str, event: str, target: str, *statements: str
) -> None:
    body = " ".join(f"{statement};" for statement in statements)
    connection.execute(
        f"CREATE TRIGGER {_trigger(own, event)} AFTER {event} {target} BEGIN {body} END"
    )


def _trigger(own: str, event: str) -> str:
    return names.quoted(f"{own}/{event}")
