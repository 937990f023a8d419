"""parse-server's encryption of files (push-files-config sheet, 5.9), in parts of any size.

AES-256-GCM; stored are the ciphertext, 16 bytes of IV and 16 bytes of tag. The tag vouches for the
file as a whole. GCM encrypts by counting (NIST SP 800-38D), so a part in the middle can be
decrypted without what stands before it, once it has been vouched for.
"""

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR, ECB, GCM

from parsepy.files.ghash import ghash

IV_SIZE: Final = 16
TAG_SIZE: Final = 16
TRAILER_SIZE: Final = IV_SIZE + TAG_SIZE
"""What a stored file is longer than its content."""

_BLOCK: Final = 16
_COUNTERS: Final = 1 << 32

NotGenuine = InvalidTag
"""The bytes are not what somebody with this key has stored."""


def key_of(text: str) -> bytes:
    """The 32 bytes that parse-server makes of a key: the beginning of a base64 text, as it is."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest())[:32]


async def encrypted(key: bytes, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    iv = secrets.token_bytes(IV_SIZE)
    encryptor = Cipher(AES(key), GCM(iv)).encryptor()
    async for part in content:
        yield encryptor.update(part)
    yield encryptor.finalize() + iv + encryptor.tag


async def decrypted(
    key: bytes, trailer: bytes, ciphertext: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """The content. Its end is held back until the tag has been found right: what was tampered
    with never comes out whole. Raises `NotGenuine`.
    """
    decryptor = Cipher(AES(key), GCM(trailer[:IV_SIZE], trailer[IV_SIZE:])).decryptor()
    held = b""
    async for part in ciphertext:
        if held:
            yield held
        held = decryptor.update(part)
    held += decryptor.finalize()
    if held:
        yield held


class Counted:
    """Decrypts parts of one file, wherever they begin. Nothing vouches for them here."""

    def __init__(self, key: bytes, trailer: bytes) -> None:
        self._key = key
        block = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 (one block, as GCM is defined)
        start = ghash(block.update(bytes(_BLOCK)), trailer[:IV_SIZE])
        self._fixed, self._first = start[:12], int.from_bytes(start[12:], "big") + 1

    def part(self, start: int, ciphertext: bytes) -> bytes:
        """What `ciphertext`, which stands at `start` in the file, was before."""
        number, before = divmod(start, _BLOCK)
        data = bytes(before) + ciphertext
        plain = b""
        while data:
            # The counter has 32 bits and begins anywhere: behind the last one comes zero.
            counter = (self._first + number) % _COUNTERS
            alike, data = _split(data, (_COUNTERS - counter) * _BLOCK)
            mode = CTR(self._fixed + counter.to_bytes(4, "big"))
            plain += Cipher(AES(self._key), mode).decryptor().update(alike)
            number += len(alike) // _BLOCK
        return plain[before:]


def _split(data: bytes, at: int) -> tuple[bytes, bytes]:
    return data[:at], data[at:]
