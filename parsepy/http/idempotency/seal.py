"""What the store keeps of a request and its answer: nothing that a reader of it could use.

An answer may hold a session token, a body a password. So a request is kept as a digest under a key
made of the master key, which no store holds, and the answer is encrypted under a key made of both
that and the request itself: only the server can open it, and only for the same request again.
"""

import base64
import hashlib
import hmac
import os

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.protocol import json

_NONCE = 12


def secret_of(request: Request, request_id: str, path: str) -> bytes:
    """What only this server can tell of a request: its caller, route and body, and its id."""
    caller = request.ctx.caller
    text = json.dumps(
        [
            request_id,
            request.method,
            path,
            [caller.is_master, caller.is_read_only, caller.is_maintenance],
            caller.session_token,
            caller.installation_id,
            request.body,
            request.query,
        ]
    )
    master_key = request.services.options.master_key.encode()
    return hmac.digest(master_key, b"parsepy request\0" + text, hashlib.sha256)


def fingerprint(secret: bytes) -> str:
    return hashlib.sha256(b"fingerprint\0" + secret).hexdigest()


def sealed(secret: bytes, answer: Answer) -> str:
    headers = [[name.decode(), value.decode("latin-1")] for name, value in answer.headers or ()]
    head = orjson.dumps([answer.status, headers])
    nonce = os.urandom(_NONCE)
    text = head + b"\n" + json.dumps(answer.value)
    return base64.b64encode(nonce + _cipher(secret).encrypt(nonce, text, None)).decode()


def opened(secret: bytes, text: str) -> Answer | None:
    """The answer; `None` when the text is not one that was sealed with `secret`."""
    try:
        raw = base64.b64decode(text)
        head, _, value = _cipher(secret).decrypt(raw[:_NONCE], raw[_NONCE:], None).partition(b"\n")
    except (InvalidTag, ValueError):
        return None
    status, headers = orjson.loads(head)
    return Answer(
        json.raw(value.decode()),
        status,
        [(name.encode(), text.encode("latin-1")) for name, text in headers],
    )


def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"answer\0" + secret).digest())
