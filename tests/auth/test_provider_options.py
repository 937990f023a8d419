"""Reading a provider's options: what they may be, and what is said about others."""

import pytest

from parsepy.auth import provider_options
from parsepy.auth.base import ProviderSettings
from parsepy.options.errors import OptionsError
from parsepy.outbound import Outbound

DEFAULTS = {"keys": "https://example.org/keys", "user": "https://example.org/user"}


def _settings(**options: object) -> ProviderSettings:
    return ProviderSettings("own", options, Outbound())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ("", ()),
        ([], ()),
        ("one", ("one",)),
        (["one", "two"], ("one", "two")),
        (123, ("123",)),
        ([123, "one"], ("123", "one")),
    ],
)
def test_a_single_id_is_a_list_of_one(value: object, expected: tuple[str, ...]) -> None:
    assert provider_options.texts(_settings(appIds=value), "appIds") == expected


@pytest.mark.parametrize("value", [True, {}, {"a": 1}, [""], [None], [["a"]], 1.5])
def test_ids_of_other_types_are_refused(value: object) -> None:
    with pytest.raises(OptionsError, match=r"Option auth\.own\.appIds must be"):
        provider_options.texts(_settings(appIds=value), "appIds")


@pytest.mark.parametrize("value", [1, True, [], {}, "a\nb"])
def test_a_text_is_one_line_of_text(value: object) -> None:
    with pytest.raises(OptionsError, match=r"auth\.own\.clientSecret must be a text"):
        provider_options.text(_settings(clientSecret=value), "clientSecret")


def test_texts_that_are_not_given() -> None:
    assert provider_options.text(_settings(), "clientId") is None
    assert provider_options.text(_settings(clientId=""), "clientId") is None


@pytest.mark.parametrize("value", ["true", 1, {}])
def test_a_switch_is_true_or_false(value: object) -> None:
    with pytest.raises(OptionsError, match="must be true or false"):
        provider_options.switch(_settings(enableInsecureAuth=value), "enableInsecureAuth")


@pytest.mark.parametrize(("value", "expected"), [(None, 60), (0, 60), (1500, 1.5), (0.5, 0.0005)])
def test_milliseconds(value: object, expected: float) -> None:
    assert provider_options.seconds(_settings(cacheMaxAge=value), "cacheMaxAge", 60) == expected


@pytest.mark.parametrize("value", [-1, "1000", True, float("nan"), [1000]])
def test_what_is_no_time(value: object) -> None:
    with pytest.raises(OptionsError, match="number of milliseconds"):
        provider_options.seconds(_settings(cacheMaxAge=value), "cacheMaxAge", 60)


def test_an_endpoint_takes_the_place_of_its_default() -> None:
    settings = _settings(endpoints={"keys": "http://127.0.0.1:8080/certs"})

    assert provider_options.endpoints(settings, DEFAULTS) == {
        **DEFAULTS,
        "keys": "http://127.0.0.1:8080/certs",
    }
    assert provider_options.endpoints(_settings(), DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(
    ("endpoints", "message"),
    [
        ({"other": "https://example.org"}, "endpoints.other is not one of keys, user"),
        ({"keys": "ftp://example.org"}, "endpoints.keys must be an address"),
        ({"keys": 1}, "endpoints.keys must be an address"),
        ({"keys": ""}, "endpoints.keys must be an address"),
        ("https://example.org", "endpoints must be an object"),
    ],
)
def test_endpoints_that_are_none(endpoints: object, message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        provider_options.endpoints(_settings(endpoints=endpoints), DEFAULTS)


@pytest.mark.parametrize(
    "value",
    ["https://example.org", "http://localhost:8080/a?b=c", "https://[::1]/", "HTTPS://example.org"],
)
def test_addresses(value: str) -> None:
    assert provider_options.is_address(value)


@pytest.mark.parametrize(
    "value",
    [
        *("", "example.org", "//example.org", "https://", "https:///path", "file:///etc/passwd"),
        *("https://user:password@example.org", "https://user@example.org"),
        *("https://example.org#part", "https://exam ple.org", "https://example.org\\@evil.org"),
        *("https://example.org:port", "https://example.org:0", "https://example.org:99999"),
        *("https://example.org/\n", "https://ex\u00e4mple.org", "https://[::1"),
    ],
)
def test_what_is_no_address(value: str) -> None:
    assert not provider_options.is_address(value)


def test_choices() -> None:
    settings = _settings(algorithms=["ES256"])

    assert provider_options.one_of_each(settings, "algorithms", ["RS256", "ES256"]) == ("ES256",)
    with pytest.raises(OptionsError, match="knows RS256, not 'ES256'"):
        provider_options.one_of_each(settings, "algorithms", ["RS256"])
