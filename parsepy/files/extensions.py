"""Option `fileUpload.fileExtensions`: what may be uploaded (push-files-config sheet, 5.4)."""

import re
from collections.abc import Iterable
from typing import Final

from parsepy.errors import Code, ParseError
from parsepy.files import media_types
from parsepy.options.patterns import compile_pattern

ALL: Final = "*"

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~A-Za-z0-9]+")
_SPACES: Final = re.compile(r"\s+")


class ExtensionRule:
    """Raises `ValueError` for a pattern that is none."""

    __slots__ = ("_patterns", "_takes_all")

    def __init__(self, patterns: Iterable[str]) -> None:
        given = tuple(patterns)
        self._takes_all = ALL in given
        self._patterns = [compile_pattern(pattern) for pattern in given if pattern != ALL]

    def check(self, name: str, content_type: str | None) -> None:
        """Raises 130.

        An extension that is known decides alone what the file will be served as. Without one the
        content type may give it one, so that is judged too.
        """
        if self._takes_all:
            return
        extension = _SPACES.sub("", media_types.extension_of(name).partition(";")[0])
        if extension:
            self._check(extension)
        if content_type and media_types.type_of(name) is None:
            self._check(_subtype(content_type) or self._bare_token(content_type))

    def _check(self, extension: str) -> None:
        if not any(pattern.search(extension) for pattern in self._patterns):
            raise ParseError(
                Code.FILE_SAVE_ERROR, f"File upload of extension {extension} is disabled."
            )

    def _bare_token(self, content_type: str) -> str:
        """What is no type at all may still name an extension; it is refused in any case."""
        token = content_type.partition("/")[0] if "/" in content_type[1:] else content_type
        token = _SPACES.sub("", token.partition(";")[0])
        if token:
            self._check(token)
        raise ParseError(Code.FILE_SAVE_ERROR, "Invalid Content-Type.")


def _subtype(content_type: str) -> str | None:
    """`image/svg+xml; charset=utf-8` → `svg+xml`; `None` for what is no media type."""
    kind, _, rest = content_type.partition("/")
    subtype = rest.partition(";")[0].strip()
    if _TOKEN.fullmatch(kind.strip()) and _TOKEN.fullmatch(subtype):
        return subtype
    return None
