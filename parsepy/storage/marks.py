"""Where the processes that serve one store on this host keep their change marks."""

import hashlib
import logging
import os
import stat
import tempfile
from pathlib import Path

from parsepy.cache import Marks, PrivateMarks
from parsepy.options.database_uri import SQLITE_MEMORY, sqlite_file
from parsepy.options.model import ServerOptions

_log = logging.getLogger(__name__)


def open_marks(options: ServerOptions) -> Marks:
    """Beside an SQLite file; for a MongoDB in a folder of this user's. Where neither is possible
    the marks are this process's own, and others see changes after `cacheTTL`."""
    if options.database_uri == SQLITE_MEMORY or options.cache_ttl <= 0:
        return PrivateMarks()
    if os.name != "posix":
        return PrivateMarks()
    from parsepy.cache.shared_marks import SharedMarks

    try:
        return SharedMarks(_path(options))
    except OSError:
        _log.warning(
            "Other processes on this host will see changes of roles and sessions only after"
            " cacheTTL: no file for them could be opened.",
            exc_info=True,
        )
        return PrivateMarks()


def _path(options: ServerOptions) -> Path:
    file = sqlite_file(options.database_uri)
    if file is not None:
        # As SQLite names the files beside it: where links lead, however the file was called.
        real = file.resolve()
        return real.with_name(f"{real.name}-marks")
    text = f"{options.app_id}\0{options.database_uri}\0{options.collection_prefix}"
    return _private_folder() / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.marks"


def _private_folder() -> Path:
    """In the temporary folder anybody may have made one of that name: it has to be ours alone."""
    user = os.getuid()
    folder = Path(tempfile.gettempdir()) / f"parsepy-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or _is_foreign(found, user):
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


def _is_foreign(found: os.stat_result, user: int) -> bool:
    return found.st_uid != user or bool(found.st_mode & 0o077)
