"""Any issuer of OpenID Connect; what a token may be is tested in test_id_token.py."""

from typing import Any

import pytest

from parsepy.auth.oidc import OidcProvider
from parsepy.options.errors import OptionsError
from parsepy.outbound import Outbound
from parsepy.types import JSONObject
from tests.auth.logging_in import logged_in, refused, settings
from tests.auth.provider_server import ProviderServer
from tests.auth.signing import claims, ec_key, key_set, rsa_key

pytestmark = pytest.mark.anyio

KEY = rsa_key("issuer")
DISCOVERY = "/realms/own/.well-known/openid-configuration"


class Issuer:
    """An issuer below a path, with a document that says where its keys are."""

    def __init__(self, provider: ProviderServer, outbound: Outbound) -> None:
        self.url = f"{provider.url}/realms/own"
        self.server = provider
        self._outbound = outbound
        keys = provider.route("GET /certs", key_set(KEY, ec_key("ec")))
        self.publish(issuer=self.url, jwks_uri=keys)

    def publish(self, **document: object) -> None:
        self.server.route(f"GET {DISCOVERY}", document)

    def oidc(self, **options: object) -> OidcProvider:
        given = {"issuer": self.url, "clientId": "app", **options}
        provider = OidcProvider(settings("work", self._outbound, given))
        provider.check_options()
        return provider

    def claims(self, **changes: Any) -> dict[str, Any]:
        return claims(**{"iss": self.url, "aud": "app", **changes})


@pytest.fixture
def issuer(provider: ProviderServer, outbound: Outbound) -> Issuer:
    return Issuer(provider, outbound)


async def test_keys_are_where_the_issuer_says(issuer: Issuer) -> None:
    oidc = issuer.oidc()
    token = KEY.sign(issuer.claims())

    assert await logged_in(oidc, {"id": "ann", "id_token": token})
    assert await logged_in(oidc, {"id": "ann", "id_token": token})
    assert [each.path for each in issuer.server.asked] == [DISCOVERY, "/certs"]


async def test_an_issuer_with_a_slash_behind(issuer: Issuer) -> None:
    issuer.publish(issuer=f"{issuer.url}/", jwks_uri=f"{issuer.server.url}/certs")
    oidc = issuer.oidc(issuer=f"{issuer.url}/")

    token = KEY.sign(issuer.claims(iss=f"{issuer.url}/"))
    assert await logged_in(oidc, {"id": "ann", "id_token": token})
    assert await refused(oidc, {"id": "ann", "id_token": KEY.sign(issuer.claims())}) is not None


async def test_an_address_of_keys_takes_the_place_of_discovery(issuer: Issuer) -> None:
    oidc = issuer.oidc(endpoints={"keys": f"{issuer.server.url}/certs"})

    assert await logged_in(oidc, {"id": "ann", "id_token": KEY.sign(issuer.claims())})
    assert issuer.server.asked_for(DISCOVERY) == []


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"jwks_uri": "{url}/certs"},
        {"issuer": "https://evil.example.org", "jwks_uri": "{url}/certs"},
        {"issuer": "{url}/realms/own/", "jwks_uri": "{url}/certs"},
        {"issuer": "{url}/realms/own"},
        {"issuer": "{url}/realms/own", "jwks_uri": "file:///etc/passwd"},
        {"issuer": "{url}/realms/own", "jwks_uri": "/certs"},
        {"issuer": "{url}/realms/own", "jwks_uri": ["{url}/certs"]},
    ],
)
async def test_documents_that_are_not_the_issuers(issuer: Issuer, document: dict[str, Any]) -> None:
    url = issuer.server.url
    issuer.publish(
        **{
            name: value.format(url=url) if isinstance(value, str) else value
            for name, value in document.items()
        }
    )

    token = KEY.sign(issuer.claims())
    assert await refused(issuer.oidc(), {"id": "ann", "id_token": token}) == (
        101,
        "Unable to find matching key for Key ID: issuer",
    )
    assert issuer.server.asked_for("/certs") == []


async def test_the_way_to_the_keys_is_not_made_less_safe(
    issuer: Issuer, outbound: Outbound
) -> None:
    oidc = issuer.oidc(issuer="https://issuer.example.org")
    document: JSONObject = {
        "issuer": "https://issuer.example.org",
        "jwks_uri": f"{issuer.server.url}/certs",
    }

    assert oidc.keys_in(document) is None
    assert issuer.oidc().keys_in({**document, "issuer": issuer.url}) == document["jwks_uri"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"aud": "another"}, "jwt audience invalid. expected: app"),
        ({"exp": 1}, "jwt expired"),
        ({"sub": "bob"}, "auth data is invalid for this user."),
        ({"sub": None}, "auth data is invalid for this user."),
    ],
)
async def test_tokens_that_prove_nothing(
    issuer: Issuer, changes: dict[str, Any], message: str
) -> None:
    token = KEY.sign(issuer.claims(**changes))

    assert await refused(issuer.oidc(), {"id": "ann", "id_token": token}) == (101, message)


async def test_algorithms(issuer: Issuer) -> None:
    token = ec_key("ec").sign(issuer.claims())

    assert await refused(issuer.oidc(), {"id": "ann", "id_token": token}) == (
        101,
        "invalid algorithm",
    )
    oidc = issuer.oidc(algorithms=["ES256"])
    assert await logged_in(oidc, {"id": "ann", "id_token": token})
    assert await refused(oidc, {"id": "ann", "id_token": KEY.sign(issuer.claims())}) == (
        101,
        "invalid algorithm",
    )


async def test_the_claim_that_is_the_id(issuer: Issuer) -> None:
    oidc = issuer.oidc(useridField="oid")
    token = KEY.sign(issuer.claims(oid=17))

    assert await logged_in(oidc, {"id": "17", "id_token": token})
    assert await refused(oidc, {"id": "ann", "id_token": token}) is not None


async def test_two_issuers_of_one_app(issuer: Issuer, outbound: Outbound) -> None:
    first = issuer.oidc()
    second = issuer.oidc(clientId="other")
    token = KEY.sign(issuer.claims())

    assert await refused(first, {"id": "ann", "id_token": token}) is None
    assert await refused(second, {"id": "ann", "id_token": token}) is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"auth\.work\.issuer is required"),
        ({"issuer": "https://issuer.example.org"}, r"auth\.work\.clientId is required"),
        ({"issuer": "https://issuer.example.org", "clientId": ""}, "clientId is required"),
        ({"issuer": "issuer.example.org", "clientId": "app"}, "issuer must be an address"),
        ({"issuer": ["https://a.example.org"], "clientId": "app"}, "issuer must be an address"),
        ({"clientId": {"a": 1}}, "clientId must be a text or a list"),
        ({"algorithms": ["HS256"]}, "algorithms knows RS256, .* not 'HS256'"),
        ({"algorithms": ["RS256", "none"]}, "not 'none'"),
    ],
)
def test_options_with_which_nobody_could_log_in(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        OidcProvider(settings("work", Outbound(), options)).check_options()
