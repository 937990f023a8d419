"""The tables of the file, and the marks by which a file is known to be ours.

A class has one table, an object one row; `id` rises with each insert. The rows of a relation stand
in a table of their own whose generated columns let it be read like a class.
"""

from typing import Final

import apsw

from parsepy.errors import Code, ParseError
from parsepy.schema.system_classes import is_join, join_class
from parsepy.storage.sqlite import names, shapes, text

APPLICATION_ID: Final = 0x50617273
"""`Pars`, for `file(1)` and for us."""
LAYOUT_VERSION: Final = 2
OLDEST_SQLITE: Final = (3, 48, 0)

ROLE_TABLES: Final = ("_Role", join_class("users", "_Role"), join_class("roles", "_Role"))
"""Always there: the roles of a user are read with one statement."""

_CLASS_COLUMNS: Final = """
    id INTEGER PRIMARY KEY,
    objectId TEXT NOT NULL UNIQUE,
    createdAt TEXT,
    updatedAt TEXT,
    readers TEXT,
    writers TEXT,
    data BLOB NOT NULL
"""
_JOIN_COLUMNS: Final = """
    id INTEGER PRIMARY KEY,
    owningId TEXT NOT NULL,
    relatedId TEXT NOT NULL,
    objectId TEXT AS (printf('%024x', id)),
    createdAt TEXT AS (NULL),
    updatedAt TEXT AS (NULL),
    readers TEXT AS (NULL),
    writers TEXT AS (NULL),
    data BLOB AS (jsonb_object('owningId', owningId, 'relatedId', relatedId)),
    UNIQUE (owningId, relatedId)
"""


def check_sqlite() -> None:
    """Raises `ParseError` 1 when the SQLite that apsw brings is too old for this layout."""
    version = apsw.sqlite_lib_version()
    if tuple(map(int, version.split("."))) < OLDEST_SQLITE:
        oldest = ".".join(map(str, OLDEST_SQLITE))
        raise ParseError(Code.INTERNAL, f"SQLite {oldest} is needed, this is {version}.")


def check_file(connection: apsw.Connection, location: str) -> None:
    """Raises `ParseError` 1 for a file of another program or of a later parsepy."""
    version = connection.pragma("user_version")
    if _is_new(connection) or connection.pragma("application_id") == APPLICATION_ID:
        if isinstance(version, int) and version > LAYOUT_VERSION:
            raise ParseError(
                Code.INTERNAL,
                f"{location} was written by a later parsepy (layout {version}, this one reads"
                f" {LAYOUT_VERSION}): update parsepy.",
            )
        return
    raise foreign_file(location)


def foreign_file(location: str) -> ParseError:
    return ParseError(Code.INTERNAL, f"{location} is not a database of parsepy.")


def create_base(connection: apsw.Connection) -> None:
    """Marks the file as ours and makes the tables that are always there."""
    if connection.pragma("user_version") != LAYOUT_VERSION:
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", LAYOUT_VERSION)
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {names.SCHEMA_TABLE}"
        " (className TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID"
    )
    for class_name in ROLE_TABLES:
        create_table(connection, class_name)


def create_table(connection: apsw.Connection, class_name: str) -> None:
    """Makes the table of a class or of a relation's rows, if it is not there."""
    table = names.table(class_name)
    if is_join(class_name):
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({_JOIN_COLUMNS})")
        index = names.quoted(names.index_name(class_name, "relatedId"))
        connection.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {table} (relatedId)")
    else:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({_CLASS_COLUMNS})")


def drop_table(connection: apsw.Connection, class_name: str) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {names.table(class_name)}")
    text.drop_all(connection, class_name)
    shapes.drop_all(connection, class_name)


def drop_everything(connection: apsw.Connection) -> None:
    # The tables in which virtual ones keep their content go with them, so those come first.
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " ORDER BY sql LIKE 'CREATE VIRTUAL TABLE %' DESC"
    ).fetchall()
    for table in (str(name) for (name,) in found):
        if not table.startswith(names.RESERVED):
            connection.execute(f"DROP TABLE IF EXISTS {names.quoted(table)}")


def _is_new(connection: apsw.Connection) -> bool:
    return not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
