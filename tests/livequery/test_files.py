"""Files in events: with addresses that open them, where those expire."""

from typing import Any

import pytest

from parsepy.protocol import clock
from tests.support.live_client import live_client
from tests.support.local_app import URL, LocalApp, local_app
from tests.support.moving_clock import MovingClock

pytestmark = pytest.mark.anyio


async def _uploaded(app: LocalApp) -> dict[str, Any]:
    sent = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master-key"}
    answer = await app.client.post(f"{URL}/files/a.txt", content=b"hello", headers=sent)
    return {"__type": "File", **answer.json()}


async def test_files_in_events_open(stored_options: dict[str, Any]) -> None:
    signed = {"signedUrls": {"expiresIn": 600}}
    async with local_app(**stored_options, fileDownload=signed) as app, live_client(app) as live:
        file = await _uploaded(app)
        await live.connect()
        await live.subscribe("Game", {"list": file})
        with clock.using(MovingClock(300)):
            await app.create("Game", {"photo": file, "list": [file]})
            event = await live.next()

        assert event["op"] == "create"
        for shown in (event["object"]["photo"], event["object"]["list"][0]):
            assert shown["name"] == file["name"]
            assert (await app.client.get(shown["url"])).text == "hello"
