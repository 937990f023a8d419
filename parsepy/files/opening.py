"""From the options to the store of an app's files; only that store is imported."""

from pathlib import Path
from typing import cast

from parsepy.files.adapter_option import OPTION, Asked, read_files_adapter
from parsepy.files.base import FileStore
from parsepy.options.database_uri import files_folder, is_mongodb, sqlite_file
from parsepy.options.errors import OptionsError
from parsepy.options.functions import load_adapter
from parsepy.options.model import ServerOptions
from parsepy.options.reading import OptionReader
from parsepy.storage.base import Storage


def open_files(options: ServerOptions, storage: Storage) -> FileStore:
    """The store that `filesAdapter` names, else the database's. Touches nothing yet.

    Raises `OptionsError` for one that cannot work.
    """
    store, key = open_unencrypted(options, storage)
    if key is None:
        return store
    from parsepy.files.encrypted import EncryptedFiles
    from parsepy.files.encryption import key_of

    return EncryptedFiles(store, key_of(key))


def open_unencrypted(options: ServerOptions, storage: Storage) -> tuple[FileStore, str | None]:
    """The store with what lies in it, encrypted or not, and the key for that if there is one."""
    asked = read_files_adapter(options.files_adapter)
    if asked is None:
        return _of_database(options.database_uri, storage), options.file_key
    if asked.built_in is None:
        return _own(asked), None
    if asked.built_in == "gridfs":
        return _gridfs(asked, options.database_uri, storage), options.file_key
    if asked.built_in == "folder":
        return _folder(asked)
    return _object_store(asked), None


def _folder(asked: Asked) -> tuple[FileStore, str | None]:
    from parsepy.files.folder import FolderFiles

    given = OptionReader(f"{OPTION}.options", asked.settings)
    given.check_names(("path", "filesSubDirectory", "encryptionKey"))
    path, below_files = given.text("path"), given.text("filesSubDirectory")
    if path is not None and below_files is not None:
        raise OptionsError(
            f"Option {given.path} must have path or filesSubDirectory, not both: the second one is"
            " below ./files."
        )
    # As npm's adapter reads it: below `files` where the server was started, even with a slash.
    folder = Path(path or f"files/{below_files or ''}")
    return FolderFiles(folder), given.text("encryptionKey")


def _of_database(database_uri: str, storage: Storage) -> FileStore:
    """MongoDB keeps files in itself, SQLite in a folder beside its file."""
    if is_mongodb(database_uri):
        return _in(storage)
    file = sqlite_file(database_uri)
    if file is None:
        from parsepy.files.memory import MemoryFiles

        return MemoryFiles()
    from parsepy.files.embedded import EmbeddedFiles

    return EmbeddedFiles(files_folder(file))


def _gridfs(asked: Asked, database_uri: str, storage: Storage) -> FileStore:
    OptionReader(f"{OPTION}.options", asked.settings).check_names(())
    if not is_mongodb(database_uri):
        raise OptionsError(f"Option {OPTION}: gridfs needs a databaseURI that names a MongoDB.")
    return _in(storage)


def _in(storage: Storage) -> FileStore:
    from parsepy.files.gridfs import GridFSFiles
    from parsepy.storage.mongodb import MongoStorage

    # A test's wrapper around the store has its members, and is none.
    mongo = cast("MongoStorage", storage)
    return GridFSFiles(lambda: mongo.database)


def _own(asked: Asked) -> FileStore:
    from parsepy.files.own import own_store

    return own_store(load_adapter(OPTION, asked.own, asked.settings))


def _object_store(asked: Asked) -> FileStore:
    from parsepy.files.objectstore import open_object_store

    assert asked.built_in is not None
    return open_object_store(asked.built_in, f"{OPTION}.options", asked.settings)
