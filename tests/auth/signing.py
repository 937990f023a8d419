"""Keys of a provider, and the tokens that it or somebody else signs with them."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`id` is its name in the set of public keys."""

    id: str
    algorithm: str
    private: PrivateKey

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public half, as a set has it; a change to None leaves a member out."""
        implementation = jwt.get_algorithm_by_name(self.algorithm)
        text = implementation.to_jwk(self.private.public_key())
        members = {**json.loads(text), "kid": self.id, "alg": self.algorithm, "use": "sig"}
        members.pop("key_ops", None)
        members |= changes
        return {name: value for name, value in members.items() if value is not None}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token; members of the header that are None are left out."""
        members = {"typ": "JWT", "alg": self.algorithm, "kid": self.id, **header}
        given = {name: value for name, value in members.items() if value is not None}
        first = f"{encoded(given)}.{encoded(claims)}"
        signature = jwt.get_algorithm_by_name(self.algorithm).sign(first.encode(), self.private)
        return f"{first}.{_base64(signature)}"

    @property
    def public_pem(self) -> bytes:
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def rsa_key(name: str, algorithm: str = "RS256", bits: int = 2048) -> SigningKey:
    """The same key for the same name: making one takes a while."""
    return SigningKey(name, algorithm, rsa.generate_private_key(65537, bits))


@cache
def ec_key(name: str) -> SigningKey:
    return SigningKey(name, "ES256", ec.generate_private_key(ec.SECP256R1()))


@cache
def ed_key(name: str) -> SigningKey:
    return SigningKey(name, "EdDSA", ed25519.Ed25519PrivateKey.generate())


def key_set(*keys: SigningKey) -> dict[str, Any]:
    return {"keys": [key.jwk() for key in keys]}


def claims(**changes: Any) -> dict[str, Any]:
    """Of a token that is good for five minutes; a change to None leaves a claim out."""
    now = int(time.time())
    all_claims = {"sub": "ann", "iat": now, "exp": now + 300, **changes}
    return {name: value for name, value in all_claims.items() if value is not None}


def unsigned(payload: dict[str, Any], **header: Any) -> str:
    return f"{encoded({'typ': 'JWT', 'alg': 'none', **header})}.{encoded(payload)}."


def signed_with_secret(payload: dict[str, Any], secret: bytes, **header: Any) -> str:
    """HS256 by hand: libraries refuse a public key for a secret when they sign."""
    first = f"{encoded({'typ': 'JWT', 'alg': 'HS256', **header})}.{encoded(payload)}"
    return f"{first}.{_base64(hmac.new(secret, first.encode(), hashlib.sha256).digest())}"


def with_payload(token: str, payload: dict[str, Any]) -> str:
    """The token with another payload below the old signature."""
    header, _, signature = token.split(".")
    return f"{header}.{encoded(payload)}.{signature}"


def encoded(part: object) -> str:
    return _base64(json.dumps(part).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
