"""Audiences that were used say when, as a bare text."""

import pytest

from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio
USED = {"__type": "Date", "iso": "2026-01-02T03:04:05.678Z"}


@pytest.mark.parametrize("path", ["/push_audiences", "/classes/_Audience"])
async def test_the_last_use_is_a_bare_text(app: LocalApp, path: str) -> None:
    body = {"name": "x", "query": "{}", "lastUsed": USED, "timesUsed": 2}
    made = await app.ok("POST", path, body, master=True)
    where = {"lastUsed": {"$gte": {"__type": "Date", "iso": "2026-01-01T00:00:00.000Z"}}}

    shown = await app.ok("GET", f"{path}/{made['objectId']}", master=True)
    found = await app.find("_Audience", where, master=True)

    assert (shown["lastUsed"], shown["timesUsed"]) == (USED["iso"], 2)
    assert [row["lastUsed"] for row in found] == [USED["iso"]]
