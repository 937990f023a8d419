"""AES-256-GCM in parse-server's form, whole and from the middle."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from parsepy.files.encryption import (
    TRAILER_SIZE,
    Counted,
    NotGenuine,
    decrypted,
    encrypted,
    key_of,
)
from parsepy.files.ghash import product
from tests.files.samples import parts

KEY = key_of("secret")


def test_a_key_is_the_beginning_of_a_base64_text() -> None:
    assert key_of("secret") == b"K7gNU3sdo+OL0wNhqoVWhr3g6s1xYv72"


@given(content=st.binary(max_size=300), size=st.integers(1, 64))
def test_what_is_encrypted_any_aes_gcm_decrypts(content: bytes, size: int) -> None:
    stored = _whole(encrypted(KEY, parts(content, size)))

    ciphertext, iv, tag = stored[:-32], stored[-32:-16], stored[-16:]
    assert AESGCM(KEY).decrypt(iv, ciphertext + tag, None) == content
    assert _whole(decrypted(KEY, stored[-32:], parts(ciphertext, size))) == content


@given(
    content=st.binary(min_size=1, max_size=300),
    iv=st.binary(min_size=16, max_size=16),
    cut=st.tuples(st.integers(0, 300), st.integers(0, 300)),
)
def test_any_part_is_decrypted_alone(content: bytes, iv: bytes, cut: tuple[int, int]) -> None:
    start, end = sorted(min(at, len(content)) for at in cut)
    sealed = AESGCM(KEY).encrypt(iv, content, None)

    part = Counted(KEY, iv + sealed[-16:]).part(start, sealed[start:end])

    assert part == content[start:end]


def test_a_counter_that_overflows_begins_anew() -> None:
    iv = _iv_that_counts_from(bytes(range(12)) + (2**32 - 1000).to_bytes(4, "big"))
    content = bytes(20_000)
    sealed = AESGCM(KEY).encrypt(iv, content, None)
    counted = Counted(KEY, iv + sealed[-16:])

    assert counted.part(0, sealed[:-16]) == content
    assert counted.part(16_001, sealed[16_001:16_100]) == bytes(99)


@pytest.mark.parametrize("changed", [0, 99, 100, 115, 116, 131], ids="bytes {}".format)
def test_a_changed_byte_is_found_before_the_end_comes_out(changed: int) -> None:
    stored = bytearray(_whole(encrypted(KEY, parts(bytes(100)))))
    stored[changed] ^= 1
    given: list[bytes] = []

    async def read() -> None:
        ciphertext = bytes(stored[:-TRAILER_SIZE])
        async for part in decrypted(KEY, bytes(stored[-TRAILER_SIZE:]), parts(ciphertext, 30)):
            given.append(part)

    with pytest.raises(NotGenuine):
        asyncio.run(read())
    assert len(b"".join(given)) == 90


def test_two_files_are_never_encrypted_alike() -> None:
    assert _whole(encrypted(KEY, parts(b"same"))) != _whole(encrypted(KEY, parts(b"same")))


def _iv_that_counts_from(block: bytes) -> bytes:
    """The IV of which GCM makes this block: two products by the subkey, taken back."""
    subkey = int.from_bytes(Cipher(AES(KEY), ECB()).encryptor().update(bytes(16)), "big")
    inverse = subkey
    for _ in range(126):
        inverse = product(product(inverse, inverse), subkey)
    inverse = product(inverse, inverse)
    iv = product(product(int.from_bytes(block, "big"), inverse) ^ 128, inverse)
    return iv.to_bytes(16, "big")


def _whole(content: AsyncIterator[bytes]) -> bytes:
    async def read() -> bytes:
        return b"".join([part async for part in content])

    return asyncio.run(read())
