"""Reading the options of a provider. Everything here raises `OptionsError`."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from parsepy.auth.base import ProviderSettings
from parsepy.options.errors import OptionsError

_SCHEMES: Final = ("http", "https")


def text(settings: ProviderSettings, name: str) -> str | None:
    """`None` where it is not given or empty."""
    value = settings.options.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not value.isprintable():
        raise _wrong(settings, name, "must be a text")
    return value


def texts(settings: ProviderSettings, name: str) -> tuple[str, ...]:
    """A list of ids. A single one is a list of one: never something to search in."""
    value = settings.options.get(name)
    if value is None or value == "":
        return ()
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(_id(settings, name, each) for each in listed)


def switch(settings: ProviderSettings, name: str) -> bool:
    value = settings.options.get(name)
    if not isinstance(value, bool | None):
        raise _wrong(settings, name, "must be true or false")
    return bool(value)


def seconds(settings: ProviderSettings, name: str, default: float) -> float:
    """An option that is given in milliseconds; nothing and 0 are the default."""
    value = settings.options.get(name)
    if not value:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise _wrong(settings, name, "must be a number of milliseconds")
    return value / 1000


def one_of_each(settings: ProviderSettings, name: str, known: Sequence[str]) -> tuple[str, ...]:
    """A list of some of `known`; empty where it is not given."""
    chosen = texts(settings, name)
    for each in chosen:
        if each not in known:
            raise _wrong(settings, name, f"knows {', '.join(known)}, not {each!r}")
    return chosen


def endpoints(settings: ProviderSettings, defaults: Mapping[str, str]) -> dict[str, str]:
    """The provider's addresses by name: `defaults`, or what `endpoints` in the options says."""
    given = settings.options.get("endpoints")
    if given is None:
        return dict(defaults)
    if not isinstance(given, Mapping):
        raise _wrong(settings, "endpoints", "must be an object")
    found = dict(defaults)
    for name, value in given.items():
        if name not in defaults:
            known = ", ".join(sorted(defaults))
            raise _wrong(settings, f"endpoints.{name}", f"is not one of {known}")
        found[name] = address(settings, f"endpoints.{name}", value)
    return found


def address(settings: ProviderSettings, name: str, value: object) -> str:
    """An address that requests may be sent to, without credentials in it."""
    if not isinstance(value, str) or not is_address(value):
        raise _wrong(settings, name, "must be an address, https://…")
    return value


def is_address(value: str) -> bool:
    if not value.isascii() or not value.isprintable() or any(each in value for each in " \\#"):
        return False
    try:
        parts = urlsplit(value)
        is_on_a_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_somewhere = bool(parts.hostname) and "@" not in parts.netloc
    return parts.scheme in _SCHEMES and is_somewhere and is_on_a_port


def _id(settings: ProviderSettings, name: str, value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise _wrong(settings, name, "must be a text or a list of texts")
    return value


def _wrong(settings: ProviderSettings, name: str, why: str) -> OptionsError:
    return OptionsError(f"Option auth.{settings.name}.{name} {why}.")
