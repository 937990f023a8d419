"""Every kind of caller there is."""

from collections.abc import Mapping
from typing import Final

from parsepy.permissions.caller import Caller

CALLERS: Final[Mapping[str, Caller]] = {
    "client": Caller(),
    "user": Caller(user={"objectId": "u1"}),
    "master": Caller(is_master=True),
    "read-only": Caller(is_master=True, is_read_only=True),
    "maintenance": Caller(is_maintenance=True),
}
MIGHTY: Final = frozenset(("master", "read-only", "maintenance"))
