"""Verifying what a provider has signed about a user: a JSON Web Token (RFC 7519, RFC 8725).

Algorithms, issuers and audience are the app's configuration, keys are the provider's own set. What
else a token says of how it wants to be checked (`jku`, `x5u`, `jwk`) is not looked at. There is no
leeway for clocks, as with parse-server.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import jwt

from parsepy import errors
from parsepy.auth import credentials
from parsepy.auth.jwks import KeySet
from parsepy.types import JSONObject, JSONValue

ASYMMETRIC: Final = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA".split()
"""With a shared secret, whoever knows it could sign as well."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say to be for this app.

    `audience` is the app's ids; one of them has to be in the claim `audience_claim`. The names are
    those that messages use.
    """

    issuers: tuple[str, ...]
    audience: tuple[str, ...]
    algorithms: tuple[str, ...] = ("RS256",)
    audience_claim: Literal["aud", "azp"] = "aud"
    token_name: str = "id token"
    provider_name: str = "OpenID provider"

    def __post_init__(self) -> None:
        if not (self.issuers and self.audience and self.algorithms):
            raise ValueError("a token that is not for an app proves nothing")


class IdTokens:
    """The tokens of one issuer for one app."""

    def __init__(self, keys: KeySet, expected: Expected) -> None:
        self._keys = keys
        self._expected = expected

    async def claims(self, token: JSONValue) -> JSONObject:
        """What a genuine token says. Raises 101."""
        expected = self._expected
        text = credentials.token(token) or ""
        header = _header(text)
        if header is None:
            raise errors.object_not_found("provided token does not decode as JWT")
        key_id = header.get("kid")
        key = await self._keys.find(key_id)
        if key is None:
            raise errors.object_not_found(
                f"Unable to find matching key for Key ID: {key_id or 'undefined'}"
            )
        if text.endswith("."):
            raise errors.object_not_found("jwt signature is required")
        algorithm = header.get("alg")
        prepared = key.prepared(algorithm) if algorithm in expected.algorithms else None
        if prepared is None:
            raise errors.object_not_found("invalid algorithm")
        claims = _verified(text, prepared, expected)
        _check_issuer(claims, expected)
        _check_authorized_party(claims, expected)
        return claims


def _header(token: str) -> dict[str, Any] | None:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    # A token may say what has to be understood (RFC 7515, section 4.1.11). We understand none.
    return None if "crit" in header else header


def _verified(token: str, key: jwt.PyJWK, expected: Expected) -> JSONObject:
    by_audience = expected.audience_claim == "aud"
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=list(expected.algorithms),
            audience=expected.audience if by_audience else None,
            options={
                "require": ["exp"],
                "verify_aud": by_audience,
                # Issuers have their own message; when a token was made is the provider's affair.
                "verify_iss": False,
                "verify_iat": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise errors.object_not_found(_reason(error, expected)) from None
    return cast("JSONObject", claims)


def _reason(error: Exception, expected: Expected) -> str:
    """The text of the library that apps know from parse-server."""
    if isinstance(error, jwt.ExpiredSignatureError):
        return "jwt expired"
    if isinstance(error, jwt.ImmatureSignatureError):
        return "jwt not active"
    if isinstance(error, jwt.InvalidSignatureError):
        return "invalid signature"
    if isinstance(error, jwt.InvalidAlgorithmError):
        return "invalid algorithm"
    if isinstance(error, jwt.MissingRequiredClaimError) and error.claim == "exp":
        return "invalid exp value"
    if isinstance(error, jwt.InvalidAudienceError | jwt.MissingRequiredClaimError):
        return f"jwt audience invalid. expected: {' or '.join(expected.audience)}"
    return "jwt malformed"


def _check_issuer(claims: JSONObject, expected: Expected) -> None:
    if claims.get("iss") not in expected.issuers:
        raise errors.object_not_found(
            f"{expected.token_name} not issued by correct {expected.provider_name}"
            f" - expected: {' or '.join(expected.issuers)} | from: {_said(claims, 'iss')}"
        )


def _check_authorized_party(claims: JSONObject, expected: Expected) -> None:
    """A token for several audiences was given to one of them: it has to be us."""
    audience = claims.get("aud")
    shared = isinstance(audience, list) and len(audience) > 1
    if expected.audience_claim != "azp" and not shared:
        return
    if claims.get("azp") not in expected.audience:
        raise errors.object_not_found(
            f"{expected.token_name} is not authorized for this client"
            f" - expected: {' or '.join(expected.audience)} | from: {_said(claims, 'azp')}"
        )


def _said(claims: JSONObject, name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else "undefined"
