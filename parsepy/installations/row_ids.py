"""The ids of new rows: of one device always the same, so that of several requests which register
it at once one makes the row, and the others find its id taken, whichever servers they go to.

parse-server has no unique index on `_Installation`, and its databases may hold duplicates: what
makes a device's row unique here is its id.
"""

import hmac
from hashlib import sha512

from parsepy.protocol.ids import spelled


class RowIds:
    def __init__(self, app_id: str, secret: str, length: int) -> None:
        """Who knows the id of a row may read it, so it must not follow from the device's."""
        self._key = sha512(f"installation rows\0{app_id}\0{secret}".encode()).digest()
        self._length = length

    def of(self, kind: str, device: str) -> str:
        """`kind` says which of its ids `device` is."""
        text = f"{kind}\0{device}".encode(errors="surrogatepass")
        drawn = b"".join(
            hmac.digest(self._key, bytes((part,)) + text, "sha512")
            for part in range(1 + self._length // 32)
        )
        return spelled(drawn)[: self._length]
