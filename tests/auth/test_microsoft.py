"""Microsoft; what all code exchanges have in common is tested in test_code_exchange.py."""

import pytest

from parsepy.auth.microsoft import MicrosoftProvider
from parsepy.outbound import Outbound
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import ProviderServer

pytestmark = pytest.mark.anyio

USER_ID = "48d31887-5fad-4d73-a9f5-3c356e68a038"
FAILED = (101, "Microsoft API request failed.")


@pytest.fixture
def microsoft(provider: ProviderServer, outbound: Outbound) -> MicrosoftProvider:
    token = provider.route("POST /common/oauth2/v2.0/token", {"access_token": "EwB.token"})
    user = provider.route("GET /v1.0/me", {"id": USER_ID, "displayName": "Ann"})
    options: dict[str, object] = {
        "clientId": "client",
        "clientSecret": "client-secret",
        "endpoints": {"token": token, "user": user},
    }
    return MicrosoftProvider(settings("microsoft", outbound, options))


async def test_a_user_of_microsoft(provider: ProviderServer, microsoft: MicrosoftProvider) -> None:
    stored = await logged_in(microsoft, {"code": "0.code", "redirect_uri": "https://app/back"})

    assert stored == {"id": USER_ID, "access_token": "EwB.token"}
    exchange, profile = provider.asked
    assert exchange.form == {
        "grant_type": "authorization_code",
        "client_id": "client",
        "client_secret": "client-secret",
        "code": "0.code",
        "redirect_uri": "https://app/back",
    }
    assert profile.headers["authorization"] == "Bearer EwB.token"


async def test_an_exchange_that_fails(
    provider: ProviderServer, microsoft: MicrosoftProvider
) -> None:
    said = {"error": "invalid_grant", "error_description": "AADSTS70008: private"}
    provider.route("POST /common/oauth2/v2.0/token", said, status=400)

    assert await refused(microsoft, {"code": "0.code"}) == FAILED


async def test_a_token_that_is_good_for_nothing(
    provider: ProviderServer, microsoft: MicrosoftProvider
) -> None:
    provider.route("GET /v1.0/me", {}, status=401)

    assert await refused(microsoft, {"code": "0.code"}) == FAILED


async def test_without_code(microsoft: MicrosoftProvider) -> None:
    assert await refused(microsoft, {"id": USER_ID, "access_token": "EwB.token"}) == (
        142,
        "Microsoft code is required.",
    )
