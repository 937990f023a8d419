"""Sign in with Apple; what a token may be is tested in test_id_token.py."""

from typing import Any

import pytest

from parsepy.auth.apple import AppleProvider
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import ProviderServer
from tests.auth.signing import claims, ec_key, key_set, rsa_key

pytestmark = pytest.mark.anyio

ISSUER = "https://appleid.apple.com"
KEY = rsa_key("apple")


def _apple(provider: ProviderServer, outbound: Outbound, **options: object) -> AppleProvider:
    keys = provider.route("GET /auth/keys", key_set(KEY))
    given = {"clientId": "org.example.app", "endpoints": {"keys": keys}, **options}
    return AppleProvider(settings("apple", outbound, given))


def _token(**changes: Any) -> str:
    return KEY.sign(claims(**{"iss": ISSUER, "aud": "org.example.app", **changes}))


async def test_a_user_of_apple(provider: ProviderServer, outbound: Outbound) -> None:
    auth_data: JSONObject = {"id": "ann", "token": _token(), "more": [1]}

    assert await logged_in(_apple(provider, outbound), auth_data) == auth_data
    assert [each.path for each in provider.asked] == ["/auth/keys"]


@pytest.mark.parametrize("client", [["first", "second"], "second"])
async def test_one_of_several_apps(
    provider: ProviderServer, outbound: Outbound, client: object
) -> None:
    apple = _apple(provider, outbound, clientId=client)

    assert await refused(apple, {"id": "ann", "token": _token(aud="second")}) is None
    assert await refused(apple, {"id": "ann", "token": _token(aud="sec")}) is not None


@pytest.mark.parametrize("client", [None, "", []])
async def test_without_client_id_nobody_logs_in(
    provider: ProviderServer, outbound: Outbound, client: object
) -> None:
    apple = _apple(provider, outbound, clientId=client)
    apple.check_options()

    refusal = await refused(apple, {"id": "ann", "token": _token()})

    assert refusal == (101, "Apple auth is not configured.")
    assert provider.asked == []


@pytest.mark.parametrize("token", [None, "", 0, False, [], {}])
async def test_without_token(
    provider: ProviderServer, outbound: Outbound, token: JSONValue
) -> None:
    refusal = await refused(_apple(provider, outbound), {"id": "ann", "token": token})

    assert refusal == (101, "id token is invalid for this user.")


@pytest.mark.parametrize("user_id", ["bob", "", "Ann", None, 1, ["ann"], {"$ne": ""}])
async def test_a_token_of_somebody_else(
    provider: ProviderServer, outbound: Outbound, user_id: JSONValue
) -> None:
    refusal = await refused(_apple(provider, outbound), {"id": user_id, "token": _token()})

    assert refusal == (101, "auth data is invalid for this user.")


@pytest.mark.parametrize("subject", [None, "", True, ["ann"]])
async def test_a_token_of_nobody(
    provider: ProviderServer, outbound: Outbound, subject: object
) -> None:
    apple = _apple(provider, outbound)

    for user_id in ("ann", "", None):
        refusal = await refused(apple, {"id": user_id, "token": _token(sub=subject)})
        assert refusal == (101, "auth data is invalid for this user.")


async def test_another_issuer(provider: ProviderServer, outbound: Outbound) -> None:
    token = _token(iss="https://accounts.google.com")

    assert await refused(_apple(provider, outbound), {"id": "ann", "token": token}) == (
        101,
        "id token not issued by correct OpenID provider"
        f" - expected: {ISSUER} | from: https://accounts.google.com",
    )


async def test_no_algorithm_but_the_one(provider: ProviderServer, outbound: Outbound) -> None:
    apple = _apple(provider, outbound)
    provider.route("GET /auth/keys", key_set(KEY, ec_key("ec")))
    token = ec_key("ec").sign(claims(iss=ISSUER, aud="org.example.app"))

    assert await refused(apple, {"id": "ann", "token": token}) == (101, "invalid algorithm")


async def test_a_client_names_no_address(provider: ProviderServer, outbound: Outbound) -> None:
    evil = provider.route("GET /evil", key_set(ec_key("apple")))
    auth_data: JSONObject = {
        "id": "ann",
        "token": ec_key("apple").sign(claims(iss=ISSUER, aud="org.example.app"), jku=evil),
        "endpoints": {"keys": evil},
        "keys": evil,
        "jwks_uri": evil,
        "issuer": provider.url,
    }

    assert await refused(_apple(provider, outbound), auth_data) == (101, "invalid algorithm")
    assert [each.path for each in provider.asked] == ["/auth/keys"]


async def test_apple_is_down(outbound: Outbound) -> None:
    apple = AppleProvider(
        settings("apple", outbound, {"clientId": "a", "endpoints": {"keys": "http://127.0.0.1:1/"}})
    )

    assert await refused(apple, {"id": "ann", "token": _token()}) == (
        101,
        "Unable to find matching key for Key ID: apple",
    )


async def test_every_app_has_keys_of_its_own(provider: ProviderServer, outbound: Outbound) -> None:
    first, second = _apple(provider, outbound), _apple(provider, outbound, clientId="other")

    assert await refused(first, {"id": "ann", "token": _token()}) is None
    assert await refused(second, {"id": "ann", "token": _token()}) is not None
    assert await refused(second, {"id": "ann", "token": _token(aud="other")}) is None
    assert len(provider.asked) == 2
