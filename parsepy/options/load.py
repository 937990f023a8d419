"""The two ways to get options: from a mapping, and from flags, file and environment."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

import msgspec

from parsepy.options.build import build_options, normalised_mount_path
from parsepy.options.catalogue import OPTIONS
from parsepy.options.model import ServerOptions
from parsepy.options.named_functions import with_functions
from parsepy.options.notices import Notice, notices
from parsepy.options.ranges import check_ranges
from parsepy.options.sources import gather
from parsepy.options.type_check import check_types
from parsepy.options.validation import validate
from parsepy.types import MISSING, JSONValue


class LoadedOptions(msgspec.Struct, frozen=True):
    """Valid options, and what their author should know about them."""

    options: ServerOptions
    warnings: tuple[Notice, ...]


def load_options(mapping: Mapping[str, object]) -> LoadedOptions:
    """Options by their Parse names, e.g. `{"appId": "app", "masterKey": "secret"}`.

    `None` means unset. Unknown and not yet supported options become warnings; a mistyped or
    impossible one raises `OptionsError`.
    """
    values = with_functions(with_defaults(mapping))
    validate(values)
    check_types(values)
    check_ranges(values)
    return LoadedOptions(build_options(values), notices(mapping))


def resolve(
    flags: Mapping[str, JSONValue], file: Path | None, environment: Mapping[str, str]
) -> LoadedOptions:
    """Options from all sources: flags over file over environment over defaults."""
    gathered = gather(flags, file, environment)
    loaded = load_options(gathered.values)
    return LoadedOptions(loaded.options, gathered.warnings + loaded.warnings)


def with_defaults(mapping: Mapping[str, object]) -> dict[str, object]:
    """All top-level options that have a value."""
    values: dict[str, object] = {
        # Copied, since two apps of one process must not share what one of them may change.
        name: deepcopy(option.default)
        for name, option in OPTIONS.items()
        if option.default is not MISSING
    }
    values.update({name: value for name, value in mapping.items() if value is not None})
    if not values.get("serverURL"):
        values["serverURL"] = _own_address(values)
    return values


def _own_address(values: Mapping[str, object]) -> str:
    return f"http://localhost:{values['port']}{normalised_mount_path(str(values['mountPath']))}"
