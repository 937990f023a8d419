"""`/events`: told by apps, read by the master key."""

from typing import Any

import pytest

from parsepy.analytics.counting import EventCounter
from parsepy.protocol import dates
from tests.support.local_app import READ_ONLY_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio
OWN = "tests.analytics.own_adapter:Forwarder"


async def stored(app: LocalApp) -> None:
    counter = app.app.parts.analytics
    assert isinstance(counter, EventCounter)
    await counter.flush()


@pytest.mark.parametrize("store", ["sqlite", "mongodb"])
async def test_what_apps_tell_is_counted_and_read(
    store: str, request: pytest.FixtureRequest
) -> None:
    uri = "sqlite::memory:"
    if store == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri, analyticsAdapter="builtin") as app:
        today = dates.now()[:10]
        for city in ("Rome", "Rome", "Oslo"):
            await app.ok("POST", "/events/search", {"dimensions": {"city": city}})
        await app.ok("POST", "/events/APPOPENED", {"push_hash": "h"})
        await stored(app)

        all_events = await app.ok("GET", "/events", master=True)
        search = await app.ok("GET", "/events/search", X_Parse_Master_Key=READ_ONLY_KEY)
        cities = await app.ok("GET", "/events/search?dimension=city", master=True)
        none = await app.ok("GET", "/events/unknown", master=True)

    assert all_events["results"] == [
        {"event": "search", "count": 3},
        {"event": "AppOpened", "count": 1},
    ]
    assert search == {"results": [{"day": today, "count": 3}], "dimensions": ["city"]}
    assert cities["results"] == [
        {"day": today, "value": "Oslo", "count": 1},
        {"day": today, "value": "Rome", "count": 2},
    ]
    assert none == {"results": [], "dimensions": []}


@pytest.mark.parametrize(
    "body",
    [
        {"dimensions": [[]]},
        {"dimensions": {"a": {"$ne": 1}, "$where": "x", "_id": "y", "a.b": "z"}},
        {"dimensions": {"__proto__": "x", "objectId": "y", "count": "z"}},
        {"at": {"__type": "Date", "iso": "9999-99-99"}, "push_hash": {"a": 1}},
        {"dimensions": {"k": "\x00\ud800" * 300}},
        {"dimensions": {str(n): n for n in range(500)}},
    ],
)
@pytest.mark.parametrize("name", ["search", "a%20b", "%E2%82%AC", "x" * 500, "$where", "(other)"])
async def test_no_event_is_an_error(body: Any, name: str) -> None:
    async with local_app(analyticsAdapter="builtin") as app:
        answer = await app.send("POST", f"/events/{name}", body)
        await stored(app)
        listed = await app.ok("GET", "/events", master=True)

    assert (answer.status_code, answer.json()) == (200, {})
    assert len(listed["results"]) == 1


async def test_an_adapter_of_the_apps_own_gets_them_without_keys_and_tokens() -> None:
    async with local_app(analyticsAdapter=OWN) as app:
        ann = await app.sign_up()
        answer = await app.ok(
            "POST",
            "/events/search",
            {"dimensions": {"a": "b"}},
            user=ann,
            X_Parse_Installation_Id="phone",
            User_Agent="app",
            X_Parse_REST_API_Key="key",
            Cookie="secret",
        )

    assert answer == {
        "name": "search",
        "parameters": {"dimensions": {"a": "b"}},
        "master": False,
        "user": ann.id,
        "installation": "phone",
        "headers": ["user-agent"],
    }


@pytest.mark.parametrize("path", ["/events", "/events/search"])
async def test_counts_are_for_the_master_key(path: str) -> None:
    async with local_app(analyticsAdapter="builtin") as app:
        answer = await app.send("GET", path)

    assert (answer.status_code, answer.json()) == (403, {"error": "Permission denied"})


@pytest.mark.parametrize("adapter", [None, OWN])
async def test_where_nothing_is_counted_there_is_nothing_to_read(adapter: str | None) -> None:
    async with local_app(analyticsAdapter=adapter) as app:
        answer = await app.send("GET", "/events/search", master=True)

    assert answer.status_code == 404
