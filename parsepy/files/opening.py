"""From a database address to the store of its files; only that store is imported."""

from typing import cast

from parsepy.files.base import FileStore
from parsepy.options.database_uri import files_folder, is_mongodb, sqlite_file
from parsepy.options.model import ServerOptions
from parsepy.storage.base import Storage


def open_files(options: ServerOptions, storage: Storage) -> FileStore:
    """MongoDB keeps files in itself, SQLite in a folder beside its file. Touches nothing yet."""
    if is_mongodb(options.database_uri):
        from parsepy.files.gridfs import GridFSFiles
        from parsepy.storage.mongodb import MongoStorage

        # A test's wrapper around the store has its members, and is none.
        mongo = cast("MongoStorage", storage)
        return GridFSFiles(lambda: mongo.database)
    file = sqlite_file(options.database_uri)
    if file is None:
        from parsepy.files.memory import MemoryFiles

        return MemoryFiles()
    from parsepy.files.embedded import EmbeddedFiles

    return EmbeddedFiles(files_folder(file))
