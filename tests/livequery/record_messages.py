"""Asks the real parse-server about the frames of `compat_fixtures/livequery/messages.json`."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.livequery.recorded_messages import PATH, load, sent, text_of
from tests.support.mongod import running_mongod
from tests.support.reference import running_reference

UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LAST = {"op": "last"}
PATIENCE = 10.0
QUIET = 1.0
"""Seconds: frames are judged in their order, but what is accepted is answered later."""


def main() -> None:
    content = load()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_mongod(Path(folder)) as mongod,
        running_reference(
            mongod.database_uri("frames"), {"startLiveQueryServer": True}
        ) as reference,
    ):
        for frame in content["frames"]:
            frame.pop("answer", None)
            frame["answers"] = answers_to(sent(frame), reference.port)
    PATH.write_text(text_of(content), encoding="utf-8")


def answers_to(text: str, port: int) -> list[dict[str, Any]]:
    with connect(f"ws://127.0.0.1:{port}/parse") as socket:
        socket.send(json.dumps({"op": "connect", "applicationId": "app"}))
        socket.recv(timeout=PATIENCE)
        socket.send(text)
        socket.send(json.dumps(LAST))
        return list(heard_on(socket))


def heard_on(socket: ClientConnection) -> Iterator[dict[str, Any]]:
    """The answers but the one to `LAST`."""
    refused = judged = False
    while not (refused and judged):
        try:
            received = socket.recv(timeout=QUIET if judged else PATIENCE)
        except TimeoutError:
            return
        answer: dict[str, Any] = json.loads(UUID.sub("<uuid>", str(received)))
        if answer.get("error") == 'No enum match for: "last"':
            judged = True
        else:
            refused = answer.get("code") == 1
            yield answer


if __name__ == "__main__":
    main()
