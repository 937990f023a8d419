"""Facebook: access tokens asked about at the Graph API, and tokens of limited log-ins."""

import hashlib
import hmac
import logging
from typing import Any

import pytest

from parsepy.auth.facebook import FacebookProvider
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import Answer, Asked, ProviderServer
from tests.auth.signing import claims, key_set, rsa_key

pytestmark = pytest.mark.anyio

KEY = rsa_key("facebook")
ISSUER = "https://www.facebook.com"
INVALID = (101, "Facebook auth is invalid for this user.")


class Graph:
    """Who has which access token, for which app."""

    def __init__(self) -> None:
        self.apps = {"anns": "1234", "of-another-app": "5678"}
        self.users: dict[str, object] = {"anns": "ann", "of-another-app": "ann"}

    def answer(self, asked: Asked) -> Answer:
        token = asked.query.get("access_token", "")
        if token not in self.apps:
            return Answer({"error": {"message": "Invalid OAuth access token."}}, 400)
        return Answer({"id": self.apps[token] if asked.path == "/app" else self.users[token]})


@pytest.fixture
def graph(provider: ProviderServer) -> Graph:
    graph = Graph()
    provider.routes |= {"GET /app": graph.answer, "GET /me": graph.answer}
    provider.route("GET /jwks", key_set(KEY))
    return graph


def _facebook(url: str, outbound: Outbound, **options: object) -> FacebookProvider:
    endpoints = {"graph": url, "keys": f"{url}/jwks"}
    given = {"appIds": ["1234"], "endpoints": endpoints, **options}
    return FacebookProvider(settings("facebook", outbound, given))


@pytest.fixture
def facebook(provider: ProviderServer, graph: Graph, outbound: Outbound) -> FacebookProvider:
    return _facebook(provider.url, outbound)


async def test_a_user_of_facebook(provider: ProviderServer, facebook: FacebookProvider) -> None:
    auth_data: JSONObject = {
        "id": "ann",
        "access_token": "anns",
        "expiration_date": "2030-01-01T00:00:00.000Z",
    }

    assert await logged_in(facebook, auth_data) == auth_data
    assert [(each.path, each.query) for each in provider.asked] == [
        ("/app", {"access_token": "anns"}),
        ("/me", {"access_token": "anns", "fields": "id"}),
    ]


async def test_the_secret_of_the_app_signs_every_question(
    provider: ProviderServer, graph: Graph, outbound: Outbound
) -> None:
    facebook = _facebook(provider.url, outbound, appSecret="app-secret")
    await logged_in(facebook, {"id": "ann", "access_token": "anns"})

    proof = hmac.new(b"app-secret", b"anns", hashlib.sha256).hexdigest()
    assert [each.query["appsecret_proof"] for each in provider.asked] == [proof] * 2
    assert not any("app-secret" in str(each) for each in provider.asked)


async def test_an_id_that_facebook_counts(graph: Graph, facebook: FacebookProvider) -> None:
    graph.users["anns"] = 100001

    assert await logged_in(facebook, {"id": "100001", "access_token": "anns"})


@pytest.mark.parametrize(
    "auth_data",
    [
        {"id": "bob", "access_token": "anns"},
        {"id": "ann", "access_token": "made-up"},
        {"id": "ann", "access_token": "of-another-app"},
        {"access_token": "anns"},
        {"id": None, "access_token": "anns"},
        {"id": ["ann"], "access_token": "anns"},
    ],
)
async def test_data_that_prove_nothing(facebook: FacebookProvider, auth_data: JSONObject) -> None:
    assert await refused(facebook, auth_data) == INVALID


@pytest.mark.parametrize(
    "token", [None, "", 1, {"$ne": ""}, ["anns"], "anns\r\nHost: evil", "é", "\ud800"]
)
async def test_what_is_no_token_is_not_asked_about(
    provider: ProviderServer, facebook: FacebookProvider, token: JSONValue
) -> None:
    assert await refused(facebook, {"id": "ann", "access_token": token}) == INVALID
    assert provider.asked == []


@pytest.mark.parametrize("token", ["anns&access_token=of-another-app", "../app?x=", "anns#"])
async def test_a_token_is_one_parameter(
    provider: ProviderServer, facebook: FacebookProvider, token: str
) -> None:
    assert await refused(facebook, {"id": "ann", "access_token": token}) == INVALID
    assert [(each.path, each.query) for each in provider.asked] == [
        ("/app", {"access_token": token})
    ]


async def test_nobody_is_found_by_an_answer_without_id(
    provider: ProviderServer, facebook: FacebookProvider
) -> None:
    provider.route("GET /me", {})

    for user_id in (None, "", "ann"):
        assert await refused(facebook, {"id": user_id, "access_token": "anns"}) == INVALID


@pytest.mark.parametrize(
    ("app_ids", "is_ours"),
    [("1234", True), ([1234], True), ("12345", False), (["123", "4"], False)],
)
async def test_app_ids_are_a_list(
    provider: ProviderServer, graph: Graph, outbound: Outbound, app_ids: object, is_ours: bool
) -> None:
    facebook = _facebook(provider.url, outbound, appIds=app_ids)

    refusal = await refused(facebook, {"id": "ann", "access_token": "anns"})

    assert refusal == (None if is_ours else INVALID)


@pytest.mark.parametrize("app_ids", [None, [], ""])
@pytest.mark.parametrize("field", ["access_token", "token"])
async def test_not_configured(
    provider: ProviderServer, graph: Graph, outbound: Outbound, app_ids: object, field: str
) -> None:
    facebook = _facebook(provider.url, outbound, appIds=app_ids)
    facebook.check_options()

    assert await refused(facebook, {"id": "ann", field: "anns"}) == (
        101,
        "Facebook auth is not configured.",
    )
    assert provider.asked == []


async def test_facebook_is_down(outbound: Outbound, caplog: pytest.LogCaptureFixture) -> None:
    facebook = _facebook("http://127.0.0.1:1", outbound, appSecret="app-secret")

    with caplog.at_level(logging.DEBUG):
        refusal = await refused(facebook, {"id": "ann", "access_token": "anns"})

    assert refusal == (141, "Facebook: the provider cannot be reached")
    assert "anns" not in caplog.text
    assert "app-secret" not in caplog.text


@pytest.mark.parametrize(
    ("status", "body"), [(500, {}), (302, {}), (200, b"<html>"), (200, [{"id": "1234"}])]
)
async def test_facebook_answers_nonsense(
    provider: ProviderServer, facebook: FacebookProvider, status: int, body: Any
) -> None:
    provider.route("GET /app", body, status=status)

    refusal = await refused(facebook, {"id": "ann", "access_token": "anns"})

    assert refusal is not None
    assert refusal[0] == 141


async def test_a_limited_log_in(provider: ProviderServer, facebook: FacebookProvider) -> None:
    token = KEY.sign(claims(iss=ISSUER, aud="1234"))

    assert await logged_in(facebook, {"id": "ann", "token": token})
    assert [each.path for each in provider.asked] == ["/jwks"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aud": "5678"}, "jwt audience invalid. expected: 1234"),
        ({"sub": "bob"}, "auth data is invalid for this user."),
        (
            {"iss": "https://facebook.com"},
            "id token not issued by correct OpenID provider"
            f" - expected: {ISSUER} | from: https://facebook.com",
        ),
        ({"exp": 1}, "jwt expired"),
    ],
)
async def test_limited_log_ins_that_prove_nothing(
    facebook: FacebookProvider, changes: dict[str, Any], message: str
) -> None:
    token = KEY.sign({**claims(iss=ISSUER, aud="1234"), **changes})

    assert await refused(facebook, {"id": "ann", "token": token}) == (101, message)


async def test_a_bad_token_is_not_made_good_by_a_good_one(facebook: FacebookProvider) -> None:
    auth_data: JSONObject = {"id": "ann", "token": "x", "access_token": "anns"}

    assert await refused(facebook, auth_data) == (101, "provided token does not decode as JWT")
