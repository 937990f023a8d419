"""From a database address to the adapter that serves it; only that adapter is imported."""

from collections.abc import Mapping

from parsepy.options.model import ServerOptions
from parsepy.storage.base import Storage


def open_storage(options: ServerOptions) -> Storage:
    """`sqlite:///path`, `sqlite::memory:`, `mongodb://…`, `mongodb+srv://…`. Connects nowhere."""
    uri = options.database_uri
    if uri.startswith("sqlite:"):
        from parsepy.storage.sqlite import SQLiteStorage

        return SQLiteStorage(sqlite_location(uri))
    from parsepy.storage.mongodb import MongoStorage

    return MongoStorage(
        uri, collection_prefix=options.collection_prefix, options=_plain(options.database_options)
    )


def sqlite_location(uri: str) -> str:
    """`sqlite:///data/app.sqlite` → `data/app.sqlite`; four slashes make it absolute."""
    rest = uri.removeprefix("sqlite:")
    return rest if rest == ":memory:" else rest.removeprefix("///")


def _plain(options: Mapping[str, object]) -> dict[str, object]:
    return dict(options)
