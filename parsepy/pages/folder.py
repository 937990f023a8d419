"""The folder with the pages. Every file is found and read here, and none outside of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from parsepy.options.errors import OptionsError
from parsepy.pages.locale import language_of

BUILT_IN: Final = Path(__file__).parent / "built_in"


class Found(NamedTuple):
    """`parts` are the path below the folder."""

    parts: tuple[str, ...]
    path: Path


class Folder:
    """Files are looked up anew each time, so a changed page is shown at once. Blocking."""

    def __init__(self, root: Path) -> None:
        """Raises `OptionsError` where there is no such folder."""
        if not root.is_dir():
            raise OptionsError(f"Option pages.pagesPath: there is no folder {root}.")
        self._root = root.resolve()

    def find(self, parts: Sequence[str]) -> Found | None:
        """The file at this path, unless it is hidden, or outside once links are followed."""
        if not parts or not all(map(_is_name, parts)):
            return None
        try:
            path = self._root.joinpath(*parts).resolve()
            inside = path.is_relative_to(self._root) and path.is_file()
        except (OSError, ValueError, RuntimeError):
            # A name that is too long, a loop of links.
            return None
        return Found(tuple(parts), path) if inside else None

    def find_localised(self, parts: Sequence[str], locale: str | None) -> Found | None:
        """`sub/page.html` is `sub/de-AT/page.html`, `sub/de/page.html` or the file itself."""
        if not parts:
            return None
        *folder, name = parts
        subfolders = () if locale is None else (locale, language_of(locale))
        for subfolder in subfolders:
            found = self.find([*folder, subfolder, name])
            if found is not None:
                return found
        return self.find(parts)


def parts_of(path: str) -> list[str]:
    """`sub/page.html` → `["sub", "page.html"]`."""
    return path.split("/")


def _is_name(part: str) -> bool:
    """Whether a part of a path goes one step down, to something that is not hidden."""
    return (
        part != ""
        and not part.startswith(".")
        and "/" not in part
        and "\\" not in part
        and part.isprintable()
    )
