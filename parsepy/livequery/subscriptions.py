"""Who is subscribed to what."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

import orjson

from parsepy.livequery.messages import Subscribe
from parsepy.protocol import json
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.livequery.client import Client
    from parsepy.livequery.groups import Group

ALWAYS_SHOWN: Final = frozenset(("className", "objectId", "createdAt", "updatedAt", "ACL"))

Wanted: TypeAlias = tuple[frozenset[str] | None, tuple[str, ...] | None, bool]
"""The fields to show, those to watch, and whether positions are told."""

EVERYTHING: Final[Wanted] = (None, None, False)
"""What nearly all want: one tuple for all of them."""


@dataclass(slots=True, eq=False)
class Subscription:
    """One request of one client.

    `token` is the session that it is judged by, if it has one. `keys` are the fields to show,
    `watch` those of which one has to change; `None` means all.
    """

    client: "Client"
    request_id: int | float
    class_name: str
    where: JSONObject
    token: str | None
    keys: frozenset[str] | None = None
    watch: tuple[str, ...] | None = None
    by_id: bool = False
    wants_positions: bool = False
    """Whether events tell their position, since the client can resume from one."""
    group: "Group | None" = None
    wanted: Wanted = field(init=False)
    """What it wants to hear of an event that its condition is met by."""
    size: int = field(init=False)
    """Bytes of its condition."""
    head: bytes = field(init=False)
    """What every frame about it says of client and request."""

    def __post_init__(self) -> None:
        wanted = (self.keys, self.watch, self.wants_positions)
        self.wanted = EVERYTHING if wanted == EVERYTHING else wanted
        self.size = len(self.group_key)
        self.head = self.client.head + b',"requestId":' + json.dumps(self.request_id)

    @property
    def group_key(self) -> str:
        """The same for queries that mean the same."""
        # As a text: the bytes that orjson makes hold four kilobytes, however few are used.
        return orjson.dumps(self.where, option=orjson.OPT_SORT_KEYS).decode()


def subscription_of(client: "Client", asked: Subscribe, token: str | None) -> Subscription:
    where = asked.where
    return Subscription(
        client,
        asked.request_id,
        asked.class_name,
        where,
        token,
        keys=None if asked.keys is None else ALWAYS_SHOWN.union(asked.keys),
        watch=None if asked.watch is None else tuple(asked.watch),
        by_id=len(where) == 1 and isinstance(where.get("objectId"), str),
        wants_positions=asked.since is not None,
    )
