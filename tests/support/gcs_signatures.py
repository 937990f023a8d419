"""Who sends a request to Google Cloud Storage: tokens and addresses that the key of a service
account has signed, as Google's documentation describes them and apart from every client.

https://google.aip.dev/auth/4111,
https://docs.cloud.google.com/storage/docs/authentication/canonical-requests and signatures.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from secrets import token_hex
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

import jwt
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.support.object_server import ObjectRequest, RefusedError

HOST: Final = "storage.googleapis.com"
EMAIL: Final = "files@project.iam.gserviceaccount.com"
_SCOPES: Final = {
    "https://www.googleapis.com/auth/cloud-platform",
    "https://www.googleapis.com/auth/devstorage.full_control",
    "https://www.googleapis.com/auth/devstorage.read_write",
}
_ALGORITHM: Final = "GOOG4-RSA-SHA256"
_HOUR: Final = 3600
_SEVEN_DAYS: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A key of the account `EMAIL`."""

    key: rsa.RSAPrivateKey
    key_id: str = field(default_factory=token_hex)

    @classmethod
    def new(cls) -> "ServiceAccount":
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @property
    def credentials(self) -> dict[str, object]:
        """What the file of such a key holds."""
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {
            "type": "service_account",
            "client_email": EMAIL,
            "private_key": pem.decode(),
            "private_key_id": self.key_id,
        }


@cache
def the_account() -> ServiceAccount:
    """One for all tests: a key takes a tenth of a second to make."""
    return ServiceAccount.new()


def check_token(token: str, account: ServiceAccount, now: float) -> None:
    """A JWT that the account has signed itself. Raises `RefusedError`."""
    refused = RefusedError(401, "AuthenticationRequired", "Authentication required.")
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        claims = jwt.decode(
            token,
            account.key.public_key(),
            algorithms=["RS256"],
            issuer=EMAIL,
            options={
                "require": ["iss", "sub", "exp", "iat"],
                # By our clock, below.
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError:
        raise refused from None
    is_good = (
        key_id == account.key_id
        and claims["sub"] == EMAIL
        and claims.get("scope") in _SCOPES
        and claims["exp"] - claims["iat"] <= _HOUR
        and claims["iat"] <= now < claims["exp"]
    )
    if not is_good:
        raise refused


def check_address(request: ObjectRequest, account: ServiceAccount, now: float) -> None:
    """A V4 signature in the query. Raises `RefusedError`."""
    query = request.query
    date = query["X-Goog-Date"]
    begun = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    scope = f"{date[:8]}/auto/storage/goog4_request"
    if query["X-Goog-Algorithm"] != _ALGORITHM or query["X-Goog-Credential"] != f"{EMAIL}/{scope}":
        raise RefusedError(400, "InvalidArgument", "Invalid argument.")
    digest = hashlib.sha256(_canonical(request).encode()).hexdigest()
    text = "\n".join([_ALGORITHM, date, scope, digest])
    if not _is_signed(query["X-Goog-Signature"], text, account):
        raise RefusedError(403, "SignatureDoesNotMatch", "Access denied.", text)
    seconds = int(query["X-Goog-Expires"])
    if not 0 < seconds <= _SEVEN_DAYS or now >= begun + seconds:
        raise RefusedError(400, "ExpiredToken", "Invalid argument.", "The token has expired.")


def _is_signed(signature: str, text: str, account: ServiceAccount) -> bool:
    try:
        account.key.public_key().verify(
            bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _canonical(request: ObjectRequest) -> str:
    """Letters of the path that have a meaning in addresses count as encoded, all but slashes."""
    names = request.query["X-Goog-SignedHeaders"].split(";")
    headers = {name: " ".join((request.headers.get(name) or "").split()) for name in names}
    if "host" not in headers:
        raise RefusedError(400, "InvalidArgument", "Invalid argument.")
    query = sorted(
        f"{quote(name, safe='')}={quote(value, safe='')}"
        for name, value in parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
        if name != "X-Goog-Signature"
    )
    return "\n".join(
        [
            request.command,
            quote(request.encoded_path, safe="/%"),
            "&".join(query),
            *(f"{name}:{value}" for name, value in headers.items()),
            "",
            ";".join(names),
            "UNSIGNED-PAYLOAD",
        ]
    )
