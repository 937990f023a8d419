"""From an app's options to its store of files, as one side of a copy."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from parsepy.copying.places import Place
from parsepy.errors import Code, ParseError
from parsepy.files.adapter_option import Asked, read_files_adapter
from parsepy.files.base import FileStore
from parsepy.files.encrypted import EncryptedFiles
from parsepy.files.encryption import key_of
from parsepy.files.folder import FolderFiles
from parsepy.files.opening import open_unencrypted
from parsepy.files.own import OwnFiles
from parsepy.options.database_uri import is_mongodb
from parsepy.options.model import ServerOptions
from parsepy.storage.opening import open_storage


@dataclass(frozen=True, slots=True)
class Side:
    """`below` is the store with what lies in it, `store` the same through the key, if there is one.

    `identity` tells two stores apart, whatever their credentials; fit to be shown.
    """

    store: FileStore
    below: FileStore
    key: bytes | None = field(repr=False)
    identity: str


def is_with_database(options: ServerOptions) -> bool:
    """Whether the files are where the objects are, and `fileKey` is theirs."""
    asked = read_files_adapter(options.files_adapter)
    return asked is None or asked.built_in == "gridfs"


@asynccontextmanager
async def opened_source(options: ServerOptions) -> AsyncIterator[Side]:
    """Raises `OptionsError`, and `ParseError` 1 for a store that is not there or has no list."""
    if is_with_database(options):
        Place(options.database_uri).check(must_exist=True)
    async with _opened(options) as side:
        if isinstance(side.below, FolderFiles) and not side.below.folder.is_dir():
            raise ParseError(Code.INTERNAL, f"There is no folder {side.below.folder}.")
        if isinstance(side.below, OwnFiles) and not side.below.has_list:
            raise ParseError(
                Code.INTERNAL,
                "The files adapter of the source cannot tell what it has: list_files.",
            )
        yield side


@asynccontextmanager
async def opened_target(options: ServerOptions, *, to_write: bool) -> AsyncIterator[Side]:
    """Made by the first file. Raises `OptionsError`, and `ParseError` 1."""
    if is_with_database(options):
        place = Place(options.database_uri)
        place.check(must_exist=False)
        if place.file is not None and to_write:
            # As the database does it: its files may be there first.
            place.file.parent.mkdir(parents=True, exist_ok=True)
    async with _opened(options) as side:
        yield side


@asynccontextmanager
async def _opened(options: ServerOptions) -> AsyncIterator[Side]:
    async with AsyncExitStack() as stack:
        storage = open_storage(options)
        below, key_text = open_unencrypted(options, storage)
        if is_with_database(options) and is_mongodb(options.database_uri):
            await storage.start()
            stack.push_async_callback(storage.close)
        stack.push_async_callback(below.close)
        key = None if key_text is None else key_of(key_text)
        store = below if key is None else EncryptedFiles(below, key)
        yield Side(store, below, key, _identity(options, below))


def _identity(options: ServerOptions, below: FileStore) -> str:
    asked = read_files_adapter(options.files_adapter)
    if asked is None or asked.built_in == "gridfs":
        # Collection prefixes do not change the bucket.
        return Place(options.database_uri).identity
    if isinstance(below, FolderFiles):
        return f"folder {below.folder.resolve()}"
    if asked.built_in is None:
        return _own_identity(asked)
    from parsepy.files.objectstore.store import ObjectStoreFiles

    assert isinstance(below, ObjectStoreFiles)
    return f"{asked.built_in} {below.address}"


def _own_identity(asked: Asked) -> str:
    """Settings may be secrets."""
    settings = hashlib.sha256(repr(sorted(asked.settings.items())).encode()).hexdigest()
    return f"{asked.own} {settings[:16]}"
