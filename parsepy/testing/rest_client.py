"""Somebody who uses an app under test over REST: nobody in particular, the master key, a user."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import httpx

from parsepy.cloud import values
from parsepy.cloud.objects import Object
from parsepy.cloud.registry import name_of
from parsepy.errors import Code, ParseError
from parsepy.options.model import ServerOptions
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.testing.app_under_test import AppUnderTest
    from parsepy.testing.live_events import LiveEvents

ClassName: TypeAlias = str | type[Object]
Answer: TypeAlias = dict[str, Any]
"""JSON as the client gets it. `Any`, since a test says of every value what it has to be."""

_JOB_ID: Final = "X-Parse-Job-Status-Id"


class Refused(ParseError):
    """An answer that is no success; `response` is all of it."""

    def __init__(self, response: httpx.Response) -> None:
        body = _json(response)
        told = body if isinstance(body, dict) else {}
        super().__init__(
            told.get("code", Code.OTHER_CAUSE), str(told.get("error") or response.text)
        )
        self.response = response

    @property
    def status(self) -> int:
        return self.response.status_code


class RestClient:
    """Values that are sent may be what cloud code has: dates, objects, `GeoPoint`.

    Every method but `request` raises `Refused`, a `ParseError`, for an answer that is no success.
    """

    def __init__(
        self, app: "AppUnderTest", *, master: bool = False, headers: Mapping[str, str] | None = None
    ) -> None:
        self.app = app
        self._master = master
        self._headers = dict(headers or {})

    # -- anything

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """`path` is the one behind the mount: `/classes/GameScore`. Bytes are sent as they are,
        any other body as JSON."""
        options = (await self.app.ready()).parts.services.options
        sent = {**_keys(options, master=self._master), **self._headers, **(headers or {})}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(values.encode(body)).encode()
        return await self.app.http.request(
            method,
            f"{options.mount_path}{path}",
            content=body,
            params={name: _parameter(value) for name, value in (params or {}).items()},
            headers=sent,
        )

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """As `request`; the JSON of the answer."""
        response = await self.request(method, path, body, params=params, headers=headers)
        if not response.is_success:
            raise Refused(response)
        return _json(response)

    # -- objects

    async def create(
        self, class_name: ClassName, fields: Mapping[str, object] | None = None
    ) -> Answer:
        """The answer: `objectId`, `createdAt`, and what triggers have changed."""
        created: Answer = await self.call("POST", _path(class_name), fields or {})
        return created

    async def get(self, class_name: ClassName, object_id: str, **parameters: object) -> Answer:
        """`parameters` are those of REST: `include="player"`, `keys=["score", "level"]`."""
        found: Answer = await self.call("GET", _path(class_name, object_id), params=parameters)
        return found

    async def find(
        self,
        class_name: ClassName,
        where: Mapping[str, object] | None = None,
        **parameters: object,
    ) -> list[Answer]:
        """`parameters` are those of REST: `order="-score"`, `limit=5`, `include="player"`."""
        found = await self._found(class_name, where, parameters)
        results: list[Answer] = found["results"]
        return results

    async def count(self, class_name: ClassName, where: Mapping[str, object] | None = None) -> int:
        found = await self._found(class_name, where, {"count": 1, "limit": 0})
        return int(found["count"])

    async def update(
        self, class_name: ClassName, object_id: str, fields: Mapping[str, object]
    ) -> Answer:
        updated: Answer = await self.call("PUT", _path(class_name, object_id), fields)
        return updated

    async def delete(self, class_name: ClassName, object_id: str) -> None:
        await self.call("DELETE", _path(class_name, object_id))

    # -- cloud code

    async def run(self, function: str, params: Mapping[str, object] | None = None) -> Any:
        """What the function gives; `None` when it gives nothing."""
        answer = await self.call("POST", f"/functions/{function}", params or {})
        return answer.get("result")

    async def start_job(self, job: str, params: Mapping[str, object] | None = None) -> str:
        """The id of its `_JobStatus`. `await parse_app.jobs_done()` waits for its end."""
        response = await self.request("POST", f"/jobs/{job}", params or {})
        if not response.is_success:
            raise Refused(response)
        return response.headers[_JOB_ID]

    # -- LiveQuery

    @asynccontextmanager
    async def subscribe(
        self,
        class_name: ClassName,
        where: Mapping[str, object] | None = None,
        *,
        keys: Sequence[str] | None = None,
        watch: Sequence[str] | None = None,
    ) -> "AsyncIterator[LiveEvents]":
        """Is told of changes of the class's objects that match, as any client would be:

            async with ann.subscribe("Message", {"room": "a"}) as events:
                await ben.create("Message", {"room": "a"})
                [event] = await events.all()

        Raises `ParseError` where the subscription is refused.
        """
        from parsepy.testing.live_events import subscribed

        query: dict[str, object] = {
            "className": name_of(class_name),
            "where": values.encode(where or {}),
            **({} if keys is None else {"keys": list(keys)}),
            **({} if watch is None else {"watch": list(watch)}),
        }
        token = self._headers.get("X-Parse-Session-Token")
        app = await self.app.ready()
        async with subscribed(app, query, token, master=self._master) as events:
            yield events

    # -- the rest

    async def upload(
        self, name: str, content: bytes, content_type: str = "application/octet-stream"
    ) -> Answer:
        """`name` and `url`, and `__type`: what an object's field is set to."""
        headers = {"Content-Type": content_type}
        stored: Answer = await self.call("POST", f"/files/{name}", content, headers=headers)
        return {"__type": "File", **stored}

    async def config(self) -> Answer:
        """The app's config, as far as this client may see it."""
        params: Answer = (await self.call("GET", "/config"))["params"]
        return params

    async def open(self, link: str) -> httpx.Response:
        """What a link in a mail leads to; redirects are followed."""
        await self.app.ready()
        return await self.app.http.get(link, follow_redirects=True)

    async def _found(
        self,
        class_name: ClassName,
        where: Mapping[str, object] | None,
        parameters: Mapping[str, object],
    ) -> Answer:
        conditions: dict[str, object] = {} if where is None else {"where": where}
        found: Answer = await self.call(
            "GET", _path(class_name), params={**conditions, **parameters}
        )
        return found


class UserClient(RestClient):
    """A user, as whom the app is asked. As a value it is a pointer to him."""

    def __init__(self, app: "AppUnderTest", user: Answer) -> None:
        token = user.get("sessionToken")
        super().__init__(app, headers={"X-Parse-Session-Token": token} if token else {})
        self.id: str = user["objectId"]
        self.session_token: str | None = token
        """`None` where an app gives none before the address is verified."""

    def __repr__(self) -> str:
        return f"<UserClient {self.id}>"

    def to_pointer(self) -> JSONObject:
        return {"__type": "Pointer", "className": "_User", "objectId": self.id}

    def to_full_json(self) -> JSONObject:
        return self.to_pointer()

    async def me(self) -> Answer:
        """The user as he sees himself. Raises 209 when his session has ended."""
        user: Answer = await self.call("GET", "/users/me")
        return user

    async def log_out(self) -> None:
        await self.call("POST", "/logout")


def _keys(options: ServerOptions, *, master: bool) -> dict[str, str]:
    keys = {"X-Parse-Application-Id": options.app_id}
    if options.rest_api_key is not None:
        keys["X-Parse-REST-API-Key"] = options.rest_api_key
    if master:
        keys["X-Parse-Master-Key"] = options.master_key
    return keys


def _path(class_name: ClassName, object_id: str | None = None) -> str:
    path = f"/classes/{name_of(class_name)}"
    return path if object_id is None else f"{path}/{object_id}"


def _parameter(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return json.dumps(values.encode(value))


def _json(response: httpx.Response) -> Any:
    """`None` for an answer that is none, as a page is."""
    try:
        return response.json()
    except ValueError:
        return None
