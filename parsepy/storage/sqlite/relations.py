"""The rows of relations, and the roles that follow from them."""

from collections.abc import Sequence
from typing import Final

import apsw

from parsepy.schema.system_classes import join_class
from parsepy.storage.sqlite import layout, names
from parsepy.storage.sqlite.encode import json_text
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.sql_types import Rows

_ROLE_NAMES: Final = f"""
WITH RECURSIVE held (roleId) AS (
    SELECT owningId FROM {names.table(join_class("users", "_Role"))} WHERE relatedId = ?
    UNION
    SELECT parent.owningId
    FROM held JOIN {names.table(join_class("roles", "_Role"))} AS parent
        ON parent.relatedId = held.roleId
)
SELECT DISTINCT data->>'{names.json_path("name")}'
FROM held JOIN {names.table("_Role")} ON objectId = held.roleId
WHERE data->>'{names.json_path("name")}' IS NOT NULL
"""


def change(
    connection: apsw.Connection,
    join: str,
    owning_id: str,
    added: Sequence[str],
    removed: Sequence[str],
) -> None:
    layout.create_table(connection, join)
    table = names.table(join)
    connection.executemany(
        f"INSERT OR IGNORE INTO {table} (owningId, relatedId) VALUES (?, ?)",
        [(owning_id, related_id) for related_id in added],
    )
    connection.executemany(
        f"DELETE FROM {table} WHERE owningId = ? AND relatedId = ?",
        [(owning_id, related_id) for related_id in removed],
    )


def related_ids_query(join: str, owning_id: str) -> Query:
    sql = f"SELECT relatedId FROM {names.table(join)} WHERE owningId = ? ORDER BY id"
    return Query(join, sql, (owning_id,))


def owning_ids_query(join: str, related_ids: Sequence[str]) -> Query:
    sql = (
        f"SELECT DISTINCT owningId FROM {names.table(join)}"
        " WHERE relatedId IN (SELECT value FROM json_each(?))"
    )
    return Query(join, sql, (json_text(list(related_ids)),))


def role_names_query(user_id: str) -> Query:
    return Query("_Role", _ROLE_NAMES, (user_id,))


def texts(rows: Rows) -> list[str]:
    return [str(name) for (name,) in rows]
