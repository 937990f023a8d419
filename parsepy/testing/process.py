"""The test's process: functions in it that this one calls, and objects that it has lent.

{"__t": "Function", "url": …}   POST url {"args": […]} → {"value"} or {"thrown": true, "error"}
{"__t": "Bridge", "url": …, "methods": […], "props": {…}}   POST url/method, likewise
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast
from urllib.parse import quote

from parsepy.errors import script_failed
from parsepy.outbound import Outbound
from parsepy.outbound.client import OutboundError
from parsepy.protocol import json
from parsepy.testing import cloud_values
from parsepy.testing.argument_values import argument_json
from parsepy.types import JSONObject, JSONValue

_HEADERS: Final = {"Content-Type": "application/json"}
_INLINE_FLAGS: Final = "ims"
"""What Python's engines share with JavaScript's; `g`, `u` and `y` say nothing about one match."""


class RemoteProcess:
    def __init__(self) -> None:
        self._outbound = Outbound()
        self._blocking = 0
        self._free = asyncio.Event()
        self._free.set()

    async def post(self, url: str, body: JSONObject) -> JSONObject:
        """The answer. Raises what the process has thrown."""
        try:
            response = await self._outbound.post(url, json.dumps(body), _HEADERS)
        except OutboundError as error:
            raise script_failed(str(error)) from None
        answer = json.loads(response.content)
        if not isinstance(answer, dict):
            raise script_failed("the test's process gave no object")
        if answer.get("thrown"):
            raise cloud_values.thrown(answer.get("error"))
        if answer.get("error"):
            raise cloud_values.thrown(answer["error"])
        return answer

    async def post_blocking(self, url: str, body: JSONObject) -> JSONObject:
        """As `post`; until it is answered, no request is begun that asks whether one may be.

        parse-server's whole process waits for such a call, and suites rely on it: what a handler
        asks of the server is answered after the request that called the handler.
        """
        self._blocking += 1
        self._free.clear()
        try:
            return await self.post(url, body)
        finally:
            self._blocking -= 1
            if not self._blocking:
                self._free.set()

    async def unblocked(self) -> None:
        """Waits for blocking calls under way."""
        await self._free.wait()

    async def close(self) -> None:
        await self._outbound.close()

    def decoded(self, value: JSONValue) -> Any:
        """`value` with its tags resolved; what can be called there becomes callable here."""
        if isinstance(value, list):
            return [self.decoded(item) for item in value]
        if not isinstance(value, dict):
            return value
        match value.get("__t"):
            case None:
                return {name: self.decoded(child) for name, child in value.items()}
            case "Function":
                return RemoteFunction(self, str(value["url"]))
            case "Bridge":
                return Lent(self, value)
            case "RegExp":
                return pattern_text(value)
            case _:
                return cloud_values.decoded(value)


class RemoteFunction:
    def __init__(self, process: RemoteProcess, url: str, *, acknowledged: bool = False) -> None:
        self._process = process
        self._url = url
        self._acknowledged = acknowledged

    async def __call__(self, *arguments: object) -> Any:
        sent: JSONObject = {"args": [argument_json(one) for one in arguments]}
        if self._acknowledged:
            answer = await self._process.post_blocking(self._url, {**sent, "ack": True})
        else:
            answer = await self._process.post(self._url, sent)
        return self._process.decoded(answer.get("value"))

    def tag(self) -> JSONObject:
        return {"__t": "Function", "url": self._url}


class Lent(Mapping[str, Any]):
    """An object of the test's process, with its plain members and its methods by their names."""

    def __init__(self, process: RemoteProcess, described: JSONObject) -> None:
        self._url = str(described["url"])
        props = cast("JSONObject", described.get("props") or {})
        self._members: dict[str, Any] = {
            name: process.decoded(value) for name, value in props.items()
        }
        acknowledged = bool(described.get("blocking"))
        for name in cast("list[str]", described.get("methods") or []):
            address = f"{self._url}/{quote(name, safe='')}"
            self._members[name] = RemoteFunction(process, address, acknowledged=acknowledged)
        for name, answer in cast("JSONObject", described.get("sync") or {}).items():
            self._members[name] = _answer_given_in_advance(process.decoded(answer))

    def __getitem__(self, name: str) -> Any:
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def tag(self) -> JSONObject:
        """How it is named when it goes back."""
        return {"__t": "Bridge", "url": self._url}


def pattern_text(described: JSONObject) -> str:
    """A regular expression of JavaScript as the text that options take."""
    source, flags = str(described.get("source")), str(described.get("flags") or "")
    inline = "".join(flag for flag in _INLINE_FLAGS if flag in flags)
    return f"(?{inline}){source}" if inline else source


def _answer_given_in_advance(answer: object) -> Callable[..., object]:
    return lambda *_arguments: answer
