"""Which providers an app has."""

from typing import Any

import pytest

from parsepy.auth.base import AuthProvider
from parsepy.auth.custom import CustomProvider
from parsepy.auth.oauth2 import OAuth2Provider
from parsepy.auth.oidc import OidcProvider
from parsepy.auth.registry import BUNDLED, AuthProviders
from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from parsepy.options.providers import LATER
from parsepy.outbound import Outbound
from tests.support.local_app import OPTIONS


class Own(AuthProvider):
    """A provider of an app's own, made as the built-in ones are."""


class Hooks:
    """Hooks of an app's own, made with the options."""

    def __init__(self, options: Any) -> None:
        self.options = options

    def validate_auth_data(self, *_: Any) -> None: ...


def _providers(**options: object) -> AuthProviders:
    return AuthProviders(load_options({**OPTIONS, **options}).options, Outbound())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, True),
        ({"enableAnonymousUsers": True}, True),
        ({"enableAnonymousUsers": False}, False),
        ({"auth": {"anonymous": {"enabled": False}}}, False),
        ({"auth": {"anonymous": {"enabled": True}}}, True),
        ({"auth": {"anonymous": {}}}, True),
        ({"enableAnonymousUsers": False, "auth": {"anonymous": {"enabled": True}}}, False),
    ],
)
def test_anonymous_users_are_there_unless_they_are_switched_off(
    options: dict[str, object], expected: bool
) -> None:
    providers = _providers(**options)

    assert ("anonymous" in providers) is expected
    assert (providers.get("anonymous") is not None) is expected
    assert ("anonymous" in set(providers)) is expected


def test_built_in_providers_are_found_by_their_names() -> None:
    providers = _providers()

    assert set(providers) <= set(BUNDLED)
    for name in providers:
        assert isinstance(providers[name], AuthProvider)
        assert name not in _providers(auth={name: {"enabled": False}})


@pytest.mark.parametrize("given", [Own, f"{__name__}:Own"], ids=["class", "text"])
def test_an_app_brings_a_provider_class_of_its_own(given: object) -> None:
    provider = _providers(auth={"own": {"module": given, "color": "red"}})["own"]

    assert isinstance(provider, Own)
    assert provider.settings.options["color"] == "red"


@pytest.mark.parametrize(
    "given",
    [
        Hooks({}),
        {"module": Hooks},
        {"module": f"{__name__}:Hooks"},
        {"module": Hooks({})},
        {"validate_auth_data": lambda *_: None},
    ],
)
def test_an_app_brings_hooks_of_its_own(given: object) -> None:
    assert isinstance(_providers(auth={"own": given})["own"], CustomProvider)


def test_a_provider_that_comes_later_is_taken_and_proves_nothing() -> None:
    providers = _providers(auth={"twitter": {"consumer_key": "k"}})

    assert "twitter" not in providers
    assert "twitter" in _providers(auth={"twitter": {"module": Own}})
    assert LATER.isdisjoint(BUNDLED)


@pytest.mark.parametrize("name", ["github", "microsoft", "oauth2", "oidc"])
def test_a_provider_that_needs_options_and_has_none_is_not_there(name: str) -> None:
    providers = _providers()

    assert name not in providers
    assert name not in set(providers)
    with pytest.raises(KeyError):
        providers[name]


@pytest.mark.parametrize("name", ["apple", "facebook", "google"])
def test_a_provider_that_says_itself_that_it_has_no_options(name: str) -> None:
    assert name in _providers()


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("own", {"oauth2": True, "tokenIntrospectionEndpointUrl": "https://a"}, OAuth2Provider),
        ("own", {"oidc": True, "issuer": "https://a", "clientId": "b"}, OidcProvider),
        ("oidc", {"issuer": "https://a", "clientId": "b"}, OidcProvider),
        ("keycloak", {"oidc": True, "issuer": "https://a", "clientId": "b"}, OidcProvider),
    ],
)
def test_any_name_may_be_a_server_of_a_standard(
    name: str, options: dict[str, object], kind: type[AuthProvider]
) -> None:
    assert type(_providers(auth={name: options})[name]) is kind


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("github", {}, "GitHub options are required"),
        ("microsoft", {"clientId": "a"}, "Microsoft clientSecret is required"),
        ("oidc", {"clientId": "a"}, "auth.oidc.issuer is required"),
        ("apple", {"clientId": True}, "auth.apple.clientId must be"),
    ],
)
def test_options_with_which_nobody_could_log_in_stop_the_start(
    name: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(OptionsError, match=message):
        _providers(auth={name: options})


def test_each_configured_provider_is_an_object_of_its_own() -> None:
    providers = _providers(auth={"a": {"module": Own}, "b": {"module": Own}})

    assert providers["a"] is providers["a"]
    assert providers["a"] is not providers["b"]


@pytest.mark.parametrize("name", ["constructor", "__class__", "_made", "toString", "", "a.b"])
def test_names_that_nothing_has_are_no_providers(name: str) -> None:
    providers = _providers()

    assert name not in providers
    assert providers.get(name) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"clientId": "x"}, "Option auth.own: there is no provider of that name."),
        ({"module": "nowhere.at.all:X"}, "Option auth.own.module: nowhere.at.all:X cannot be"),
        ({"module": f"{__name__}:Nobody"}, f"Option auth.own.module: {__name__}:Nobody cannot be"),
        ({"module": "not a module!"}, "Option auth.own.module: not a module! cannot be"),
    ],
)
def test_a_provider_that_cannot_be_made_stops_the_start(given: object, expected: str) -> None:
    with pytest.raises(OptionsError) as caught:
        _providers(auth={"own": given})

    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"validate_auth_data": lambda *_: None}, False),
        ({"validate_auth_data": lambda *_: None, "policy": "solo"}, False),
        ({"validate_auth_data": lambda *_: None, "policy": "additional"}, True),
    ],
)
def test_hooks_of_the_policy_additional_only_add(given: object, expected: bool) -> None:
    assert _providers(auth={"own": given})["own"].only_adds is expected


def test_a_second_proof_holds_where_nobody_has_configured_it_and_can_be_switched_off() -> None:
    assert "mfa" in _providers()
    assert "mfa" not in _providers(auth={"mfa": {"enabled": False}})
    assert "ldap" not in _providers()


@pytest.mark.parametrize("name", ["my.app", "my-app", "_mine", "1st", "caf\u00e9", "$where", ""])
def test_a_name_by_which_nobody_would_be_found_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(OptionsError, match="must have a name of letters"):
        _providers(auth={name: {"module": Own}})
    assert name not in _providers(auth={name: {"module": Own, "enabled": False}})
