"""Argon2id hashes, with the extra `argon2`. Parameters are OWASP's: 19 MiB, two passes."""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    return _HASHER.hash(_bytes(password))


def matches(password: str, hashed: str) -> bool:
    try:
        return _HASHER.verify(hashed, _bytes(password))
    except (Argon2Error, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    """Nothing is cut, and NUL is a letter like others: those are bcrypt's limits."""
    return password.encode("utf-8", "replace")
