"""The group `Database`: who gets at the data past the server.

A MongoDB is as safe as its password, the embedded database as its file.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from parsepy.options.database_uri import files_folder, is_mongodb, sqlite_file
from parsepy.options.model import ServerOptions
from parsepy.security_check.base import Check, CheckGroup
from parsepy.security_check.strength import is_strong

_CREDENTIALS: Final = re.compile(r"//[^/\s]*?:(?P<password>\S+)@")
_WITHOUT_PASSWORD: Final = re.compile(
    r"[?&]authMechanism=(MONGODB-X509|MONGODB-AWS|MONGODB-OIDC|GSSAPI)\b", re.IGNORECASE
)


def database_group(options: ServerOptions) -> CheckGroup:
    """What is to be asked depends on the store: a file has no password, a server no mode."""
    uri = options.database_uri
    if is_mongodb(uri):
        return CheckGroup("Database", [_password_check(uri)])
    file = sqlite_file(uri)
    # On Windows a mode says nothing about who may read.
    return CheckGroup("Database", [] if file is None or os.name == "nt" else [_file_check(file)])


def _password_check(uri: str) -> Check:
    return Check(
        "Secure database password",
        "The address of the database has no password, or one that can be guessed.",
        "Give the database a long random password and name it in databaseURI.",
        lambda: _is_locked(uri),
    )


def _is_locked(uri: str) -> bool:
    if _WITHOUT_PASSWORD.search(uri):
        return True
    found = _CREDENTIALS.search(uri)
    return found is not None and is_strong(unquote(found["password"]))


def _file_check(file: Path) -> Check:
    return Check(
        "Database files closed to other users",
        "Other users of this machine can read or change the database or the uploaded files.",
        f"Take the rights from them: chmod o-rwx {file} and the files beside it.",
        lambda: not any(_is_open_to_others(path) for path in _files_of(file)),
    )


def _files_of(file: Path) -> Iterator[Path]:
    """The database, what SQLite keeps beside it, and the folder of uploads: those that exist."""
    names = (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm"))
    return (path for path in (*names, files_folder(file) / "index.sqlite") if path.exists())


def _is_open_to_others(path: Path) -> bool:
    """Whether the file's mode lets others in, and every folder on the way to it does."""
    if not path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
