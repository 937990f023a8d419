"""Every way by which one and the same request can come into the server.

A rule that holds at one door and not at the next is no rule. So tests say *what* is asked by
*whom*, and a door turns that into bytes: credentials as headers, as Basic credentials or inside
the body, the verb as it is or overridden, the request alone or inside a batch, a class by its own
routes or as `/classes/_User`, parameters in the query string or in the body.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.support.local_app import MAINTENANCE_KEY, MASTER_KEY, READ_ONLY_KEY, URL, LocalApp, User

APP_ID: Final = "app"


@dataclass(frozen=True, slots=True)
class Who:
    """Whose credentials a request brings."""

    master_key: str | None = None
    maintenance_key: str | None = None
    session_token: str | None = None


NOBODY: Final = Who()
MASTER: Final = Who(master_key=MASTER_KEY)
READ_ONLY: Final = Who(master_key=READ_ONLY_KEY)
MAINTENANCE: Final = Who(maintenance_key=MAINTENANCE_KEY)


def session(user: User) -> Who:
    return Who(session_token=user.token)


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    body: Mapping[str, object]
    who: Who
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request got, the same whichever door it came by; `text` is everything that was sent
    back, headers included. `status` is the door's own where a batch has none."""

    ok: bool
    value: Any
    text: str
    status: int | None = None

    @property
    def code(self) -> int | None:
        return None if self.ok else self.value.get("code")

    @property
    def error(self) -> str | None:
        return None if self.ok else self.value["error"]


Send: TypeAlias = Callable[[LocalApp, Asked], Any]


@dataclass(frozen=True, slots=True)
class Door:
    name: str
    send: Send
    twin: bool = False
    """Whether a system class is asked for as `/classes/_User` rather than by its own routes."""

    async def ask(
        self,
        app: LocalApp,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        who: Who = NOBODY,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """`path` is the one behind the mount, with a system class by its own route (`/users`)."""
        path = as_class_route(path) if self.twin else path
        asked = Asked(method, path, body or {}, who, headers or {})
        reply: Reply = await self.send(app, asked)
        return reply


_ROUTES: Final = {
    "users": "_User",
    "sessions": "_Session",
    "roles": "_Role",
    "installations": "_Installation",
}


def as_class_route(path: str) -> str:
    """`/users/x` → `/classes/_User/x`; paths that have no such twin stay."""
    _, first, *rest = path.split("/")
    if first not in _ROUTES or rest[:1] == ["me"]:
        return path
    return "/".join(["", "classes", _ROUTES[first], *rest])


async def by_headers(app: LocalApp, asked: Asked) -> Reply:
    """Verb, query string and headers as REST clients send them."""
    if asked.method == "GET":
        return await _exchange(app, "GET", asked.path, None, _headers(asked), asked.body)
    return await _exchange(app, asked.method, asked.path, asked.body, _headers(asked))


async def by_plain_body(app: LocalApp, asked: Asked) -> Reply:
    """As `by_headers`, with the parameters of a GET in its body."""
    return await _exchange(app, asked.method, asked.path, asked.body, _headers(asked))


async def by_basic(app: LocalApp, asked: Asked) -> Reply:
    """App id and master key as Basic credentials."""
    headers = _headers(asked)
    del headers["X-Parse-Application-Id"]
    text = f"{APP_ID}:{headers.pop('X-Parse-Master-Key', '')}"
    headers["Authorization"] = f"Basic {base64.b64encode(text.encode()).decode()}"
    body = {**asked.body, "_method": asked.method}
    return await _exchange(app, "POST", asked.path, body, headers)


async def by_sdk_body(app: LocalApp, asked: Asked) -> Reply:
    """Everything inside a text/plain body, as the JavaScript SDK sends it."""
    if asked.who.maintenance_key is not None:
        # No body carries this key: it comes by header only.
        return await by_override(app, asked)
    body = {**asked.body, **_credentials_for_body(asked.who), "_method": asked.method}
    return await _exchange(
        app, "POST", asked.path, body, {"Content-Type": "text/plain", **asked.headers}
    )


async def by_override(app: LocalApp, asked: Asked) -> Reply:
    """A POST whose `_method` names the verb, in odd case."""
    body = {**asked.body, "_method": asked.method.lower()}
    return await _exchange(app, "POST", asked.path, body, _headers(asked))


async def by_batch(app: LocalApp, asked: Asked) -> Reply:
    return await _batched(app, asked, dict, _headers(asked))


async def by_batch_with_sdk_body(app: LocalApp, asked: Asked) -> Reply:
    if asked.who.maintenance_key is not None:
        return await by_batch(app, asked)

    def with_credentials(body: dict[str, object]) -> dict[str, object]:
        return body | _credentials_for_body(asked.who)

    return await _batched(
        app, asked, with_credentials, {"Content-Type": "text/plain", **asked.headers}
    )


DOORS: Final = tuple(
    Door(f"{name}{' as class' if twin else ''}", send, twin)
    for name, send in {
        "headers": by_headers,
        "plain body": by_plain_body,
        "basic": by_basic,
        "sdk body": by_sdk_body,
        "override": by_override,
        "batch": by_batch,
        "batch with sdk body": by_batch_with_sdk_body,
    }.items()
    for twin in (False, True)
)
"""Each transport, with the class by its own routes and by `/classes`."""

TRANSPORTS: Final = tuple(door for door in DOORS if not door.twin)
"""For requests that are to no system class."""

HEADERS: Final = DOORS[0]
"""The plainest door, for arranging and looking."""


def _headers(asked: Asked) -> dict[str, str]:
    who = asked.who
    given = {
        **asked.headers,
        "X-Parse-Application-Id": APP_ID,
        "X-Parse-Master-Key": who.master_key,
        "X-Parse-Maintenance-Key": who.maintenance_key,
        "X-Parse-Session-Token": who.session_token,
    }
    return {name: value for name, value in given.items() if value is not None}


def _credentials_for_body(who: Who) -> dict[str, object]:
    given = {
        "_ApplicationId": APP_ID,
        "_MasterKey": who.master_key,
        "_SessionToken": who.session_token,
        "_ClientVersion": "js8.6.0",
    }
    return {name: value for name, value in given.items() if value is not None}


async def _batched(
    app: LocalApp,
    asked: Asked,
    wrapped: Callable[[dict[str, object]], dict[str, object]],
    headers: dict[str, str],
) -> Reply:
    sub_request = {"method": asked.method, "path": f"/parse{asked.path}", "body": asked.body}
    whole = await _exchange(app, "POST", "/batch", wrapped({"requests": [sub_request]}), headers)
    if not whole.ok:
        return whole
    (part,) = whole.value
    ok = "success" in part
    return Reply(ok, part["success"] if ok else part["error"], whole.text)


async def _exchange(
    app: LocalApp,
    method: str,
    path: str,
    body: Mapping[str, object] | None,
    headers: dict[str, str],
    parameters: Mapping[str, object] | None = None,
) -> Reply:
    query = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in (parameters or {}).items()
    }
    answer = await app.client.request(
        method,
        f"{URL}{path}",
        params=query or None,
        content=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    text = "\n".join([*(f"{name}: {value}" for name, value in answer.headers.items()), answer.text])
    return Reply(answer.is_success, answer.json(), text, answer.status_code)
