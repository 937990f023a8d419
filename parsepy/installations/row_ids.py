"""The ids of new rows: for requests that register one device at once they are the same, so that one
of them makes the row, and the others find its id taken, whichever servers they go to.

parse-server has no unique index on `_Installation`, and its databases may hold duplicates: what
keeps a device's row single here is its id. Each time span has ids of its own, and so has a row that
comes after one that was deleted: an id that is gone does not come back.
"""

import hmac
from collections import OrderedDict
from hashlib import sha512
from typing import Final

from parsepy.protocol.clock import now_ms
from parsepy.protocol.ids import spelled

SPAN: Final = 10_000
"""Milliseconds for which requests count as at once. At the edge of two spans two rows may be made:
whoever looks after his own is stored finds the other (`clean_up.py`)."""
_REMEMBERED: Final = 10_000
"""Ids of rows that were deleted here."""


class RowIds:
    def __init__(self, app_id: str, secret: str, length: int) -> None:
        """Who knows the id of a row may read it, so it must not follow from the device's alone."""
        self._key = sha512(f"installation rows\0{app_id}\0{secret}".encode()).digest()
        self._length = length
        self._gone: OrderedDict[str, None] = OrderedDict()

    def of(self, kind: str, device: str) -> str:
        """`kind` says which of its ids `device` is."""
        attempt, span = 0, now_ms() // SPAN
        while (row_id := self._derived(f"{kind}\0{device}\0{span}\0{attempt}")) in self._gone:
            attempt += 1
        return row_id

    def forget(self, row_id: str) -> None:
        """The row is deleted: its id is not given again."""
        self._gone[row_id] = None
        if len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)

    def _derived(self, text: str) -> str:
        data = text.encode(errors="surrogatepass")
        drawn = b"".join(
            hmac.digest(self._key, bytes((part,)) + data, "sha512")
            for part in range(1 + self._length // 32)
        )
        return spelled(drawn)[: self._length]
