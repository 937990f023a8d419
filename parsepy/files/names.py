"""Names of files: which are taken, and what they become (push-files-config sheet, 5.3 and 5.5)."""

import re
from secrets import token_hex
from typing import Final

from parsepy.errors import Code, ParseError
from parsepy.files import media_types
from parsepy.types import JSONValue

MAX_NAME: Final = 128
MAX_DIRECTORY: Final = 256
RESERVED: Final = ("metadata",)
"""First directories that an address of a file could not have: they are routes."""

_NAME: Final = re.compile(r"[_a-zA-Z0-9][a-zA-Z0-9@. ~_-]*")
_DIRECTORY: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_\-/]*")
_RANDOM_BYTES: Final = 16


def check_name(name: str, content_type: str | None) -> None:
    """Raises 122. No slash, backslash, percent sign or control character passes.

    Neither does a space or a dot at the end, which would hide an extension from its rule; a dot
    may be there where the content type puts an extension behind it.
    """
    if len(name) > MAX_NAME:
        raise _invalid("Filename too long.")
    hides = name.endswith(" ") or (name.endswith(".") and _appended(name, content_type) is None)
    if hides or not _NAME.fullmatch(name):
        raise _invalid("Filename contains invalid characters.")


def check_directory(directory: JSONValue) -> str:
    """The directory, which a client with the master key named. Raises 122."""
    if not isinstance(directory, str):
        raise _invalid("Directory must be a string.")
    problem = _directory_problem(directory)
    if problem is not None:
        raise _invalid(f"Directory {problem}.")
    return directory


def _directory_problem(directory: str) -> str | None:
    if not directory:
        return "must not be empty"
    if len(directory) > MAX_DIRECTORY:
        return "path is too long"
    if ".." in directory:
        return 'must not contain ".."'
    if directory.startswith("/") or directory.endswith("/"):
        return 'must not start or end with "/"'
    if "//" in directory:
        return "must not contain consecutive slashes"
    first = directory.partition("/")[0]
    if first in RESERVED:
        return f'must not start with reserved segment "{first}"'
    return None if _DIRECTORY.fullmatch(directory) else "contains invalid characters"


def stored_name(
    name: str, content_type: str | None, directory: str | None, *, preserve: bool
) -> str:
    """`photo` + `image/png` → `4ab3…_photo.png`: nobody can guess it, and nobody overwrites it."""
    extension = _appended(name, content_type)
    if extension is not None:
        name = f"{name}{'' if name.endswith('.') else '.'}{extension}"
    if not preserve:
        name = f"{token_hex(_RANDOM_BYTES)}_{name}"
    return f"{directory}/{name}" if directory else name


def _appended(name: str, content_type: str | None) -> str | None:
    """The extension that a name without one gets; a file of no type is taken for a text."""
    if media_types.extension_of(name):
        return None
    return media_types.extension_for(content_type or "text/plain")


def _invalid(message: str) -> ParseError:
    return ParseError(Code.INVALID_FILE_NAME, message)
