"""What came to whom on the real parse-server comes to him here, on every store."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from parsepy.types import JSONObject
from tests.livequery.transcript_player import Frame, Line, Scene, Server, options_of, play
from tests.livequery.transcripts import all_transcripts, expected, text_of
from tests.support.live_client import LiveClient, live_client
from tests.support.local_app import URL, LocalApp, local_app
from tests.wire.cases import Case
from tests.wire.matching import compare
from tests.wire.variables import substitute

pytestmark = pytest.mark.anyio
TRANSCRIPTS = all_transcripts()


class LocalLine:
    def __init__(self, client: LiveClient) -> None:
        self._client = client

    async def send(self, text: str) -> None:
        await self._client.send(text)

    async def next(self) -> Frame:
        return await self._client.next()


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=[each.name for each in TRANSCRIPTS])
async def test_frames_are_those_of_parse_server(transcript: Case, database_uri: str) -> None:
    reports = [
        report async for scene in replay(transcript, database_uri) for report in wrong(scene)
    ]

    assert not reports, "\n".join([transcript.name, *reports])


async def replay(transcript: Case, database_uri: str) -> AsyncIterator[Scene]:
    options: dict[str, Any] = {**options_of(transcript), "databaseURI": database_uri}
    async with local_app(**options) as parse, AsyncExitStack() as sockets:

        async def dial() -> Line:
            return LocalLine(await sockets.enter_async_context(live_client(parse)))

        async def settled() -> None:
            await told(parse)

        async for scene in play(transcript, Server(URL, parse.client, dial, settled)):
            yield scene


async def told(parse: LocalApp) -> None:
    live = parse.app.parts.live
    assert live is not None
    await live.settled()


def wrong(scene: Scene) -> Iterator[str]:
    wanted = substitute(expected(scene.step), scene.variables)
    got: JSONObject = {name: [*map(bare, frames)] for name, frames in scene.frames.items()}
    found = list(compare("frames", wanted, got))
    if found:
        yield f"step {scene.step['name']!r}"
        yield f"  expected: {json.dumps(wanted)}"
        yield f"  got:      {json.dumps(got)}"
        yield from (f"  - {difference}" for difference in found)


def bare(frame: Frame) -> Frame:
    """Without what our objects have beside those of parse-server: old iOS SDKs need it."""
    found = dict(frame)
    for key in {"object", "original"} & frame.keys():
        assert frame[key]["__type"] == "Object"
        found[key] = {name: value for name, value in frame[key].items() if name != "__type"}
    return found


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=[each.name for each in TRANSCRIPTS])
def test_a_file_is_complete_and_as_recording_writes_it(transcript: Case) -> None:
    names = [step["name"] for step in transcript.steps]

    assert transcript.path.read_text(encoding="utf-8") == text_of(transcript)
    assert len(set(names)) == len(names)
    assert all("frames" in step for step in transcript.steps)
    for step in transcript.steps:
        if "ours" in step:
            assert step["ours"]["why"]
            assert step["ours"]["frames"] != step["frames"]
