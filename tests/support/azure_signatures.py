"""Who sends a request to Azure: the account's key, shared access signatures and tokens, as
Microsoft's documentation describes them and apart from every client.

https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, create-service-sas,
create-account-sas and create-user-delegation-sas.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tests.support.object_server import RefusedError

ACCOUNT: Final = "testaccount"
CONTAINER: Final = "container"
KEY: Final = base64.b64encode(b"the key of the account, 32 bytes").decode()
EVERYTHING: Final = "rwdlt"
_VERSION: Final = "2023-11-03"
_CLOCKS_APART: Final = 15 * 60
_SIGNED_HEADERS: Final = (
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "If-Modified-Since",
    "If-Match",
    "If-None-Match",
    "If-Unmodified-Since",
    "Range",
)
_DELEGATION: Final = ("skoid", "sktid", "skt", "ske", "sks", "skv")
_NOBODY_ELSE: Final = ("", "", "")
_RESPONSE_HEADERS: Final = ("rscc", "rscd", "rsce", "rscl", "rsct")
_FAILED: Final = (
    "Server failed to authenticate the request. Make sure the value of Authorization header is"
    " formed correctly including the signature."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, also one that is part of a batch."""

    method: str
    path: str
    headers: Message

    @property
    def encoded_path(self) -> str:
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    @property
    def resource(self) -> str:
        """The path without encoding, and without the account, which is a part of it where it is
        no part of the host."""
        return unquote(self.encoded_path.removeprefix(f"/{ACCOUNT}"))


def check_sender(asked: Asked, now: float, tokens: Collection[str]) -> str:
    """What he may do, in the letters of a signature's `sp`; `tokens` are of those who may all.
    Raises `RefusedError`."""
    query = asked.query
    if "sig" in query:
        _check_signature(asked, query)
        if not _moment(query.get("st", ""), now) <= now < _moment(query["se"], now):
            detail = f"Signature not valid in the specified time frame: Expiry [{query['se']}]"
            raise RefusedError(403, "AuthenticationFailed", _FAILED, detail)
        return query["sp"]
    scheme, _, credential = (asked.headers.get("Authorization") or "").partition(" ")
    if scheme == "Bearer" and credential in tokens:
        return EVERYTHING
    if scheme != "SharedKey":
        raise RefusedError(401, "NoAuthenticationInformation")
    _check_shared_key(asked, credential, now)
    return EVERYTHING


def sas_of_container(permissions: str, expires: float) -> str:
    """A token for everything in `CONTAINER`, as the portal shows it."""
    fields = {"sp": permissions, "se": _text(expires), "spr": "https,http", "sv": _VERSION}
    fields["sr"] = "c"
    return urlencode({**fields, "sig": _hmac(_service_text(fields, f"/{CONTAINER}"))})


def sas_of_account(permissions: str, expires: float) -> str:
    fields = {"sv": _VERSION, "ss": "b", "srt": "co", "sp": permissions, "se": _text(expires)}
    return "?" + urlencode({**fields, "sig": _hmac(_account_text(fields))})


def _check_shared_key(asked: Asked, credential: str, now: float) -> None:
    sent = asked.headers.get("x-ms-date") or asked.headers["Date"]
    if abs(parsedate_to_datetime(sent).timestamp() - now) > _CLOCKS_APART:
        raise RefusedError(403, "AuthenticationFailed", _FAILED, "Request date header too old")
    text = _shared_key_text(asked)
    account, _, signature = credential.partition(":")
    if account != ACCOUNT or not hmac.compare_digest(signature, _hmac(text)):
        detail = (
            f"The MAC signature found in the HTTP request '{signature}' is not the same as any"
            f" computed signature. Server used following string to sign: '{text}'."
        )
        raise RefusedError(403, "AuthenticationFailed", _FAILED, detail)


def _shared_key_text(asked: Asked) -> str:
    signed = {name: asked.headers.get(name) or "" for name in _SIGNED_HEADERS}
    if signed["Content-Length"] == "0":
        signed["Content-Length"] = ""
    if asked.headers.get("x-ms-date"):
        signed["Date"] = ""
    ours = {name.lower(): value.strip() for name, value in asked.headers.items()}
    extra = [f"{name}:{ours[name]}" for name in sorted(ours) if name.startswith("x-ms-")]
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(asked.path).query, keep_blank_values=True):
        values.setdefault(name.lower(), []).append(value)
    resource = [f"/{ACCOUNT}{asked.encoded_path}"]
    resource += [f"{name}:{','.join(sorted(values[name]))}" for name in sorted(values)]
    return "\n".join([asked.method, *signed.values(), *extra, *resource])


def _check_signature(asked: Asked, query: Mapping[str, str]) -> None:
    key = KEY
    if "ss" in query:
        text = _account_text(query)
        kind = "c" if "restype" in query else "o"
        if "b" not in query["ss"] or kind not in query["srt"]:
            raise RefusedError(403, "AuthorizationResourceTypeMismatch")
    else:
        text = _service_text(query, f"/{CONTAINER}" if query["sr"] == "c" else asked.resource)
        if "skoid" in query:
            key = delegation_key(query["skt"], query["ske"])
    if not hmac.compare_digest(query["sig"].encode(), _hmac(text, key).encode()):
        detail = f"Signature did not match. String to sign used was {text}"
        raise RefusedError(403, "AuthenticationFailed", _FAILED, detail)


def _service_text(query: Mapping[str, str], resource: str) -> str:
    before = [query.get(name, "") for name in ("sp", "st", "se")]
    whose = [query.get("si", "")]
    if "skoid" in query:
        whose = [*(query[name] for name in _DELEGATION), *_NOBODY_ELSE]
    behind = [query.get(name, "") for name in ("sip", "spr", "sv", "sr")]
    snapshot_and_scope = ["", query.get("ses", "")]
    responses = [query.get(name, "") for name in _RESPONSE_HEADERS]
    place = f"/blob/{ACCOUNT}{resource}"
    return "\n".join([*before, place, *whose, *behind, *snapshot_and_scope, *responses])


def _account_text(query: Mapping[str, str]) -> str:
    names = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses")
    return "\n".join([ACCOUNT, *(query.get(name, "") for name in names), ""])


def delegation_key(begins: str, ends: str) -> str:
    """One that the account gives to those who are known by a token."""
    return _hmac(f"{begins} {ends}")


def _hmac(text: str, key: str = KEY) -> str:
    digest = hmac.digest(base64.b64decode(key), text.encode(), hashlib.sha256)
    return base64.b64encode(digest).decode()


def _moment(text: str, default: float) -> float:
    return datetime.fromisoformat(text).timestamp() if text else default


def _text(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
