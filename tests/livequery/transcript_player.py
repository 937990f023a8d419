"""Plays a transcript: one step after the other, and after each what has come to whom."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import httpx

from parsepy.types import JSONObject
from tests.wire.cases import Case
from tests.wire.player import build_request
from tests.wire.variables import Variables, capture, substitute

Frame = dict[str, Any]
LAST: Final = {"op": "last"}
_ANSWER_TO_LAST: Final = 'No enum match for: "last"'


class Line(Protocol):
    """One socket."""

    async def send(self, text: str) -> None: ...

    async def next(self) -> Frame: ...


@dataclass(frozen=True, slots=True)
class Server:
    """`dial` opens a socket; `settled` returns when changes that are answered have been told."""

    url: str
    client: httpx.AsyncClient
    dial: Callable[[], Coroutine[Any, Any, Line]]
    settled: Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A step as it went; `variables` are those after it."""

    step: dict[str, Any]
    frames: Mapping[str, list[Frame]]
    variables: Variables


async def play(transcript: Case, server: Server) -> AsyncIterator[Scene]:
    variables: Variables = {"url": server.url}
    lines: dict[str, Line] = {}
    for step in transcript.steps:
        try:
            variables |= await _carry_out(step, server, variables, lines)
            frames = await _all_frames(server, lines)
        except Exception as error:
            error.add_note(f"in step {step['name']!r}")
            raise
        variables |= _ids(frames)
        yield Scene(step, frames, dict(variables))


async def _carry_out(
    step: dict[str, Any], server: Server, variables: Variables, lines: dict[str, Line]
) -> Variables:
    if "request" in step:
        request = build_request(step["request"], server.client, variables)
        answer = await server.client.send(request)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return capture(step.get("save", {}), answer, answer.json())
    name = step["client"]
    if name not in lines:
        lines[name] = await server.dial()
    await lines[name].send(_said(step, variables))
    return {}


def _said(step: dict[str, Any], variables: Variables) -> str:
    if "text" in step:
        text: str = step["text"]
        return text
    return json.dumps(substitute(step["send"], variables))


async def _all_frames(server: Server, lines: Mapping[str, Line]) -> dict[str, list[Frame]]:
    """What nobody has seen yet. Answers to different requests come in no order to rely on."""
    frames: dict[str, list[Frame]] = {name: [] for name in lines}
    for settle in (server.settled, None):
        for name, line in lines.items():
            frames[name] += [frame async for frame in _until_last(line)]
        if settle is not None:
            await settle()
    return {name: sorted(heard, key=_request_id) for name, heard in frames.items() if heard}


async def _until_last(line: Line) -> AsyncIterator[Frame]:
    await line.send(json.dumps(LAST))
    while (frame := await line.next()).get("error") != _ANSWER_TO_LAST:
        yield frame


def _request_id(frame: Frame) -> float:
    request_id = frame.get("requestId")
    return -1 if request_id is None else float(request_id)


def _ids(frames: Mapping[str, list[Frame]]) -> Variables:
    """`ann` is known to the server as `${ann_id}`."""
    return {
        f"{name}_id": frame["clientId"]
        for name, heard in frames.items()
        for frame in heard
        if frame["op"] == "connected"
    }


def options_of(transcript: Case) -> JSONObject:
    return {
        "appId": "app",
        "masterKey": "master",
        "allowClientClassCreation": True,
        **transcript.options,
    }
