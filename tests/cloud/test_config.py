"""The config of the app, and its triggers."""

import asyncio

import pytest

from parsepy.cloud import Config, ConfigRequest
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def test_its_triggers_see_it_and_may_refuse(stored: LocalApp) -> None:
    seen = list[tuple[str, object, object]]()

    @stored.app.registry.before_save(Config)
    @stored.app.registry.after_save(Config)
    def watch(request: ConfigRequest) -> None:
        original = request.original
        before = None if original is None else original.to_json()
        seen.append((request.trigger_name, request.object.to_json(), before))
        if request.object.get("bad"):
            raise ValueError("bad")

    await stored.ok("PUT", "/config", {"params": {"a": 1}}, master=True)
    await stored.ok("PUT", "/config", {"params": {"b": 2}}, master=True)
    refused = await stored.send("PUT", "/config", {"params": {"bad": 1}}, master=True)

    assert seen == [
        ("beforeSave", {"a": 1}, None),
        ("afterSave", {"a": 1}, None),
        ("beforeSave", {"b": 2}, {"a": 1}),
        ("afterSave", {"a": 1, "b": 2}, {"a": 1}),
        ("beforeSave", {"bad": 1}, {"a": 1, "b": 2}),
    ]
    assert refused.json() == {"code": 141, "error": "bad"}
    assert (await stored.ok("GET", "/config"))["params"] == {"a": 1, "b": 2}


async def test_first_writes_at_once_lose_nothing(stored: LocalApp) -> None:
    names = [f"name{number}" for number in range(8)]

    await asyncio.gather(
        *(stored.ok("PUT", "/config", {"params": {name: 1}}, master=True) for name in names)
    )

    assert (await stored.ok("GET", "/config"))["params"] == dict.fromkeys(names, 1)


@pytest.mark.parametrize("name", ["a.b", "$a", "", "a\0b"])
async def test_names_that_are_none(parse: LocalApp, name: str) -> None:
    answer = await parse.send("PUT", "/config", {"params": {name: 1, "good": 1}}, master=True)

    assert (answer.status_code, answer.json()["code"]) == (400, 141)
    assert await parse.ok("GET", "/config") == {"params": {}}


@pytest.mark.parametrize(
    "params", [{"a": {"_bsontype": "Code", "code": "shell"}}, {"a": [{"b": {"__proto__": 1}}]}]
)
async def test_denied_keywords_are_refused(parse: LocalApp, params: object) -> None:
    answer = await parse.send("PUT", "/config", {"params": params}, master=True)

    assert answer.json()["code"] == 105
    assert answer.json()["error"].startswith("Prohibited keyword in request data: ")
    assert (await parse.ok("GET", "/config"))["params"] == {}
