"""Where a copy comes from and goes to."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from parsepy.errors import Code, ParseError
from parsepy.options.database_uri import SQLITE_MEMORY, is_mongodb, sqlite_file
from parsepy.storage.base import Storage


@dataclass(frozen=True, slots=True)
class Place:
    """A database address and the collection prefix of a MongoDB."""

    uri: str
    prefix: str = ""

    @property
    def file(self) -> Path | None:
        return sqlite_file(self.uri)

    @property
    def identity(self) -> str:
        """Tells two places apart, whatever their credentials and settings; fit to be shown."""
        if self.file is not None:
            return f"sqlite:///{self.file.resolve()}"
        parts = urlsplit(self.uri)
        hosts = ",".join(sorted(parts.netloc.rpartition("@")[2].lower().split(",")))
        return f"{parts.scheme}://{hosts}{parts.path or '/'}" + (
            f" (prefix {self.prefix})" if self.prefix else ""
        )

    def check(self, *, must_exist: bool) -> None:
        """Raises `ParseError` 1 for a store that cannot be copied from or to."""
        if self.uri == SQLITE_MEMORY:
            raise ParseError(Code.INTERNAL, "A store in memory has nothing before or after it.")
        if must_exist and self.file is not None and not self.file.is_file():
            raise ParseError(Code.INTERNAL, f"There is no file {self.file}: name another.")

    def storage(self) -> Storage:
        """The adapter for the place, not started."""
        if is_mongodb(self.uri):
            from parsepy.storage.mongodb import MongoStorage

            return MongoStorage(self.uri, collection_prefix=self.prefix)
        from parsepy.storage.sqlite import SQLiteStorage

        return SQLiteStorage(str(self.file))
