"""GitHub; what all code exchanges have in common is tested in test_code_exchange.py."""

import pytest

from parsepy.auth.github import GitHubProvider
from parsepy.outbound import Outbound
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import ProviderServer

pytestmark = pytest.mark.anyio


def _github(provider: ProviderServer, outbound: Outbound, **options: object) -> GitHubProvider:
    token = provider.route("POST /login/oauth/access_token", {"access_token": "gho_token"})
    user = provider.route("GET /user", {"id": 583231, "login": "octocat"})
    client = {"clientId": "client", "clientSecret": "client-secret"}
    given = {"endpoints": {"token": token, "user": user}, **(options or client)}
    return GitHubProvider(settings("github", outbound, given))


@pytest.fixture
def github(provider: ProviderServer, outbound: Outbound) -> GitHubProvider:
    return _github(provider, outbound)


async def test_a_user_of_github(provider: ProviderServer, github: GitHubProvider) -> None:
    assert await logged_in(github, {"code": "code"}) == {
        "id": "583231",
        "access_token": "gho_token",
    }
    exchange, profile = provider.asked
    assert exchange.json == {
        "client_id": "client",
        "client_secret": "client-secret",
        "code": "code",
    }
    assert exchange.headers["accept"] == "application/json"
    assert profile.headers["authorization"] == "Bearer gho_token"


async def test_ids_are_compared_as_texts(github: GitHubProvider) -> None:
    assert await logged_in(github, {"code": "code", "id": "583231"})
    for user_id in (583231, "583232", "octocat"):
        assert await refused(github, {"code": "code", "id": user_id}) == (
            101,
            "GitHub auth is invalid for this user.",
        )


async def test_without_code(github: GitHubProvider) -> None:
    assert await refused(github, {"id": "583231", "access_token": "gho_token"}) == (
        142,
        "GitHub code is required.",
    )


async def test_a_code_that_github_does_not_take(
    provider: ProviderServer, github: GitHubProvider
) -> None:
    said = {"error": "bad_verification_code", "error_description": "The code is expired."}
    provider.route("POST /login/oauth/access_token", said)

    assert await refused(github, {"code": "code"}) == (101, "The code is expired.")


async def test_an_exchange_that_fails(provider: ProviderServer, github: GitHubProvider) -> None:
    provider.route("POST /login/oauth/access_token", {"private": 1}, status=503)

    assert await refused(github, {"code": "code"}) == (
        142,
        "Failed to exchange code for token: Service Unavailable",
    )


async def test_a_token_that_is_good_for_nothing(
    provider: ProviderServer, github: GitHubProvider
) -> None:
    provider.route("GET /user", {"message": "Bad credentials"}, status=401)

    assert await refused(github, {"code": "code"}) == (
        142,
        "Failed to fetch GitHub user: Unauthorized",
    )


@pytest.mark.parametrize(
    "profile", [{}, {"id": 1}, {"login": "octocat"}, {"id": "", "login": "octocat"}]
)
async def test_a_profile_that_is_none(
    provider: ProviderServer, github: GitHubProvider, profile: object
) -> None:
    provider.route("GET /user", profile)

    assert await refused(github, {"code": "code"}) == (142, "Invalid GitHub user data received.")


async def test_a_token_where_that_is_allowed(provider: ProviderServer, outbound: Outbound) -> None:
    insecure = _github(provider, outbound, enableInsecureAuth=True)

    assert await logged_in(insecure, {"id": "583231", "access_token": "gho_token"})


async def test_github_is_down(outbound: Outbound) -> None:
    nowhere = {"token": "http://127.0.0.1:1/", "user": "http://127.0.0.1:1/"}
    options: dict[str, object] = {"clientId": "a", "clientSecret": "b", "endpoints": nowhere}
    github = GitHubProvider(settings("github", outbound, options))

    assert await refused(github, {"code": "code"}) == (
        142,
        "Failed to exchange code for token: the provider cannot be reached",
    )
