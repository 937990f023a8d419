"""The option `filesAdapter`: which store an app wants, in parse-server's forms and ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader

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

_PLACES: Final = ("module", "class", "adapter")
"""Where the adapter stands in a mapping, as with parse-server."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`built_in` is one of `BUILT_IN`, else `own` is what the app gave. `settings` may hold
    passwords."""

    built_in: str | None
    own: object = None
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)


def read_adapter(option: object) -> Asked | None:
    """Raises `OptionsError` for what names no adapter."""
    if option is None or option == "":
        return None
    if not isinstance(option, Mapping):
        return _asked(option, {})
    given = OptionReader(OPTION, option)
    given.check_names((*_PLACES, "options"))
    place = next((place for place in _PLACES if option.get(place) is not None), None)
    if place is None:
        raise OptionsError(
            f"Option {OPTION} must have a module: {', '.join(BUILT_IN)}, an object or class, or"
            " package.module:name."
        )
    settings = {} if option.get("options") is None else option["options"]
    if not isinstance(settings, Mapping):
        raise given.wrong("options", "an object")
    return _asked(option[place], settings)


def _asked(given: object, settings: Mapping[str, object]) -> Asked:
    if given == "" or isinstance(given, bool | int | float | list | tuple):
        raise OptionsError(f"Option {OPTION} must be a module name or an object.")
    built_in = OF_NPM.get(given, given) if isinstance(given, str) else None
    return Asked(built_in if built_in in BUILT_IN else None, given, settings)
