"""Plays the transcripts of `compat_fixtures/livequery/` to the real parse-server.

`python -m tests.livequery.record_transcripts [--verify] [NAME …]` writes into the files what came
to whom; `--verify` compares and writes nothing.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx
import websockets

from tests.livequery.transcript_player import Frame, Line, Scene, Server, options_of, play
from tests.livequery.transcripts import (
    FOLDER,
    all_transcripts,
    load_transcript,
    said_in,
    text_of,
)
from tests.support.mongod import RunningMongod, running_mongod
from tests.support.reference import running_reference
from tests.wire.cases import Case
from tests.wire.normalising import Normaliser
from tests.wire.record import ONE_REQUEST_EACH

PATIENCE: Final = 10.0
QUIET: Final = 0.5
"""Seconds in which parse-server tells what it has to tell of a write, or of a frame."""


class RealLine:
    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        await self._socket.send(text)

    async def next(self) -> Frame:
        async with asyncio.timeout(PATIENCE):
            frame: Frame = json.loads(await self._socket.recv())
        return frame


def main() -> int:
    parser = argparse.ArgumentParser(prog="record_transcripts")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--verify", action="store_true")
    arguments = parser.parse_args()
    chosen = [load_transcript(FOLDER / f"{name}.json") for name in arguments.names]
    failed = False
    with tempfile.TemporaryDirectory() as folder, running_mongod(Path(folder)) as mongod:
        for transcript in chosen or all_transcripts():
            before = text_of(transcript)
            asyncio.run(record(transcript, mongod))
            changed = text_of(transcript) != before
            print(f"{transcript.name}: {len(transcript.steps)} steps", "changed" * changed)
            failed |= changed and arguments.verify
            if not arguments.verify:
                transcript.path.write_text(text_of(transcript), encoding="utf-8")
    return int(failed)


async def record(transcript: Case, mongod: RunningMongod) -> None:
    started, said = datetime.now(UTC).isoformat(), said_in(transcript)
    async with reference_for(transcript, mongod) as server:
        async for scene in play(transcript, server):
            ours = scene.step.pop("ours", None)
            scene.step["frames"] = recorded(scene, said, started)
            if ours is not None:
                scene.step["ours"] = ours


def recorded(scene: Scene, said: str, started: str) -> object:
    return Normaliser(scene.variables, said, started).value(
        {name: list(frames) for name, frames in scene.frames.items()}
    )


@asynccontextmanager
async def reference_for(transcript: Case, mongod: RunningMongod) -> AsyncIterator[Server]:
    """A parse-server with an empty database."""
    database = f"parsepy_fixtures_{uuid4().hex}"
    options = {**options_of(transcript), "startLiveQueryServer": True}
    with running_reference(mongod.database_uri(database), options) as reference:
        async with (
            httpx.AsyncClient(timeout=PATIENCE, limits=ONE_REQUEST_EACH) as client,
            AsyncExitStack() as sockets,
        ):
            url = f"ws://127.0.0.1:{reference.port}/"
            yield Server(
                reference.url, client, partial(dial, url, sockets), partial(asyncio.sleep, QUIET)
            )
    mongod.drop_database(database)


async def dial(url: str, sockets: AsyncExitStack) -> Line:
    return RealLine(await sockets.enter_async_context(websockets.connect(url)))


if __name__ == "__main__":
    sys.exit(main())
