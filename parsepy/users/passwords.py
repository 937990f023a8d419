"""Hashing in threads of its own: one hash takes some 50 ms and must not hold up the loop."""

import logging
from collections.abc import Sequence
from types import ModuleType
from typing import Final

import bcrypt

from parsepy import errors
from parsepy.users.password_threads import PasswordThreads

COST: Final = 10
"""Of new bcrypt hashes: 2 ** 10 rounds, as parse-server has them."""
MAX_BYTES: Final = 72
"""bcrypt reads no further. Node's library cuts, Python's refuses: we cut, or people who migrate
with longer passwords would be locked out."""

_DUMMY_HASH: Final = "$2b$10$F93OC5NBDD1WdswdtdKyAecgGF95HoQwP.bQKQFb7L0UF2QD9Jeny"
_ARGON2: Final = "$argon2"
ARGON2_DUMMY_HASH: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$iL85O3NmYb30/J5AKZ4xtw"
    "$WmWNpAc+s+PYPCbHd8RrO6dNlA9ImMOt6EkTdyeCfi8"
)
"""With the parameters of `argon2_hashes`, whose import would hold up the loop."""

_log = logging.getLogger(__name__)


class Passwords:
    """Hashes and compares. `close` waits for what is under way.

    New hashes are bcrypt's, which parse-server reads as well, or with `argon2` Argon2id's. Which
    kind a stored hash is, its beginning says.
    """

    def __init__(self, threads: int = 4, *, argon2: bool = False) -> None:
        self._threads = PasswordThreads(threads)
        self._argon2 = argon2
        self.cost = COST
        """Tests of an app may lower it, to 4 at the least."""

    async def hash(self, password: str) -> str:
        """`$2b$10$…` or `$argon2id$…`."""
        if self._argon2:
            return await self._threads.run(_hash_by_argon2, password)
        return await self._threads.run(_hash, password, self.cost)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Takes the same time for a user without hash: an answer's time must not tell.

        Where there may be hashes of both kinds, each time one of both is compared: else the time
        would tell of everybody who has one of the older kind.
        """
        compared = password or "x"
        fits = await self.fits(compared, hashed or _DUMMY_HASH)
        if self._argon2:
            await self.fits(compared, _dummy_of_other_kind(hashed))
        return fits and bool(password) and bool(hashed)

    async def fits(self, password: str, hashed: str) -> bool:
        """Whether the hash is the password's, in the time that its kind takes."""
        if hashed.startswith(_ARGON2):
            return await self._threads.run(_matches_by_argon2, password, hashed)
        return await self._threads.run(_matches, password, hashed.encode())

    async def fits_one_of(self, password: str, hashes: Sequence[str]) -> bool:
        """One after another, so that others' log-ins get their turn between."""
        for hashed in hashes:
            if await self.fits(password, hashed):
                return True
        return False

    def close(self) -> None:
        self._threads.close()


def _dummy_of_other_kind(hashed: str | None) -> str:
    return _DUMMY_HASH if hashed and hashed.startswith(_ARGON2) else ARGON2_DUMMY_HASH


def _argon2() -> ModuleType:
    """Imported where it is needed: it is an extra."""
    try:
        from parsepy.users import argon2_hashes
    except ImportError as error:
        _log.error("There are Argon2 hashes to compare: pip install 'parsepy-server[argon2]'.")
        raise errors.internal_error() from error
    return argon2_hashes


def _hash_by_argon2(password: str) -> str:
    hashed: str = _argon2().hash_password(password)
    return hashed


def _matches_by_argon2(password: str, hashed: str) -> bool:
    fits: bool = _argon2().matches(password, hashed)
    return fits


def _cut(password: str) -> bytes:
    return password.encode("utf-8", "replace")[:MAX_BYTES]


def _hash(password: str, cost: int) -> str:
    return bcrypt.hashpw(_cut(password), bcrypt.gensalt(cost)).decode()


def _matches(password: str, hashed: bytes) -> bool:
    try:
        return bcrypt.checkpw(_cut(password), hashed)
    except ValueError:
        # The stored text is no bcrypt hash: nobody's password fits it.
        return False
