"""Verifying signed tokens: what is genuine, and everything that is not."""

import time
from dataclasses import replace
from typing import Any

import pytest

from parsepy.auth.id_token import Expected, IdTokens
from parsepy.auth.jwks import KeySet
from parsepy.auth.provider_http import ProviderHTTP
from parsepy.outbound import Outbound
from parsepy.types import JSONObject, JSONValue
from tests.auth.provider_server import ProviderServer
from tests.auth.signing import (
    SigningKey,
    claims,
    ec_key,
    ed_key,
    encoded,
    key_set,
    rsa_key,
    signed_with_secret,
    unsigned,
    with_payload,
)
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

ISSUER = "https://issuer.example.org"
EXPECTED = Expected((ISSUER,), ("app", "other-app"))
UNDECODABLE = "provided token does not decode as JWT"
WRONG_AUDIENCE = "jwt audience invalid. expected: app or other-app"


class Tokens:
    def __init__(self, provider: ProviderServer, outbound: Outbound) -> None:
        self.key = rsa_key("key")
        self.provider = provider
        provider.route("GET /keys", key_set(self.key, rsa_key("second"), ec_key("ec")))
        self._keys = KeySet(ProviderHTTP(outbound), self._address)

    async def _address(self) -> str:
        return f"{self.provider.url}/keys"

    def claims(self, **changes: Any) -> dict[str, Any]:
        return claims(iss=ISSUER, **{"aud": "app", **changes})

    async def verified(self, token: JSONValue, expected: Expected = EXPECTED) -> JSONObject:
        return await IdTokens(self._keys, expected).claims(token)

    async def refused(self, token: JSONValue, expected: Expected = EXPECTED) -> str | None:
        """Why a token is none; only with the code that apps know."""
        error = await awaited_refusal(self.verified(token, expected))
        if error is None:
            return None
        assert error.code == 101
        return error.message


@pytest.fixture
async def tokens(provider: ProviderServer, outbound: Outbound) -> Tokens:
    return Tokens(provider, outbound)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"aud": "other-app"},
        {"aud": ["app"]},
        {"aud": ["else", "app"], "azp": "app"},
        {"azp": "an app of the same owner"},
    ],
)
async def test_a_genuine_token(tokens: Tokens, changes: dict[str, Any]) -> None:
    payload = tokens.claims(**changes)

    assert await tokens.verified(tokens.key.sign(payload)) == payload


@pytest.mark.parametrize(
    ("claim", "seconds", "message"),
    [
        ("exp", 60.5, None),
        ("exp", -1, "jwt expired"),
        ("nbf", -1, None),
        ("nbf", 60, "jwt not active"),
        ("iat", 3600, None),
    ],
)
async def test_times(tokens: Tokens, claim: str, seconds: float, message: str | None) -> None:
    token = tokens.key.sign(tokens.claims(**{claim: time.time() + seconds}))

    assert await tokens.refused(token) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"exp": 0}, "jwt expired"),
        ({"exp": None}, "invalid exp value"),
        ({"exp": "never"}, "jwt malformed"),
        ({"exp": float("inf")}, "jwt malformed"),
        ({"exp": [9999999999]}, "jwt malformed"),
        ({"nbf": "x"}, "jwt malformed"),
        ({"aud": "somebody"}, WRONG_AUDIENCE),
        ({"aud": None}, WRONG_AUDIENCE),
        ({"aud": ""}, WRONG_AUDIENCE),
        ({"aud": []}, WRONG_AUDIENCE),
        ({"aud": "app2"}, WRONG_AUDIENCE),
        ({"aud": "ap"}, WRONG_AUDIENCE),
        ({"aud": ["somebody"]}, WRONG_AUDIENCE),
        ({"aud": {"app": True}}, WRONG_AUDIENCE),
        ({"aud": 1}, WRONG_AUDIENCE),
    ],
)
async def test_claims_that_are_not_good(
    tokens: Tokens, changes: dict[str, Any], message: str
) -> None:
    assert await tokens.refused(tokens.key.sign(tokens.claims(**changes))) == message


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("https://evil.example.org", "https://evil.example.org"),
        (f"{ISSUER}/", f"{ISSUER}/"),
        (None, "undefined"),
        ([ISSUER], "undefined"),
    ],
)
async def test_another_issuer(tokens: Tokens, issuer: object, said: str) -> None:
    token = tokens.key.sign({**tokens.claims(), "iss": issuer})

    assert await tokens.refused(token) == (
        f"id token not issued by correct OpenID provider - expected: {ISSUER} | from: {said}"
    )


@pytest.mark.parametrize("party", [None, "somebody", ["app"]])
async def test_a_token_for_several_was_given_to_one_of_them(tokens: Tokens, party: object) -> None:
    token = tokens.key.sign(tokens.claims(aud=["app", "somebody"], azp=party))

    message = await tokens.refused(token)

    assert message is not None
    assert message.startswith("id token is not authorized for this client - expected: app or")


async def test_an_access_token_names_its_client(tokens: Tokens) -> None:
    """What Keycloak's tokens go by: `aud` is another service there."""
    expected = replace(EXPECTED, audience_claim="azp", token_name="access token")

    ours = tokens.claims(aud="account", azp="app")
    assert await tokens.verified(tokens.key.sign(ours), expected) == ours
    for party in ({"azp": "somebody"}, {}):
        token = tokens.key.sign(tokens.claims(aud="app", **party))
        message = await tokens.refused(token, expected)
        assert message is not None
        assert message.startswith("access token is not authorized for this client")


async def test_a_token_of_another_key_under_the_name_of_ours(tokens: Tokens) -> None:
    forger = SigningKey("key", "RS256", rsa_key("forger").private)

    assert await tokens.refused(forger.sign(tokens.claims())) == "invalid signature"


async def test_a_key_of_the_set_under_the_name_of_another(tokens: Tokens) -> None:
    token = rsa_key("second").sign(tokens.claims(), kid="key")

    assert await tokens.refused(token) == "invalid signature"


async def test_a_changed_payload_below_a_genuine_signature(tokens: Tokens) -> None:
    token = tokens.key.sign(tokens.claims())

    assert await tokens.refused(with_payload(token, tokens.claims(sub="bob"))) == (
        "invalid signature"
    )


@pytest.mark.parametrize("kid", ["unknown", "../keys", "key\0", "__proto__"])
async def test_a_name_that_is_not_in_the_set(tokens: Tokens, kid: str) -> None:
    token = tokens.key.sign(tokens.claims(), kid=kid)

    assert await tokens.refused(token) == f"Unable to find matching key for Key ID: {kid}"


@pytest.mark.parametrize("kid", [None, ""])
async def test_no_name_where_there_are_several_keys(tokens: Tokens, kid: str | None) -> None:
    token = tokens.key.sign(tokens.claims(), kid=kid)

    assert await tokens.refused(token) == "Unable to find matching key for Key ID: undefined"


async def test_no_name_where_there_is_one_key(tokens: Tokens) -> None:
    tokens.provider.route("GET /keys", key_set(tokens.key))

    assert await tokens.verified(tokens.key.sign(tokens.claims(), kid=None))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "RS256"])
async def test_a_token_without_signature(tokens: Tokens, algorithm: str) -> None:
    token = unsigned(tokens.claims(), alg=algorithm, kid="key")

    assert await tokens.refused(token) == "jwt signature is required"


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "PS256", "ES256", "", "x"])
async def test_the_algorithm_is_not_the_tokens_choice(tokens: Tokens, algorithm: str) -> None:
    token = tokens.key.sign(tokens.claims(), alg=algorithm)

    assert await tokens.refused(token) == "invalid algorithm"


@pytest.mark.parametrize("algorithm", [None, 1, ["RS256"], {"a": 1}])
async def test_an_algorithm_that_is_no_text(tokens: Tokens, algorithm: object) -> None:
    token = with_header(tokens.key.sign(tokens.claims()), {"kid": "key", "alg": algorithm})

    assert await tokens.refused(token) in ("invalid algorithm", UNDECODABLE)


async def test_the_public_key_is_no_shared_secret(tokens: Tokens) -> None:
    for secret in (tokens.key.public_pem, tokens.key.public_pem.strip(), b""):
        token = signed_with_secret(tokens.claims(), secret, kid="key")
        assert await tokens.refused(token) == "invalid algorithm"
        claimed = signed_with_secret(tokens.claims(), secret, kid="key", alg="RS256")
        assert await tokens.refused(claimed) == "invalid signature"


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
async def test_a_key_that_the_token_brings_along_is_not_looked_at(
    tokens: Tokens, member: str
) -> None:
    forger = SigningKey("key", "RS256", rsa_key("forger").private)
    address = tokens.provider.route("GET /evil", key_set(forger))
    brought: dict[str, Any] = {"jwk": forger.jwk(), "x5c": ["AA"], "jku": address, "x5u": address}

    named = forger.sign(tokens.claims(), **{member: brought[member]})
    unknown = forger.sign(tokens.claims(), kid="forger", **{member: brought[member]})

    assert await tokens.refused(named) == "invalid signature"
    assert await tokens.refused(unknown) == "Unable to find matching key for Key ID: forger"
    assert tokens.provider.asked_for("/evil") == []


@pytest.mark.parametrize(
    "token",
    [
        *(None, "", 1, True, [], {}, {"$ne": ""}, ["a.b.c"]),
        *("a", "a.b", "a.b.c", "..", "a.b.c.d", "{}", "é.é.é", "\ud800.a.b", "a\n.b.c"),
        f"{encoded([])}.e30.AA",
        f"{encoded('text')}.e30.AA",
        f"{encoded({'kid': 1, 'alg': 'RS256'})}.e30.AA",
        f"{encoded({'kid': ['key'], 'alg': 'RS256'})}.e30.AA",
        f"{encoded({'kid': 'key', 'alg': 'RS256', 'crit': ['made-up']})}.e30.AA",
        "x" * 70_000 + ".e30.AA",
        "W1tb" * 15_000 + ".e30.AA",
    ],
)
async def test_what_is_no_token(tokens: Tokens, token: JSONValue) -> None:
    assert await tokens.refused(token) == UNDECODABLE
    assert tokens.provider.asked == []


@pytest.mark.parametrize("payload", [[], "text", 1, None])
async def test_a_signed_payload_that_holds_no_claims(tokens: Tokens, payload: Any) -> None:
    assert await tokens.refused(tokens.key.sign(payload)) == "jwt malformed"


@pytest.mark.parametrize("key", [ec_key("ec"), ed_key("ed"), rsa_key("pss", "PS256")])
async def test_other_algorithms_where_they_are_configured(tokens: Tokens, key: SigningKey) -> None:
    tokens.provider.route("GET /keys", key_set(tokens.key, key))
    token = key.sign(tokens.claims())

    assert await tokens.refused(token) == "invalid algorithm"
    assert await tokens.verified(token, replace(EXPECTED, algorithms=(key.algorithm,)))


async def test_a_key_without_algorithm_takes_the_configured_ones(tokens: Tokens) -> None:
    tokens.provider.route("GET /keys", {"keys": [tokens.key.jwk(alg=None)]})
    sha512 = replace(tokens.key, algorithm="RS512")

    assert await tokens.refused(sha512.sign(tokens.claims())) == "invalid algorithm"
    both = replace(EXPECTED, algorithms=("RS256", "RS512"))
    assert await tokens.verified(sha512.sign(tokens.claims()), both)


@pytest.mark.parametrize("changes", [{"issuers": ()}, {"audience": ()}, {"algorithms": ()}])
def test_nothing_can_be_left_unchecked(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="proves nothing"):
        replace(EXPECTED, **changes)


def with_header(token: str, header: dict[str, Any]) -> str:
    _, payload, signature = token.split(".")
    return f"{encoded(header)}.{payload}.{signature}"
