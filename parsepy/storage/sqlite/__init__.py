"""The embedded store: one SQLite file (or memory), no server."""

from parsepy.storage.sqlite.adapter import SQLiteStorage

__all__ = ["SQLiteStorage"]
