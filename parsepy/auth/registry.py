"""The providers by name, as the options configure them."""

from collections.abc import Mapping

from parsepy.auth.anonymous import AnonymousProvider
from parsepy.auth.base import AuthProvider
from parsepy.options.model import ServerOptions


def providers(options: ServerOptions) -> Mapping[str, AuthProvider]:
    found: dict[str, AuthProvider] = {}
    if options.enable_anonymous_users and _is_enabled(options, "anonymous"):
        found["anonymous"] = AnonymousProvider()
    return found


def _is_enabled(options: ServerOptions, name: str) -> bool:
    configured = options.auth.get(name)
    return not (isinstance(configured, Mapping) and configured.get("enabled") is False)
