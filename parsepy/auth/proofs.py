"""What was proven a moment ago, for the rest of the request that proved it."""

import time
from collections.abc import Callable
from hashlib import sha256
from typing import Final

LIFETIME: Final = 600.0
"""Seconds: as long as a request takes that waits for triggers."""

MAX_PROOFS: Final = 10_000


class Proofs:
    """Pairs of an id and the secret that belongs to it, of which only a digest is kept.

    A code is good once, so it is exchanged once, before users are looked for; what the exchange
    has shown must not have to be believed on somebody's word when it counts.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[bytes, float] = {}

    def add(self, identity: str, secret: str) -> None:
        now = self._clock()
        while self._until:
            # The oldest come first: all live equally long.
            digest, until = next(iter(self._until.items()))
            if until > now and len(self._until) < MAX_PROOFS:
                break
            del self._until[digest]
        digest = _digest(identity, secret)
        self._until.pop(digest, None)
        self._until[digest] = now + LIFETIME

    def hold(self, identity: object, secret: object) -> bool:
        if not isinstance(identity, str) or not isinstance(secret, str):
            return False
        return self._until.get(_digest(identity, secret), 0.0) > self._clock()


def _digest(identity: str, secret: str) -> bytes:
    return sha256(f"{len(identity)}:{identity}{secret}".encode("utf-8", "surrogatepass")).digest()
