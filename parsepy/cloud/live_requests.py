"""What the triggers of LiveQuery are called with (LiveQuery sheet, section 12)."""

import sys
from dataclasses import dataclass
from typing import Generic

from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.cloud.requests import CloudRequest, TriggerRequest
from parsepy.cloud.users import User

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar

T = TypeVar("T", bound=Object, default=Object, covariant=True)


@dataclass(slots=True, kw_only=True)
class ConnectRequest(CloudRequest):
    """Of before_connect. `clients` are connected now, `subscriptions` counts the classes that have
    some. `use_master_key`: whether the client has shown the master key."""

    trigger_name: str
    event: str
    client: str
    clients: int
    subscriptions: int
    session_token: str | None
    use_master_key: bool


@dataclass(slots=True, kw_only=True)
class SubscribeRequest(CloudRequest, Generic[T]):
    """Of before_subscribe, which may change `query` or give another: its conditions, the fields
    that it selects and those that it watches. `op` is `subscribe` or `update`,
    `subscription_id` what the client calls it."""

    trigger_name: str
    op: str
    subscription_id: int | float
    query: Query[T]
    session_token: str | None


@dataclass(slots=True, kw_only=True)
class EventRequest(TriggerRequest[T], Generic[T]):
    """Of after_live_query_event, for one subscriber: `user` is he.

    `event` is `create`, `enter`, `update`, `leave` or `delete`. What the handler makes of `object`,
    `original` and `event` is what he is told; with `send_event` false he is told nothing.
    """

    event: str
    client: str
    clients: int
    subscriptions: int
    session_token: str | None
    use_master_key: bool
    send_event: bool = True


@dataclass(slots=True, kw_only=True)
class LiveQueryEvent:
    """Something that happened on the live server. What a kind of event does not have is `None`."""

    event: str
    clients: int
    subscriptions: int
    client: str | None = None
    session_token: str | None = None
    use_master_key: bool | None = None
    installation_id: str | None = None
    user: User | None = None
    error: str | None = None
