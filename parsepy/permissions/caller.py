"""Who asks: the credentials of a request, judged."""

from typing import Final

import msgspec

from parsepy.protocol.acl import PUBLIC
from parsepy.types import JSONObject, ParseObject

ANYONE: Final = (PUBLIC,)


class Caller(msgspec.Struct):
    """One request's identity.

    `is_master` is true for the read-only key as well. `roles` is `None` until somebody needs
    them; `group` then names everything that ACLs and CLPs can grant to: `*`, the user id and
    `role:<name>` of every role.
    """

    is_master: bool = False
    is_read_only: bool = False
    is_maintenance: bool = False
    user: ParseObject | None = None
    session_token: str | None = None
    installation_id: str | None = None
    context: JSONObject = msgspec.field(default_factory=dict)
    group: tuple[str, ...] | None = None

    @property
    def user_id(self) -> str | None:
        return None if self.user is None else str(self.user["objectId"])

    @property
    def is_privileged(self) -> bool:
        """Beyond ACLs, CLPs and protected fields."""
        return self.is_master or self.is_maintenance


def group_of(user_id: str, role_names: list[str]) -> tuple[str, ...]:
    return (PUBLIC, user_id, *(f"role:{name}" for name in role_names))


MASTER: Final = Caller(is_master=True)
"""For the server's own reads and writes."""
