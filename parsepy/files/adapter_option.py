"""The option `filesAdapter`: which store an app wants, in parse-server's forms and ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from parsepy.options.errors import OptionsError
from parsepy.options.reading import read_adapter

OPTION: Final = "filesAdapter"

BUILT_IN: Final = ("gridfs", "folder", "s3", "gcs", "azure")
OF_NPM: Final = {
    "@parse/fs-files-adapter": "folder",
    "@parse/s3-files-adapter": "s3",
    "@parse/gcs-files-adapter": "gcs",
    "parse-server-fs-adapter": "folder",
    "parse-server-s3-adapter": "s3",
    "parse-server-gcs-adapter": "gcs",
}
"""npm's modules that a config.json of parse-server may name, and what takes their place."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`built_in` is one of `BUILT_IN`, else `own` is what the app gave. `settings` may hold
    passwords."""

    built_in: str | None
    own: object = None
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)


def read_files_adapter(option: object) -> Asked | None:
    """Raises `OptionsError` for what names no adapter."""
    if option is None or option == "":
        return None
    if not isinstance(option, Mapping):
        return _asked(option, {})
    return _asked(*read_adapter(OPTION, option, BUILT_IN))


def _asked(given: object, settings: Mapping[str, object]) -> Asked:
    if given == "" or isinstance(given, bool | int | float | list | tuple):
        raise OptionsError(f"Option {OPTION} must be a module name or an object.")
    built_in = OF_NPM.get(given, given) if isinstance(given, str) else None
    return Asked(built_in if built_in in BUILT_IN else None, given, settings)
