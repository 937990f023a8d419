"""What a request says of itself: the app, keys, session and installation, from headers or body.

The JavaScript SDK sends everything as a text/plain POST with its credentials inside the JSON
body, which spares browsers a preflight (rest-objects sheet, sections 2 and 3).
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

import msgspec

from parsepy import errors
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue

_BODY_TEXTS: Final = {
    "_ApplicationId": "application_id",
    "_JavaScriptKey": "javascript_key",
    "_MasterKey": "master_key",
    "_SessionToken": "session_token",
    "_InstallationId": "installation_id",
}
_DISCARDED: Final = ("_ClientVersion", "_RevocableSession", "_ContentType")
_JAVASCRIPT_KEY: Final = "javascript-key="


class Credentials(msgspec.Struct):
    """Unjudged: whether a key is right is decided elsewhere."""

    application_id: str | None = None
    master_key: str | None = None
    maintenance_key: str | None = None
    client_key: str | None = None
    javascript_key: str | None = None
    rest_api_key: str | None = None
    dot_net_key: str | None = None
    session_token: str | None = None
    installation_id: str | None = None
    context: JSONObject = msgspec.field(default_factory=dict)
    from_body: bool = False


def from_headers(headers: Mapping[bytes, bytes], app_id: str) -> Credentials:
    """Reads lower-case header names. Basic credentials count only for the app's own id."""
    credentials = Credentials()
    for name, attribute in _HEADERS.items():
        value = headers.get(name)
        if value is not None:
            setattr(credentials, attribute, value.decode("latin-1"))
    if b"x-parse-cloud-context" in headers:
        credentials.context = _context_from_text(headers[b"x-parse-cloud-context"])
    if b"authorization" in headers:
        _read_basic(credentials, headers[b"authorization"].decode("latin-1"), app_id)
    return credentials


# Header names are constants of this module, never a client's text: setattr is safe with them.
_HEADERS: Final = {
    b"x-parse-application-id": "application_id",
    b"x-parse-master-key": "master_key",
    b"x-parse-maintenance-key": "maintenance_key",
    b"x-parse-client-key": "client_key",
    b"x-parse-javascript-key": "javascript_key",
    b"x-parse-rest-api-key": "rest_api_key",
    b"x-parse-windows-key": "dot_net_key",
    b"x-parse-session-token": "session_token",
    b"x-parse-installation-id": "installation_id",
}


def take_from_body(credentials: Credentials, body: JSONObject) -> None:
    """Moves the credentials out of a body that carries them. Raises 403, 107."""
    if "_ApplicationId" not in body:
        raise errors.unauthorized()
    credentials.from_body = True
    # An absent key in the body overrides one in a header.
    credentials.javascript_key = ""
    for name, attribute in _BODY_TEXTS.items():
        if name in body:
            setattr(credentials, attribute, _text(body.pop(name)))
    for name in _DISCARDED:
        if name in body:
            _text(body.pop(name)) if name == "_ContentType" else body.pop(name)
    if "_context" in body:
        credentials.context = _context(body.pop("_context"))


def _text(value: JSONValue) -> str:
    """Only texts are credentials: `{"$ne": null}` as a session token is the oldest attack."""
    if not isinstance(value, str):
        raise errors.unauthorized()
    return value


def _context(value: JSONValue) -> JSONObject:
    if isinstance(value, str):
        return _context_from_text(value.encode())
    if isinstance(value, dict):
        return value
    if not value:
        return {}
    raise errors.invalid_context()


def _context_from_text(text: bytes) -> JSONObject:
    try:
        value = json.loads(text)
    except json.InvalidJSON:
        raise errors.invalid_context() from None
    if not isinstance(value, dict):
        raise errors.invalid_context()
    return value


def _read_basic(credentials: Credentials, header: str, app_id: str) -> None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return
    try:
        parts = base64.b64decode(encoded.strip()).decode("utf-8").split(":")
    except (binascii.Error, ValueError):
        return
    if len(parts) != 2 or parts[0] != app_id:
        return
    credentials.application_id, key = parts
    if key.startswith(_JAVASCRIPT_KEY):
        credentials.javascript_key = key.removeprefix(_JAVASCRIPT_KEY)
    elif key:
        credentials.master_key = key


def method_override(body: JSONObject) -> str | None:
    """Takes `_method` out of a POST's body; a text names the verb that is meant."""
    method = body.pop("_method", None)
    return method.upper() if isinstance(method, str) and method else None
