"""The forms of `databaseURI`."""

from pathlib import Path
from typing import Final

from parsepy.options.errors import OptionsError

SQLITE_MEMORY: Final = "sqlite::memory:"
_SQLITE_FILE: Final = "sqlite:///"
_MONGODB: Final = ("mongodb://", "mongodb+srv://")


def is_mongodb(uri: str) -> bool:
    """Whether `uri` names a MongoDB."""
    return uri.startswith(_MONGODB)


def sqlite_file(uri: str) -> Path | None:
    """The file of `sqlite:///relative/path` or `sqlite:////absolute/path`, else `None`."""
    return Path(uri.removeprefix(_SQLITE_FILE)) if uri.startswith(_SQLITE_FILE) else None


def files_folder(database: Path) -> Path:
    """Where the uploads of an SQLite database are: `app.sqlite` has `app.sqlite.files`."""
    return database.with_name(f"{database.name}.files")


def shown(uri: str) -> str:
    """The address without the name and password that it may hold."""
    if not is_mongodb(uri):
        return uri
    scheme, _, rest = uri.partition("://")
    # The last @ ends the credentials, even where one of theirs was left unescaped; settings
    # behind the question mark may hold passwords too.
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def check_address(uri: str) -> None:
    """`check_database_uri` for an address that is no option."""
    check_database_uri(uri, "An address")


def check_database_uri(uri: str, what: str = "Option databaseURI") -> None:
    """Raises `OptionsError` unless `uri` has one of the forms that a store exists for."""
    if is_mongodb(uri) or uri == SQLITE_MEMORY:
        return
    file = sqlite_file(uri)
    if file is None or not file.name:
        raise OptionsError(
            f"{what} must start with mongodb://, mongodb+srv:// or sqlite:///, "
            "or be sqlite::memory:."
        )
