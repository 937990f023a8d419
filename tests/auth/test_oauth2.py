"""OAuth 2 servers that tell about their tokens."""

import logging

import pytest

from parsepy.auth.oauth2 import OAuth2Provider
from parsepy.options.errors import OptionsError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import Answer, Asked, ProviderServer

pytestmark = pytest.mark.anyio

INVALID = (101, "OAuth2 access token is invalid for this user.")
WRONG_APP = (101, "OAuth2: Invalid app ID.")
FAILED = (101, "OAuth2 token introspection request failed.")
ANN: JSONObject = {"id": "ann", "access_token": "anns-token"}


class Introspection:
    """What a server says of the tokens that it knows."""

    def __init__(self) -> None:
        self.tokens: dict[str, object] = {"anns-token": {"active": True, "sub": "ann"}}

    def answer(self, asked: Asked) -> Answer:
        return Answer(self.tokens.get(asked.form.get("token", ""), {"active": False}))


@pytest.fixture
def server(provider: ProviderServer) -> Introspection:
    server = Introspection()
    provider.routes["POST /introspect"] = server.answer
    return server


def _oauth2(provider: ProviderServer, outbound: Outbound, **options: object) -> OAuth2Provider:
    given = {"tokenIntrospectionEndpointUrl": f"{provider.url}/introspect", **options}
    return OAuth2Provider(settings("own", outbound, given))


async def test_the_server_is_asked_about_the_access_token(
    provider: ProviderServer, server: Introspection, outbound: Outbound
) -> None:
    oauth2 = _oauth2(provider, outbound, authorizationHeader="Basic c2VjcmV0")

    assert await logged_in(oauth2, {**ANN, "more": 1}) == {**ANN, "more": 1}
    (asked,) = provider.asked
    assert asked.form == {"token": "anns-token"}
    assert asked.headers["authorization"] == "Basic c2VjcmV0"


async def test_without_authorization(
    provider: ProviderServer, server: Introspection, outbound: Outbound
) -> None:
    await logged_in(_oauth2(provider, outbound), ANN)

    assert "authorization" not in provider.asked[0].headers


@pytest.mark.parametrize(
    "said",
    [
        {"active": False, "sub": "ann"},
        {"sub": "ann"},
        {"active": "false", "sub": "ann"},
        {"active": "true", "sub": "ann"},
        {"active": 1, "sub": "ann"},
        {"active": True},
        {"active": True, "sub": None},
        {"active": True, "sub": ""},
        {"active": True, "sub": ["ann"]},
        {"active": True, "sub": "bob"},
        {"active": True, "user": "ann"},
    ],
)
async def test_answers_that_prove_nothing(
    provider: ProviderServer, server: Introspection, outbound: Outbound, said: object
) -> None:
    server.tokens["anns-token"] = said
    oauth2 = _oauth2(provider, outbound)

    for user_id in ("ann", "", None):
        assert await refused(oauth2, {**ANN, "id": user_id}) == INVALID


async def test_the_field_of_the_user(
    provider: ProviderServer, server: Introspection, outbound: Outbound
) -> None:
    server.tokens["anns-token"] = {"active": True, "sub": "other", "uid": 17}
    oauth2 = _oauth2(provider, outbound, useridField="uid")

    assert await logged_in(oauth2, {**ANN, "id": "17"})
    assert await refused(oauth2, {**ANN, "id": "other"}) == INVALID


@pytest.mark.parametrize(
    "token", [None, "", 1, ["anns-token"], {"$ne": ""}, "anns-token\n", "é", "\ud800"]
)
async def test_what_is_no_token_is_not_asked_about(
    provider: ProviderServer, server: Introspection, outbound: Outbound, token: JSONValue
) -> None:
    assert await refused(_oauth2(provider, outbound), {**ANN, "access_token": token}) == INVALID
    assert provider.asked == []


@pytest.mark.parametrize(
    ("app_ids", "said", "is_ours"),
    [
        (["first", "second"], "second", True),
        (["first", "second"], ["other", "first"], True),
        ("first", "first", True),
        ([17], 17, True),
        (["first"], "fir", False),
        ("first second", "first", False),
        ("first", "f", False),
        (["first"], None, False),
        (["first"], "", False),
        (["first"], [], False),
        (["first"], {"first": 1}, False),
        (["first"], [["first"]], False),
    ],
)
async def test_the_app_is_one_of_a_list(
    provider: ProviderServer,
    server: Introspection,
    outbound: Outbound,
    app_ids: object,
    said: object,
    is_ours: bool,
) -> None:
    server.tokens["anns-token"] = {"active": True, "sub": "ann", "client_id": said}
    oauth2 = _oauth2(provider, outbound, appidField="client_id", appIds=app_ids)
    oauth2.check_options()

    assert await refused(oauth2, ANN) == (None if is_ours else WRONG_APP)


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"active": True, "sub": "ann"}, 401),
        Answer({"active": True, "sub": "ann"}, 500),
        Answer({"active": True, "sub": "ann"}, 307, {"Location": "/elsewhere"}),
        Answer(b"<html>"),
        Answer([{"active": True, "sub": "ann"}]),
        Answer(b" " * 2_000_000),
    ],
)
async def test_introspections_that_fail(
    provider: ProviderServer, outbound: Outbound, answer: Answer
) -> None:
    provider.routes["POST /introspect"] = answer

    assert await refused(_oauth2(provider, outbound), ANN) == FAILED


async def test_a_server_that_is_down(
    provider: ProviderServer, outbound: Outbound, caplog: pytest.LogCaptureFixture
) -> None:
    oauth2 = _oauth2(
        provider,
        outbound,
        tokenIntrospectionEndpointUrl="http://127.0.0.1:1/",
        authorizationHeader="Basic c2VjcmV0",
    )

    with caplog.at_level(logging.DEBUG):
        assert await refused(oauth2, ANN) == FAILED
    assert "anns-token" not in caplog.text
    assert "c2VjcmV0" not in caplog.text


async def test_two_servers_of_one_app_have_nothing_in_common(
    provider: ProviderServer, server: Introspection, outbound: Outbound
) -> None:
    provider.route("POST /other", {"active": True, "user": "bob"})
    first = _oauth2(provider, outbound)
    second = _oauth2(
        provider,
        outbound,
        tokenIntrospectionEndpointUrl=f"{provider.url}/other",
        useridField="user",
    )

    assert await refused(first, ANN) is None
    assert await refused(second, ANN) == INVALID
    assert await refused(second, {**ANN, "id": "bob"}) is None
    assert await refused(first, {**ANN, "id": "bob"}) == INVALID


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"tokenIntrospectionEndpointUrl": None},
            "OAuth2 token introspection endpoint URL is missing.",
        ),
        ({"appidField": "client_id"}, "OAuth2 configuration is missing app IDs."),
        ({"appidField": "client_id", "appIds": []}, "OAuth2 configuration is missing app IDs."),
    ],
)
async def test_not_configured(
    provider: ProviderServer, outbound: Outbound, options: dict[str, object], message: str
) -> None:
    oauth2 = _oauth2(provider, outbound, **options)
    oauth2.check_options()

    assert await refused(oauth2, ANN) == (101, message)
    assert provider.asked == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "options are required"),
        ({"appIds": ["a"]}, "appIds has no effect without appidField"),
        ({"tokenIntrospectionEndpointUrl": "/introspect"}, "must be an address"),
        ({"tokenIntrospectionEndpointUrl": 1}, "must be an address"),
        ({"authorizationHeader": "Basic a\r\nb"}, "authorizationHeader must be a text"),
        ({"useridField": ["sub"]}, "useridField must be a text"),
    ],
)
def test_options_with_which_nobody_could_log_in(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        OAuth2Provider(settings("own", Outbound(), options)).check_options()
