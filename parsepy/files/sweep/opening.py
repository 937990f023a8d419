"""From an app's options to its store of files and to all that may mention them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from parsepy.copying.places import Place
from parsepy.files.base import FileStore
from parsepy.files.opening import open_files
from parsepy.files.sweep.referrers import Referrers
from parsepy.options.database_uri import is_mongodb
from parsepy.options.model import ServerOptions
from parsepy.storage.base import Storage
from parsepy.storage.opening import open_storage

_SCHEMA: Final = "_SCHEMA"


@dataclass(frozen=True, slots=True)
class Swept:
    store: FileStore
    referrers: tuple[Referrers, ...]


@asynccontextmanager
async def opened(options: ServerOptions) -> AsyncIterator[Swept]:
    """Raises `OptionsError`, and `ParseError` 1 where there is no such database or it does not
    answer."""
    Place(options.database_uri, options.collection_prefix).check(must_exist=True)
    async with AsyncExitStack() as stack:
        storage = await _started(stack, options, options.collection_prefix)
        store = open_files(options, storage)
        stack.push_async_callback(store.close)
        prefixes = await _prefixes(stack, options)
        others = tuple(prefix for prefix in prefixes if prefix != options.collection_prefix)
        referrers = [Referrers(storage, options.collection_prefix, others)]
        for prefix in others:
            beside = await _started(stack, options, prefix)
            referrers.append(Referrers(beside, prefix, prefixes))
        yield Swept(store, tuple(referrers))


async def _started(stack: AsyncExitStack, options: ServerOptions, prefix: str) -> Storage:
    storage = open_storage(msgspec.structs.replace(options, collection_prefix=prefix))
    await storage.start()
    stack.push_async_callback(storage.close)
    return storage


async def _prefixes(stack: AsyncExitStack, options: ServerOptions) -> tuple[str, ...]:
    """The collection prefixes of all apps in a MongoDB: GridFS's bucket has none, so their files
    are in one place."""
    if not is_mongodb(options.database_uri):
        return ()
    whole = await _started(stack, options, "")
    names = (await whole.stored_names()).classes
    found = {name.removesuffix(_SCHEMA) for name in names if name.endswith(_SCHEMA)}
    return tuple(sorted({"", *found}))
