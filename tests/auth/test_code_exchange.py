"""What all providers do whose users bring a code."""

import logging
from collections.abc import Mapping
from typing import ClassVar

import pytest

from parsepy.auth.base import ACCEPTED, AuthRequest, Stage
from parsepy.auth.code_exchange import CodeExchangeProvider
from parsepy.options.errors import OptionsError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue
from tests.auth.logging_in import ANYBODY, logged_in, refused, settings
from tests.auth.provider_server import Answer, Asked, ProviderServer
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

CLIENT: dict[str, object] = {"clientId": "client", "clientSecret": "client-secret"}
INVALID = (101, "Example auth is invalid for this user.")
FAILED = (101, "Example API request failed.")
CODE_REQUIRED = (142, "Example code is required.")


class ExampleProvider(CodeExchangeProvider):
    title = "Example"
    default_endpoints: ClassVar[Mapping[str, str]] = {
        "token": "https://example.org/token",
        "user": "https://example.org/user",
    }


class Site:
    """A provider that gives one token for each code, and each code once."""

    def __init__(self) -> None:
        self.codes = {"anns-code": "anns-token"}
        self.users: dict[str, object] = {"anns-token": {"id": "ann"}, "bobs-token": {"id": "bob"}}

    def token(self, asked: Asked) -> Answer:
        token = self.codes.pop(asked.form.get("code", ""), None)
        if token is None or asked.form["client_secret"] != "client-secret":
            return Answer({"error": "invalid_grant"}, 400)
        return Answer({"access_token": token, "token_type": "bearer"})

    def user(self, asked: Asked) -> Answer:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return Answer(self.users[token]) if token in self.users else Answer(status=401)


@pytest.fixture
def site(provider: ProviderServer) -> Site:
    site = Site()
    provider.routes |= {"POST /token": site.token, "GET /user": site.user}
    return site


def _example(url: str, outbound: Outbound, **options: object) -> ExampleProvider:
    endpoints = {"token": f"{url}/token", "user": f"{url}/user"}
    return ExampleProvider(settings("example", outbound, {"endpoints": endpoints, **options}))


@pytest.fixture
def example(provider: ProviderServer, site: Site, outbound: Outbound) -> ExampleProvider:
    return _example(provider.url, outbound, **CLIENT)


@pytest.fixture
def insecure(provider: ProviderServer, site: Site, outbound: Outbound) -> ExampleProvider:
    return _example(provider.url, outbound, enableInsecureAuth=True)


async def test_a_code_becomes_an_identity(
    provider: ProviderServer, example: ExampleProvider
) -> None:
    stored = await logged_in(
        example, {"code": "anns-code", "redirect_uri": "https://app/back", "more": [1]}
    )

    assert stored == {"id": "ann", "access_token": "anns-token", "more": [1]}
    assert provider.asked[0].form == {
        "grant_type": "authorization_code",
        "client_id": "client",
        "client_secret": "client-secret",
        "code": "anns-code",
        "redirect_uri": "https://app/back",
    }


async def test_what_was_for_the_exchange_is_not_stored(
    provider: ProviderServer, example: ExampleProvider
) -> None:
    auth_data: JSONObject = {
        "code": "anns-code",
        "code_verifier": "verifier",
        "redirect_uri": "app://back",
        "redirectUri": "app://back",
        "access_token": "sent by the client",
    }

    assert await logged_in(example, auth_data) == {"id": "ann", "access_token": "anns-token"}
    assert provider.asked[0].form["code_verifier"] == "verifier"


async def test_readers_see_the_id_alone(example: ExampleProvider) -> None:
    stored: JSONObject = {"id": "ann", "access_token": "anns-token"}

    assert not example.reveals_as_stored
    for request in (ANYBODY, AuthRequest(master=True)):
        assert await example.after_find(stored, request) == {"id": "ann"}


@pytest.mark.parametrize(
    "auth_data",
    [
        {},
        {"id": "ann"},
        {"id": "ann", "access_token": "anns-token"},
        {"id": "ann", "code": ""},
        {"id": "ann", "code": None},
        {"id": "ann", "code": {}},
    ],
)
async def test_without_a_code_nobody_logs_in(
    provider: ProviderServer, example: ExampleProvider, auth_data: JSONObject
) -> None:
    assert await refused(example, auth_data) == CODE_REQUIRED
    assert provider.asked == []


@pytest.mark.parametrize("name", ["code", "redirect_uri", "code_verifier"])
@pytest.mark.parametrize("value", [1, ["a"], {"$ne": ""}, "a\r\nb", "é", "\ud800"])
async def test_what_cannot_be_meant_is_not_asked_about(
    provider: ProviderServer, example: ExampleProvider, name: str, value: JSONValue
) -> None:
    assert await refused(example, {"code": "anns-code", name: value}) == INVALID
    assert provider.asked == []


@pytest.mark.parametrize("user_id", ["bob", "", 1, ["ann"], {"$ne": ""}, False])
async def test_a_code_of_somebody_else(example: ExampleProvider, user_id: JSONValue) -> None:
    assert await refused(example, {"code": "anns-code", "id": user_id}) == INVALID


@pytest.mark.parametrize("auth_data", [{"id": "ann"}, {"id": None}])
async def test_the_id_may_be_left_to_the_provider(
    example: ExampleProvider, auth_data: JSONObject
) -> None:
    assert (await logged_in(example, {"code": "anns-code", **auth_data}))["id"] == "ann"


async def test_a_code_is_good_once(example: ExampleProvider) -> None:
    await logged_in(example, {"code": "anns-code"})

    assert await refused(example, {"code": "anns-code"}) == FAILED


async def test_numbers_become_texts(site: Site, example: ExampleProvider) -> None:
    site.users["anns-token"] = {"id": 583231}

    assert (await logged_in(example, {"code": "anns-code"}))["id"] == "583231"


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (Answer({"error": "bad_verification_code"}), (101, "bad_verification_code")),
        (
            Answer({"error": "bad_code", "error_description": "The code is old."}),
            (101, "The code is old."),
        ),
        (Answer({"error": "bad", "error_description": ["no text"]}), (101, "bad")),
        (Answer({"error": {"no": "text"}}), INVALID),
        (Answer({"error": "not for client-secret"}), INVALID),
        (Answer({}), INVALID),
        (Answer({"access_token": ""}), INVALID),
        (Answer({"access_token": ["a"]}), INVALID),
        (Answer({"access_token": "a\r\nHost: evil"}), INVALID),
        (Answer({"access_token": "nobodys"}), FAILED),
        (Answer([]), FAILED),
        (Answer(b"access_token=anns-token"), FAILED),
        (Answer(b"x" * 2_000_000), FAILED),
        (Answer({"access_token": "anns-token"}, 401), FAILED),
        (Answer({"access_token": "anns-token"}, 503), FAILED),
        (Answer({"access_token": "anns-token"}, 302, {"Location": "/token2"}), FAILED),
    ],
)
async def test_exchanges_that_fail(
    provider: ProviderServer,
    example: ExampleProvider,
    answer: Answer,
    refusal: tuple[int, str],
) -> None:
    provider.routes["POST /token"] = answer

    assert await refused(example, {"code": "anns-code"}) == refusal


@pytest.mark.parametrize(
    "profile", [{}, {"id": ""}, {"id": None}, {"id": True}, {"id": ["ann"]}, {"id": {"a": 1}}]
)
async def test_a_profile_of_nobody(site: Site, example: ExampleProvider, profile: object) -> None:
    site.users["anns-token"] = profile

    assert await refused(example, {"code": "anns-code"}) == INVALID


async def test_a_provider_that_is_down(
    outbound: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    example = _example("http://127.0.0.1:1", outbound, **CLIENT)

    with caplog.at_level(logging.DEBUG):
        assert await refused(example, {"code": "anns-code"}) == FAILED

    assert "anns-code" not in caplog.text
    assert "client-secret" not in caplog.text


# -- an identity that was not looked up proves nothing


@pytest.mark.parametrize("stage", Stage)
async def test_validation_alone_believes_nobody(example: ExampleProvider, stage: Stage) -> None:
    """Or a door that forgets the exchange would let everybody in who knows an id."""
    for auth_data in ({"id": "ann"}, {"id": "ann", "access_token": "anns-token"}):
        error = await awaited_refusal(example.validate(stage, {**auth_data}, ANYBODY))
        assert error is not None
        assert (error.code, error.message) == CODE_REQUIRED


async def test_what_was_proven_is_for_one_user_and_one_token(example: ExampleProvider) -> None:
    found = await example.identify({"code": "anns-code"}, ANYBODY)

    assert await example.validate(Stage.SET_UP, {**found}, ANYBODY) == ACCEPTED
    for changes in ({"id": "bob"}, {"access_token": "bobs-token"}):
        assert await awaited_refusal(example.validate(Stage.LOGIN, {**found, **changes}, ANYBODY))


async def test_what_was_proven_is_for_one_app(
    provider: ProviderServer, example: ExampleProvider, outbound: Outbound
) -> None:
    other = _example(provider.url, outbound, **CLIENT)
    found = await example.identify({"code": "anns-code"}, ANYBODY)

    assert await awaited_refusal(other.validate(Stage.LOGIN, found, ANYBODY))


@pytest.mark.parametrize(
    ("stage", "auth_data", "is_refused"),
    [
        (Stage.UPDATE, {"id": "ann"}, False),
        (Stage.UPDATE, {"id": "ann", "access_token": "old"}, False),
        (Stage.UPDATE, {"id": "ann", "access_token": "other"}, True),
        (Stage.UPDATE, {"id": "bob"}, True),
        (Stage.UPDATE, {}, True),
        (Stage.LOGIN, {"id": "ann"}, True),
        (Stage.SET_UP, {"id": "ann"}, True),
    ],
)
async def test_who_is_logged_in_may_send_back_what_he_was_shown(
    example: ExampleProvider, stage: Stage, auth_data: JSONObject, is_refused: bool
) -> None:
    stored: JSONObject = {"example": {"id": "ann", "access_token": "old"}}
    request = AuthRequest(original={"objectId": "1", "authData": stored})

    error = await awaited_refusal(example.validate(stage, auth_data, request))

    assert (error is not None) is is_refused


# -- insecure


async def test_a_token_of_any_app_where_that_is_allowed(
    provider: ProviderServer, insecure: ExampleProvider
) -> None:
    auth_data: JSONObject = {"id": "ann", "access_token": "anns-token"}

    assert await logged_in(insecure, auth_data) == auth_data
    assert [each.path for each in provider.asked] == ["/user"]


@pytest.mark.parametrize(
    "auth_data",
    [
        {},
        {"id": "ann"},
        {"access_token": "anns-token"},
        {"id": "bob", "access_token": "anns-token"},
        {"id": ["ann"], "access_token": "anns-token"},
        {"id": "ann", "access_token": ["anns-token"]},
        {"id": "ann", "access_token": "anns-token\r\n"},
        {"id": "ann", "code": "anns-code"},
    ],
)
async def test_insecure_data_that_prove_nothing(
    insecure: ExampleProvider, auth_data: JSONObject
) -> None:
    assert await refused(insecure, auth_data) == INVALID


async def test_a_token_that_the_provider_does_not_know(insecure: ExampleProvider) -> None:
    assert await refused(insecure, {"id": "ann", "access_token": "made-up"}) == FAILED


async def test_codes_work_beside_tokens(
    provider: ProviderServer, site: Site, outbound: Outbound
) -> None:
    both = _example(provider.url, outbound, enableInsecureAuth=True, **CLIENT)

    assert await logged_in(both, {"code": "anns-code"})
    assert await logged_in(both, {"id": "ann", "access_token": "anns-token"})


# -- options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "Option auth.example: Example options are required."),
        ({"enabled": True}, "Option auth.example: Example clientId is required."),
        ({"clientSecret": "b"}, "Option auth.example: Example clientId is required."),
        ({"clientId": "a"}, "Option auth.example: Example clientSecret is required."),
        ({"clientId": "a", "clientSecret": ""}, "Example clientSecret is required."),
        ({"clientId": 1}, "Option auth.example.clientId must be a text."),
        ({"enableInsecureAuth": "yes"}, "enableInsecureAuth must be true or false"),
        ({**CLIENT, "endpoints": {"made-up": "https://a"}}, "is not one of token, user"),
        ({**CLIENT, "endpoints": {"user": "/user"}}, "endpoints.user must be an address"),
    ],
)
def test_options_with_which_nobody_could_log_in(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        ExampleProvider(settings("example", Outbound(), options)).check_options()


@pytest.mark.parametrize(
    ("options", "warning"),
    [(CLIENT, ""), ({"enableInsecureAuth": True}, "auth.example takes access tokens that any app")],
)
def test_options_that_suffice(
    options: dict[str, object], warning: str, caplog: pytest.LogCaptureFixture
) -> None:
    ExampleProvider(settings("example", Outbound(), options)).check_options()

    assert warning in caplog.text
    assert bool(warning) is bool(caplog.records)
