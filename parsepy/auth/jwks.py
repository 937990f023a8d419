"""The public keys of a provider that signs its tokens (RFC 7517), as they were a while ago at most.

A token names its key by `kid`, and anybody can write one with any name: a name that is not in the
set makes it be fetched again, but not more often than every half minute.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import Context
from dataclasses import dataclass
from typing import Final

import jwt

from parsepy.auth.provider_http import ProviderFailed, ProviderHTTP
from parsepy.types import JSONObject, JSONValue

MAX_AGE: Final = 3600.0
"""Seconds after which a set is fetched again: a key that was withdrawn is good no longer."""

REFRESH_INTERVAL: Final = 30.0
RETRY_INTERVAL: Final = 5.0
"""Seconds between two attempts, after one that succeeded and after one that did not."""

MAX_KEYS: Final = 100
MIN_RSA_BITS: Final = 2048

_UNUSABLE: Final = (jwt.PyJWTError, ValueError, TypeError, NotImplementedError)
"""What PyJWT raises for a key that is none."""

_KEY_TYPES: Final = ("RSA", "EC", "OKP")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """`algorithm` is the only one that the key is meant for, where its owner says so."""

    name: str | None
    jwk: JSONObject
    algorithm: str | None

    def prepared(self, algorithm: str) -> jwt.PyJWK | None:
        """For one algorithm; `None` where the key is not for it."""
        if self.algorithm is not None and self.algorithm != algorithm:
            return None
        try:
            return jwt.PyJWK(self.jwk, algorithm)
        except _UNUSABLE:
            return None


class KeySet:
    """`address` is asked at each fetch for where the set is."""

    def __init__(
        self,
        http: ProviderHTTP,
        address: Callable[[], Awaitable[str]],
        *,
        max_age: float = MAX_AGE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._address = address
        self._max_age = max_age
        self._clock = clock
        self._keys: tuple[PublicKey, ...] = ()
        self._good_until = float("-inf")
        self._not_before = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> PublicKey | None:
        """The key of that name; where a token names none, the only key that there is."""
        key = self._known(key_id)
        if key is None and await self._refresh():
            key = self._known(key_id)
        return key

    def _known(self, key_id: str | None) -> PublicKey | None:
        if self._clock() >= self._good_until:
            return None
        if key_id is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.name == key_id), None)

    async def _refresh(self) -> bool:
        """Fetches the set unless that was done just now; many callers wait for one fetch."""
        if self._fetching is None:
            if self._clock() < self._not_before:
                return False
            # The fetch may outlive the request that began it.
            self._fetching = asyncio.create_task(self._fetch(), context=Context())
        await asyncio.shield(self._fetching)
        return True

    async def _fetch(self) -> None:
        interval = RETRY_INTERVAL
        try:
            answer = await self._http.get(await self._address())
            self._keys = tuple(_usable(answer.get("keys")))
            self._good_until = self._clock() + self._max_age
            interval = REFRESH_INTERVAL
        except ProviderFailed as failed:
            _log.warning("The keys of a login provider cannot be fetched: %s", failed.reason)
        finally:
            self._not_before = self._clock() + interval
            self._fetching = None


def _usable(listed: JSONValue) -> Iterator[PublicKey]:
    """Keys that signatures may be checked with; others are left out."""
    for jwk in listed[:MAX_KEYS] if isinstance(listed, list) else ():
        if isinstance(jwk, dict) and _is_for_signatures(jwk) and _is_strong(jwk):
            key_id, algorithm = jwk.get("kid"), jwk.get("alg")
            yield PublicKey(
                key_id if isinstance(key_id, str) and key_id else None,
                jwk,
                algorithm if isinstance(algorithm, str) else None,
            )


def _is_for_signatures(jwk: JSONObject) -> bool:
    is_public = jwk.get("kty") in _KEY_TYPES and "d" not in jwk
    return is_public and jwk.get("use", "sig") == "sig"


def _is_strong(jwk: JSONObject) -> bool:
    try:
        key = jwt.PyJWK(jwk).key
    except _UNUSABLE:
        return False
    return jwk["kty"] != "RSA" or getattr(key, "key_size", 0) >= MIN_RSA_BITS
