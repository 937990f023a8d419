"""What a function or a trigger is called with."""

import sys
from dataclasses import dataclass, field
from typing import Any, Generic, cast

from parsepy.cloud import loading
from parsepy.cloud.app_config import Config
from parsepy.cloud.files import File
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.cloud.request_log import RequestLog, log_of
from parsepy.cloud.users import User
from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import Caller
from parsepy.types import JSONObject
from parsepy.users.sessions import CLOUD_INSTALLATION

if sys.version_info >= (3, 13):
    from typing import TypeVar
else:
    from typing_extensions import TypeVar

T = TypeVar("T", bound=Object, default=Object, covariant=True)
"""What the objects of a trigger's class are: `TriggerRequest[GameScore]`."""


@dataclass(slots=True, kw_only=True)
class CloudRequest:
    """Who asks. `master` is true for the read-only key as well.

    `context` is a copy of the request's; what a trigger changes in it is there for the next one.
    """

    master: bool
    is_read_only: bool
    user: User | None
    installation_id: str | None
    headers: dict[str, str]
    ip: str
    context: JSONObject
    request_id: str = ""
    """Names the request in the server's log."""

    @property
    def log(self) -> RequestLog:
        return log_of(self.request_id)


@dataclass(slots=True, kw_only=True)
class FunctionRequest(CloudRequest):
    function_name: str
    params: dict[str, Any]
    texts: frozenset[str] = field(default=frozenset(), repr=False)
    """Those of `params` that came in an address or a form, where everything is text."""


@dataclass(slots=True, kw_only=True)
class TriggerRequest(CloudRequest, Generic[T]):
    """`original` is the object before an update; nothing in it can be changed for others."""

    trigger_name: str
    object: T
    original: T | None = None


@dataclass(slots=True, kw_only=True)
class FindRequest(CloudRequest, Generic[T]):
    """Of beforeFind, which may change `query` and the read preferences, and of afterFind, which
    may change `objects`."""

    trigger_name: str
    query: Query[T]
    count: bool
    is_get: bool
    objects: list[T] = field(default_factory=list)
    read_preference: str | None = None
    include_read_preference: str | None = None
    subquery_read_preference: str | None = None


@dataclass(slots=True, kw_only=True)
class FileRequest(CloudRequest):
    """Of the triggers of files.

    `file_size` is the number of bytes, `None` where nobody knows it; `stream` says that they come
    as a stream. `force_download` and `response_headers` are for afterFind to change.
    """

    trigger_name: str
    file: File
    file_size: int | None = None
    stream: bool = False
    force_download: bool = False
    response_headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ConfigRequest(CloudRequest):
    """Of the triggers of the app's config. `object` holds the values that are sent, in afterSave
    all of them; `original` those before, `None` for the first ones."""

    trigger_name: str
    object: Config
    original: Config | None = None


def function_request(
    ctx: RequestContext,
    function_name: str,
    params: dict[str, object],
    texts: frozenset[str] = frozenset(),
) -> FunctionRequest:
    asking = common(ctx)
    if ctx.headers and asking["installation_id"] == CLOUD_INSTALLATION:
        # What stands in for an installation at the master key is for triggers alone (observed).
        asking["installation_id"] = None
    return FunctionRequest(**asking, function_name=function_name, params=params, texts=texts)


def trigger_request(
    ctx: RequestContext, trigger_name: str, subject: Object, original: Object | None = None
) -> TriggerRequest:
    return TriggerRequest(
        **common(ctx), trigger_name=trigger_name, object=subject, original=original
    )


def find_request(
    ctx: RequestContext, trigger_name: str, query: Query[Any], *, count: bool, is_get: bool
) -> FindRequest:
    return FindRequest(
        **common(ctx), trigger_name=trigger_name, query=query, count=count, is_get=is_get
    )


def file_request(
    ctx: RequestContext,
    trigger_name: str,
    file: File,
    *,
    file_size: int | None = None,
    stream: bool = False,
) -> FileRequest:
    return FileRequest(
        **common(ctx), trigger_name=trigger_name, file=file, file_size=file_size, stream=stream
    )


def config_request(
    ctx: RequestContext, trigger_name: str, subject: Config, original: Config | None
) -> ConfigRequest:
    return ConfigRequest(
        **common(ctx), trigger_name=trigger_name, object=subject, original=original
    )


def common(ctx: RequestContext) -> dict[str, Any]:
    """What every request tells of who asks, as arguments."""
    caller = ctx.caller
    return {
        "master": caller.is_master,
        "is_read_only": caller.is_read_only,
        "user": _user(caller),
        "installation_id": caller.installation_id,
        "headers": {
            name.decode("latin-1"): value.decode("latin-1") for name, value in ctx.headers.items()
        },
        "ip": ctx.address,
        "context": dict(caller.context),
        "request_id": ctx.request_id,
    }


def _user(caller: Caller) -> User | None:
    """The caller's own user with his token; internal columns stay inside."""
    user = caller.user
    if user is None:
        return None
    state = {name: value for name, value in user.items() if not name.startswith("_")}
    if caller.session_token is not None:
        state["sessionToken"] = caller.session_token
    return cast("User", loading.refer("_User", str(user["objectId"]), state))
