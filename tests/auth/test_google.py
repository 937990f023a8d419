"""Google; what a token may be is tested in test_id_token.py."""

import pytest

from parsepy.auth.google import GoogleProvider
from parsepy.outbound import Outbound
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import ProviderServer
from tests.auth.signing import claims, key_set, rsa_key

pytestmark = pytest.mark.anyio

KEY = rsa_key("google")


@pytest.fixture
def google(provider: ProviderServer, outbound: Outbound) -> GoogleProvider:
    keys = provider.route("GET /certs", key_set(KEY))
    options: dict[str, object] = {"clientId": "app", "endpoints": {"keys": keys}}
    return GoogleProvider(settings("google", outbound, options))


@pytest.mark.parametrize("issuer", ["accounts.google.com", "https://accounts.google.com"])
async def test_a_user_of_google(google: GoogleProvider, issuer: str) -> None:
    token = KEY.sign(claims(iss=issuer, aud="app"))

    assert await logged_in(google, {"id": "ann", "id_token": token})


async def test_another_issuer(google: GoogleProvider) -> None:
    token = KEY.sign(claims(iss="https://evil.org", aud="app"))

    assert await refused(google, {"id": "ann", "id_token": token}) == (
        101,
        "id token not issued by correct provider - expected: accounts.google.com"
        " or https://accounts.google.com | from: https://evil.org",
    )


async def test_an_access_token_is_no_proof(google: GoogleProvider) -> None:
    token = KEY.sign(claims(iss="accounts.google.com", aud="app"))

    for name in ("access_token", "token"):
        assert await refused(google, {"id": "ann", name: token}) == (
            101,
            "id token is invalid for this user.",
        )


async def test_a_token_for_another_app(google: GoogleProvider) -> None:
    token = KEY.sign(claims(iss="accounts.google.com", aud="another", azp="app"))

    assert await refused(google, {"id": "ann", "id_token": token}) == (
        101,
        "jwt audience invalid. expected: app",
    )


async def test_not_configured(outbound: Outbound) -> None:
    google = GoogleProvider(settings("google", outbound, {}))
    google.check_options()

    assert await refused(google, {"id": "ann", "id_token": "x"}) == (
        101,
        "Google auth is not configured.",
    )
