"""`Response`: a function's answer with a status and headers of its own (cloud-code sheet, 1.6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_OWN: Final = frozenset(
    ("content-length", "content-type", "transfer-encoding", "connection", "date", "server")
)


@dataclass(frozen=True, slots=True)
class Response:
    """`return Response(order, status=202, headers={"X-Queue": "slow"})`

    What clients get is the status, the headers, and `{"result": value}`; inside a batch the value
    alone. Raises `ValueError` for a status that is no success, since SDKs look for an error there,
    and for headers that cannot be or that say how the answer itself is sent.
    """

    value: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.status, bool) or not isinstance(self.status, int):
            raise ValueError(f"{self.status!r} is no status")
        if not 200 <= self.status < 400 or self.status in (204, 205, 304):
            raise ValueError(f"status {self.status} cannot carry a result: raise an error instead")
        for name, value in self.headers.items():
            check_header(name, value)


def check_header(name: str, value: str) -> None:
    if _TOKEN.fullmatch(name) is None or name.lower() in _OWN:
        raise ValueError(f"{name!r} cannot be a header of an answer")
    if not isinstance(value, str) or _VALUE.fullmatch(value) is None:
        raise ValueError(f"the header {name} cannot have this value")
