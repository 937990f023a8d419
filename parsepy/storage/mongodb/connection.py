"""The client of one process, its database and its collections."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bson.codec_options import CodecOptions, DatetimeConversion
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, OperationFailure, PyMongoError

from parsepy.errors import Code, ParseError
from parsepy.storage.mongodb.documents import Collection, Document
from parsepy.storage.mongodb.errors import is_unauthorised
from parsepy.storage.mongodb.uri import driver_options, escape_credentials, refused_option
from parsepy.types import JSONValue

DEFAULT_DATABASE: Final = "test"
"""The driver's own default, which parse-server leaves as it is."""

SCHEMA_COLLECTION: Final = "_SCHEMA"

_NO_ADDRESS: Final = (ConfigurationError, TypeError, ValueError)

# One row that an old tool wrote must not make a whole listing fail: dates beyond Python's years
# come as milliseconds, broken UTF-8 with U+FFFD.
_CODEC: Final[CodecOptions[Document]] = CodecOptions(
    document_class=dict,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
    unicode_decode_error_handler="replace",
)


class Connection:
    """Open between `open` and `close`; belongs to the loop that opened it."""

    def __init__(self, uri: str, prefix: str, options: Mapping[str, JSONValue]) -> None:
        self.prefix = prefix
        self.server_version = ""
        self.has_transactions = False
        self.writers = asyncio.Semaphore()
        """Held by whoever writes outside of a transaction."""
        self._uri = uri
        self._options = options
        self._client: AsyncMongoClient[Document] | None = None
        self._database: AsyncDatabase[Document] | None = None

    @property
    def database(self) -> AsyncDatabase[Document]:
        if self._database is None:
            raise RuntimeError("the store has not been started")
        return self._database

    def collection(self, class_name: str) -> Collection:
        return self.database.get_collection(self.prefix + class_name)

    def start_session(self) -> AsyncClientSession:
        if self._client is None:
            raise RuntimeError("the store has not been started")
        return self._client.start_session()

    @property
    def schemas(self) -> Collection:
        return self.collection(SCHEMA_COLLECTION)

    async def open(self) -> None:
        """Raises `ParseError` 1 that says what is wrong, without the credentials."""
        client = self._make_client()
        try:
            hello = await client.admin.command("hello")
            build = await client.admin.command("buildInfo")
        except PyMongoError as error:
            await client.close()
            raise ParseError(Code.INTERNAL, self._why_unreachable(error)) from error
        self.server_version = str(build.get("version", ""))
        self.has_transactions = "setName" in hello or hello.get("msg") == "isdbgrid"
        self.writers = asyncio.Semaphore(_writers(client.options.pool_options.max_pool_size))
        self._client = client
        self._database = client.get_default_database(DEFAULT_DATABASE, codec_options=_CODEC)

    async def close(self) -> None:
        client, self._client, self._database = self._client, None, None
        if client is not None:
            await client.close()

    def _make_client(self) -> AsyncMongoClient[Document]:
        options = driver_options(self._uri, self._options)
        refused = refused_option(options)
        if refused is not None:
            raise ParseError(
                Code.INTERNAL,
                f"The MongoDB driver does not take databaseOptions.{refused} as it is.",
            )
        try:
            return AsyncMongoClient(self._uri, **options)
        except _NO_ADDRESS:
            # User name and password may stand there as they are: parse-server takes them so.
            self._uri = escape_credentials(self._uri)
        try:
            return AsyncMongoClient(self._uri, **options)
        except _NO_ADDRESS as error:
            raise ParseError(
                Code.INTERNAL, "databaseURI is no address that the MongoDB driver takes."
            ) from error

    def _why_unreachable(self, error: PyMongoError) -> str:
        hosts = urlsplit(self._uri).netloc.rpartition("@")[2]
        if isinstance(error, OperationFailure) and is_unauthorised(error):
            return f"The database at {hosts} refuses the credentials of databaseURI."
        return f"The database at {hosts} cannot be reached."


def _writers(connections: float | None) -> int:
    """So many may write at once: a fifth of the connections is left for transactions."""
    if not connections or connections == float("inf"):
        return sys.maxsize
    return max(1, int(connections - max(1, connections // 5)))
