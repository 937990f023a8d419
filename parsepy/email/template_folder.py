"""A folder with the templates of letters.

It holds `verification` and `password_reset`, each as `.subject.txt`, `.txt` and `.html`, for one
language (`de/verification.html`, `de-AT/…`) or for all (`verification.html`).
"""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from parsepy.email.mail import Kind
from parsepy.options.errors import OptionsError

if TYPE_CHECKING:
    from jinja2 import Environment

LETTERS: Final = (Kind.VERIFICATION, Kind.PASSWORD_RESET)

SUBJECT: Final = ".subject.txt"
TEXT: Final = ".txt"
HTML: Final = ".html"
_PARTS: Final = (SUBJECT, TEXT, HTML)
FILE_NAMES: Final = tuple(kind + part for kind in LETTERS for part in _PARTS)

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ANY_LANGUAGE: Final = ""


class TemplateFolder:
    """The templates in one folder, as they were when it was first looked at."""

    def __init__(self, folder: Path, behind: Path | None = None) -> None:
        """What its templates extend or include may also be in the folder `behind` it."""
        self.folder: Final = folder
        self._searched = [folder] if behind is None else [folder, behind]

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """`("de", "verification.html")` → `de/verification.html`. Raises `OSError`."""
        return {(tag.lower(), name.name): path for tag, name, path in self._files()}

    @cached_property
    def environment(self) -> "Environment":
        from jinja2 import FileSystemLoader
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        return ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._searched),
            autoescape=lambda name: name is not None and name.endswith(HTML),
            auto_reload=False,
        )

    def has_letter(self, tag: str, kind: Kind) -> bool:
        return any((tag, kind + part) in self.names for part in _PARTS)

    def find(self, tags: list[str], name: str) -> str | None:
        """The first template of that name in the languages' order."""
        return next((self.names[tag, name] for tag in tags if (tag, name) in self.names), None)

    def render(self, template: str, values: dict[str, object]) -> str:
        return self.environment.get_template(template).render(values)

    def check(self, path: str) -> None:
        """Raises `OptionsError` (`path` is the option's) for a folder without a letter, and for a
        template that cannot be read."""
        from jinja2 import TemplateSyntaxError

        try:
            names = sorted(self.names.values())
            for name in names:
                self.environment.get_template(name)
        except TemplateSyntaxError as error:
            raise OptionsError(
                f"Option {path}: {self.folder / (error.name or '')}, line {error.lineno}:"
                f" {error.message}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "its templates are not in UTF-8"
            raise OptionsError(f"Option {path}: {self.folder}: {reason}.") from None
        if not names:
            raise OptionsError(f"Option {path}: {self.folder} has none of {', '.join(FILE_NAMES)}.")

    def _files(self) -> Iterator[tuple[str, Path, str]]:
        for entry in sorted(self.folder.iterdir()):
            if entry.name in FILE_NAMES:
                yield _ANY_LANGUAGE, entry, entry.name
            elif _TAG.fullmatch(entry.name) and entry.is_dir():
                for file in sorted(entry.iterdir()):
                    if file.name in FILE_NAMES:
                        yield entry.name, file, f"{entry.name}/{file.name}"


def is_language_tag(text: str) -> bool:
    return _TAG.fullmatch(text) is not None


def languages(locale: str | None, fallback: str) -> list[str]:
    """The folders to look into: `de-AT` → `de-at`, `de`, then those of `fallback`, then none."""
    tags: dict[str, None] = {}
    for given in (locale, fallback):
        tag = "" if given is None else given.replace("_", "-").lower()
        # It may come from a client: nothing but a tag becomes part of a path.
        if is_language_tag(tag):
            tags[tag] = None
            tags[tag.partition("-")[0]] = None
    return [*tags, _ANY_LANGUAGE]
