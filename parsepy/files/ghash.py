"""GHASH of one IV (NIST SP 800-38D, 6.4 and 7.1): where GCM begins to count.

Ciphers keep it to themselves; whoever wants to decrypt from the middle of a file has to know it.
"""

from typing import Final

_BITS: Final = 128
_POLYNOMIAL: Final = 0xE1 << 120


def ghash(subkey: bytes, iv: bytes) -> bytes:
    """The block before the first counter, for an IV of whole blocks, which GCM hashes."""
    factor = int.from_bytes(subkey, "big")
    value = 0
    for at in range(0, len(iv), 16):
        value = product(value ^ int.from_bytes(iv[at : at + 16], "big"), factor)
    value = product(value ^ len(iv) * 8, factor)
    return value.to_bytes(16, "big")


def product(left: int, right: int) -> int:
    """In the field of 2¹²⁸ elements; the highest bit is the lowest power."""
    product = 0
    for bit in range(_BITS - 1, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ (_POLYNOMIAL if right & 1 else 0)
    return product
