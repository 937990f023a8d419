"""Which app the running cloud code belongs to."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from parsepy.errors import Code, ParseError
from parsepy.livequery.ports import LiveFigures
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.permissions.caller import Caller
from parsepy.types import JSONMapping, JSONObject
from parsepy.users.sessions import CLOUD_INSTALLATION

if TYPE_CHECKING:
    from parsepy.cloud.config import Config
    from parsepy.cloud.objects import Object
    from parsepy.cloud.service import Cloud
    from parsepy.email.base import Mailer
    from parsepy.files.base import FileStore
    from parsepy.files.downloads import Downloads
    from parsepy.files.removals import Removals
    from parsepy.files.uploads import Uploads
    from parsepy.outbound import Outbound
    from parsepy.schema.api import SchemaApi
    from parsepy.users.accounts import Accounts
    from parsepy.users.password_reset import PasswordReset
    from parsepy.users.sessions import Sessions
    from parsepy.users.verification import EmailVerification

Result = TypeVar("Result")


@dataclass(slots=True)
class CloudApp:
    """What the API of cloud code works with: the same services as the routes of the app.

    `classes` are the subclasses of `Object` that the app's code has, by class name. `mount_url` is
    the API's address, for the addresses of files. `outbound` is for requests of the app's own.
    """

    objects: ObjectServices
    schemas: "SchemaApi"
    sessions: "Sessions"
    accounts: "Accounts"
    verification: "EmailVerification"
    password_reset: "PasswordReset"
    files: "FileStore"
    outbound: "Outbound"
    mailer: "Mailer | None"
    mount_url: str
    cloud: "Cloud" = field(init=False)
    config: "Config" = field(init=False)
    uploads: "Uploads" = field(init=False)
    downloads: "Downloads" = field(init=False)
    removals: "Removals" = field(init=False)
    live_figures: "Callable[[], LiveFigures]" = LiveFigures
    """Of LiveQuery, where there is one."""
    loop: asyncio.AbstractEventLoop | None = None
    """The loop that the app runs in: plain functions wait for it from their threads."""

    def wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What `work` gives, for a plain function in its thread. Raises `RuntimeError` in the loop
        itself, which would wait for ever."""
        if self.loop is None:
            raise RuntimeError("The app is not running.")
        if _is_running_here():
            work.close()
            raise RuntimeError("An async function awaits; only a plain one waits.")
        return asyncio.run_coroutine_threadsafe(_within_the_loop(work), self.loop).result()

    @property
    def classes(self) -> "Mapping[str, type[Object]]":
        return self.cloud.registry.classes


async def _within_the_loop(work: Coroutine[Any, Any, Result]) -> Result:
    """A task that ends with `sys.exit()` would take the loop with it."""
    try:
        return await work
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(str(error) or type(error).__name__) from error


def _is_running_here() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


_CURRENT: Final[ContextVar[CloudApp | None]] = ContextVar("parsepy_cloud_app", default=None)


def current() -> CloudApp:
    """Raises `RuntimeError` where no app's code is running."""
    app = _CURRENT.get()
    if app is None:
        raise RuntimeError(
            "This works only inside cloud code, where it is known which app is meant: in a"
            " function, trigger or job, or within `with app.cloud_code():`."
        )
    return app


def wait(work: Coroutine[Any, Any, Result]) -> Result:
    """What `work` gives, for plain functions: `score = cloud.wait(Query("Score").first())`."""
    return current().wait(work)


def current_or_none() -> CloudApp | None:
    return _CURRENT.get()


class running:  # noqa: N801 (used as a function is: `with running(app):`)
    """What is called inside is code of `app`."""

    __slots__ = ("_app", "_token")

    def __init__(self, app: CloudApp | None) -> None:
        self._app = app

    def __enter__(self) -> None:
        self._token = _CURRENT.set(self._app)

    def __exit__(self, *raised: object) -> None:
        _CURRENT.reset(self._token)


async def asking(
    *,
    use_master_key: bool = False,
    session_token: str | None = None,
    context: JSONMapping | None = None,
    installation_id: str | None = None,
) -> RequestContext:
    """A request of the running code, with just the rights that it names. Triggers get a copy of
    `context`. Raises 162 for one that cannot be copied, 209."""
    app = current()
    caller = Caller(
        is_master=use_master_key,
        session_token=session_token,
        installation_id=installation_id or CLOUD_INSTALLATION,
        context=_copied(context or {}),
    )
    if session_token is not None and not use_master_key:
        caller.user = await app.sessions.resolve(session_token)
    return RequestContext(app.objects, caller, app.mount_url)


def _copied(context: JSONMapping) -> JSONObject:
    try:
        return {name: deepcopy(value) for name, value in context.items()}
    except Exception as error:
        raise ParseError(
            Code.INVALID_VALUE, f"Context contains non-cloneable values: {error}"
        ) from error
