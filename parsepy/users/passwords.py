"""bcrypt, in threads of its own: one hash takes some 50 ms and must not hold up the loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar, TypeVarTuple, Unpack

import bcrypt

COST: Final = 10
MAX_BYTES: Final = 72
"""bcrypt reads no further. Node's library cuts, Python's refuses: we cut, or people who migrate
with longer passwords would be locked out."""

_DUMMY_HASH: Final = b"$2b$10$F93OC5NBDD1WdswdtdKyAecgGF95HoQwP.bQKQFb7L0UF2QD9Jeny"


Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Passwords:
    """Hashes and compares. `close` waits for what is under way."""

    def __init__(self, threads: int = 4) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="bcrypt")

    async def hash(self, password: str) -> str:
        """A new `$2b$10$…` hash, which parse-server reads as well."""
        return await self._run(_hash, password)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Takes the same time for a user without hash: an answer's time must not tell."""
        if not hashed or not password:
            await self._run(_matches, password or "x", _DUMMY_HASH)
            return False
        return await self._run(_matches, password, hashed.encode())

    async def _run(
        self, function: Callable[[Unpack[Arguments]], Result], *arguments: *Arguments
    ) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    def close(self) -> None:
        self._threads.shutdown()


def _cut(password: str) -> bytes:
    return password.encode("utf-8", "replace")[:MAX_BYTES]


def _hash(password: str) -> str:
    return bcrypt.hashpw(_cut(password), bcrypt.gensalt(COST)).decode()


def _matches(password: str, hashed: bytes) -> bool:
    try:
        return bcrypt.checkpw(_cut(password), hashed)
    except ValueError:
        # The stored text is no bcrypt hash: nobody's password fits it.
        return False
