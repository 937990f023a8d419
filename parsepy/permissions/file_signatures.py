"""Signed addresses of files: whoever has one may read the file until it expires.

    …/files/app/4ab3_photo.png?X-Parse-Expires=1764500400&X-Parse-Signature=u9G…

A signature is an HMAC-SHA-256 over the app's id, the stored name and the expiry.
"""

import base64
import hashlib
import hmac
import re
from typing import Final
from urllib.parse import parse_qs

from parsepy.options.model import SignedUrls
from parsepy.protocol import clock
from parsepy.protocol.file_urls import EXPIRES, SIGNATURE

_PURPOSE: Final = b"parsepy: signed addresses of files"
"""The key is often the master key, which must sign nothing else in the same way."""
_SCRYPT_COST: Final = 1 << 13
_SECONDS: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_STEPS: Final = 4
_KEPT: Final = 10_000


class FileSignatures:
    """One app's. Signatures of the names that were asked for last are kept: an app lists the same
    files again and again."""

    __slots__ = ("_app_id", "_expires", "_expires_in", "_kept", "_key", "_step")

    def __init__(self, app_id: str, given: SignedUrls) -> None:
        self._app_id = app_id
        self._key = _derived(given.key)
        self._expires_in = given.expires_in
        self._step = max(given.expires_in // _STEPS, 1)
        self._expires = 0
        self._kept: dict[str, str] = {}

    def query(self, name: str) -> str:
        """The query of an address that expires in the app's usual time, a quarter of it less at
        most: within such a quarter all answers, and with them their ETags, stay the same."""
        now = clock.now_ms() // 1000
        expires = now - now % self._step + self._expires_in
        if expires != self._expires or len(self._kept) >= _KEPT:
            self._kept.clear()
            self._expires = expires
        query = self._kept.get(name)
        if query is None:
            query = self._kept[name] = self._query_until(name, expires)
        return query

    def query_for(self, name: str, seconds: int) -> str:
        """The query of an address that expires after that time."""
        return self._query_until(name, clock.now_ms() // 1000 + seconds)

    def holds(self, name: str, query: str) -> bool:
        """Whether the query string of a request is a signature of this file that has not
        expired."""
        given = parse_qs(query, keep_blank_values=True, max_num_fields=None)
        match given.get(EXPIRES), given.get(SIGNATURE):
            case [expires], [signature] if _SECONDS.fullmatch(expires):
                expected = self._signature(name, expires)
                # Compared before the time is: how long this takes must not tell anything.
                is_good = hmac.compare_digest(expected.encode(), signature.encode())
                return is_good and int(expires) > clock.now_ms() // 1000
        return False

    def _query_until(self, name: str, expires: int) -> str:
        return f"{EXPIRES}={expires}&{SIGNATURE}={self._signature(name, str(expires))}"

    def _signature(self, name: str, expires: str) -> str:
        # The length keeps an end of the id from being taken for the beginning of a name.
        text = f"{expires}:{len(self._app_id)}:{self._app_id}:{name}"
        digest = hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256")
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _derived(secret: str) -> bytes:
    """Slowly, about 20 ms: whoever has an address could else try out master keys at leisure."""
    return hashlib.scrypt(secret.encode(), salt=_PURPOSE, n=_SCRYPT_COST, r=8, p=1, dklen=32)
