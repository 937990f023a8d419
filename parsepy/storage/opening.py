"""From a database address to the adapter that serves it; only that adapter is imported."""

from typing import cast

from parsepy.options.model import ServerOptions
from parsepy.storage.base import Storage
from parsepy.types import JSONMapping


def open_storage(options: ServerOptions) -> Storage:
    """`sqlite:///path`, `sqlite::memory:`, `mongodb://…`, `mongodb+srv://…`. Connects nowhere."""
    uri = options.database_uri
    if uri.startswith("sqlite:"):
        from parsepy.storage.sqlite import SQLiteStorage

        return SQLiteStorage(sqlite_location(uri))
    from parsepy.storage.mongodb import MongoStorage

    # Options come from JSON; what a programme passes in besides goes to the driver as it is.
    database_options = cast("JSONMapping", options.database_options)
    return MongoStorage(uri, collection_prefix=options.collection_prefix, options=database_options)


def sqlite_location(uri: str) -> str:
    """`sqlite:///data/app.sqlite` → `data/app.sqlite`; four slashes make it absolute."""
    rest = uri.removeprefix("sqlite:")
    return rest if rest == ":memory:" else rest.removeprefix("///")
