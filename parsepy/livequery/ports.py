"""What LiveQuery needs from an app's own code."""

from dataclasses import dataclass
from typing import Protocol

import msgspec

from parsepy.objects.context import RequestContext
from parsepy.types import JSONObject, ParseObject


class Situation(msgspec.Struct, frozen=True):
    """A client, and how busy the server is: `clients` are connected, of `subscriptions` classes
    there are subscriptions."""

    client_id: str
    clients: int
    subscriptions: int
    session_token: str | None
    use_master_key: bool
    installation_id: str | None


class Asked(msgspec.Struct, frozen=True):
    """What a client wants to subscribe to; `op` is `subscribe` or `update`."""

    op: str
    request_id: int | float
    class_name: str
    where: JSONObject
    keys: tuple[str, ...] | None
    watch: tuple[str, ...] | None


class Happened(msgspec.Struct, frozen=True):
    """An event for one subscriber, before what is hidden from him is taken off."""

    event: str
    class_name: str
    object: ParseObject
    original: ParseObject | None


class Monitored(msgspec.Struct, frozen=True):
    """Something that happened on the server: `ws_connect`, `connect`, `subscribe`, `unsubscribe`,
    `ws_disconnect`. `client` is there once it has connected."""

    event: str
    clients: int
    subscriptions: int
    client: Situation | None = None
    user: ParseObject | None = None
    details: JSONObject = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """Of one process: connected `clients`, their `subscriptions`, how many different `queries`
    those are, and changes that are `waiting` to be told."""

    clients: int = 0
    subscriptions: int = 0
    queries: int = 0
    waiting: int = 0


class LiveTriggers(Protocol):
    """What a trigger raises is meant for the client, and refuses what he wants."""

    async def before_connect(self, ctx: RequestContext, situation: Situation) -> None: ...

    async def before_subscribe(
        self, ctx: RequestContext, situation: Situation, asked: Asked
    ) -> Asked:
        """What to subscribe to instead."""

    def judges_events_of(self, class_name: str) -> bool:
        """Whether `after_event` has to be asked."""

    async def after_event(
        self, ctx: RequestContext, situation: Situation, happened: Happened
    ) -> Happened | None:
        """What to tell instead; `None`: nothing."""

    def monitor(self, happened: Monitored) -> None:
        """Tells those who watch the server."""


class NoLiveTriggers:
    async def before_connect(self, ctx: RequestContext, situation: Situation) -> None: ...

    async def before_subscribe(
        self, ctx: RequestContext, situation: Situation, asked: Asked
    ) -> Asked:
        return asked

    def judges_events_of(self, class_name: str) -> bool:
        return False

    async def after_event(
        self, ctx: RequestContext, situation: Situation, happened: Happened
    ) -> Happened | None:
        return happened

    def monitor(self, happened: Monitored) -> None: ...
