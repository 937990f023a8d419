"""The providers of one app by name, as its options configure them.

A built-in one is one file beside this and one line in `BUNDLED`.
"""

import importlib
from collections.abc import Iterator, Mapping
from typing import Final, cast

from parsepy.auth.base import PROVIDER_NAME, AuthProvider, ProviderSettings
from parsepy.auth.custom import HOOKS, CustomProvider
from parsepy.options.errors import OptionsError
from parsepy.options.functions import imported, load_adapter
from parsepy.options.model import ServerOptions
from parsepy.options.providers import is_later
from parsepy.outbound import Outbound

BUNDLED: Final[Mapping[str, str]] = {
    "anonymous": "anonymous:AnonymousProvider",
    "apple": "apple:AppleProvider",
    "facebook": "facebook:FacebookProvider",
    "github": "github:GitHubProvider",
    "google": "google:GoogleProvider",
    "microsoft": "microsoft:MicrosoftProvider",
    "oauth2": "oauth2:OAuth2Provider",
    "oidc": "oidc:OidcProvider",
    "ldap": "ldap:LdapProvider",
    "mfa": "mfa:MfaProvider",
}
"""Name → `file:class`. A file is imported when an app that has the provider starts, or when a
client first names one that needs no options."""


class AuthProviders(Mapping[str, AuthProvider]):
    """Providers that are switched off, names that nothing has, and built-in providers that cannot
    work without options and have none, are not in it, but for those that hold all the same.

    Raises `OptionsError` for a provider whose name or options cannot work.
    """

    def __init__(self, options: ServerOptions, outbound: Outbound) -> None:
        self._configured = options.auth
        self._outbound = outbound
        self._allows_insecure = options.enable_insecure_auth_adapters
        self._off = {
            name
            for name, given in self._configured.items()
            if _is_off(given) or is_later(name, given)
        }
        if not options.enable_anonymous_users:
            self._off.add("anonymous")
        self._made: dict[str, AuthProvider] = {}
        for name in self._configured:
            if name not in self._off:
                _check_name(name)
                self._made[name] = self._make(name)
                self._made[name].check_options()

    def __getitem__(self, name: str) -> AuthProvider:
        provider = self._made.get(name) or self._unconfigured(name)
        if provider is None:
            raise KeyError(name)
        return provider

    def __iter__(self) -> Iterator[str]:
        return (name for name in dict.fromkeys([*BUNDLED, *self._configured]) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    @property
    def reveal_as_stored(self) -> bool:
        """Whether no provider in use changes what readers of a user see."""
        return all(provider.reveals_as_stored for provider in self._made.values())

    def _unconfigured(self, name: str) -> AuthProvider | None:
        """A built-in provider that nobody has configured, if it works like that."""
        if name in self._off or name not in BUNDLED:
            return None
        provider = self._make(name)
        try:
            provider.check_options()
        except OptionsError:
            if not provider.holds_unconfigured:
                self._off.add(name)
                return None
        self._made[name] = provider
        return provider

    def _make(self, name: str) -> AuthProvider:
        given = self._configured.get(name)
        options = given if isinstance(given, Mapping) else {}
        settings = ProviderSettings(name, options, self._outbound, self._allows_insecure)
        own_class = _own_class(name, options)
        if own_class is not None:
            return own_class(settings)
        base = _bundled(_kind(name, options), settings)
        adapter = _adapter(name, given)
        if adapter is not None:
            return CustomProvider(settings, adapter, base)
        if base is None:
            raise OptionsError(
                f"Option auth.{name}: there is no provider of that name. Give its own in "
                f"auth.{name}.module, or one of {', '.join(sorted(BUNDLED))}."
            )
        return base


def _check_name(name: str) -> None:
    """By another name nobody would be found again: each log-in would make a new user."""
    if PROVIDER_NAME.fullmatch(name) is None:
        raise OptionsError(
            f"auth.{name} must have a name of letters, digits and _ that begins with a letter."
        )


def _is_off(given: object) -> bool:
    return isinstance(given, Mapping) and given.get("enabled") is False


def _kind(name: str, options: Mapping[str, object]) -> str:
    """Any name may be an OAuth 2 or OpenID Connect provider."""
    for kind in ("oauth2", "oidc"):
        if options.get(kind) is True:
            return kind
    return name


def _bundled(kind: str, settings: ProviderSettings) -> AuthProvider | None:
    if kind not in BUNDLED:
        return None
    file, _, class_name = BUNDLED[kind].partition(":")
    module = importlib.import_module(f"parsepy.auth.{file}")
    return cast("AuthProvider", getattr(module, class_name)(settings))


def _own_class(name: str, options: Mapping[str, object]) -> type[AuthProvider] | None:
    """`module` as a provider like those that are built in."""
    given = options.get("module")
    if isinstance(given, str):
        given = imported(f"auth.{name}.module", given)
    return given if isinstance(given, type) and issubclass(given, AuthProvider) else None


def _adapter(name: str, given: object) -> object | None:
    """The app's own object: the option itself, its `module`, or hooks beside the options."""
    path = f"auth.{name}"
    if not isinstance(given, Mapping):
        return None if given is None or isinstance(given, bool) else load_adapter(path, given, {})
    if given.get("module") is not None:
        return load_adapter(f"{path}.module", given["module"], given)
    hooks = {hook: given[hook] for hook in HOOKS if hook in given}
    return _Hooks(hooks) if hooks else None


class _Hooks:
    """Functions that stand beside the options of their provider."""

    def __init__(self, hooks: Mapping[str, object]) -> None:
        self.__dict__.update(hooks)
