"""What a registration makes superfluous, and registrations at once."""

import asyncio
import itertools
from typing import Any

import httpx
import pytest

from parsepy.installations.row_ids import SPAN
from parsepy.protocol import dates
from parsepy.schema.classes import ClassSchema
from parsepy.types import ParseObject
from tests.support.local_app import LocalApp, local_app
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
IOS = {"deviceType": "ios"}


async def rows_of(app: LocalApp) -> list[dict[str, Any]]:
    found = await app.ok("GET", "/installations?order=createdAt", master=True)
    rows: list[dict[str, Any]] = found["results"]
    return rows


async def register(app: LocalApp, **fields: object) -> Any:
    return await app.ok("POST", "/installations", {**IOS, **fields})


async def at_once(apps: list[LocalApp], bodies: list[dict[str, object]]) -> list[httpx.Response]:
    """Registrations of which each has looked whether it is known before any is stored."""
    held = [app.storage.hold_every("find") for app in apps]
    for app in apps:
        app.storage.taken_calls()
    tasks = [
        asyncio.create_task(apps[n % len(apps)].send("POST", "/installations", {**IOS, **body}))
        for n, body in enumerate(bodies)
    ]
    seen: list[str] = []

    def all_looked() -> bool:
        for app in apps:
            seen.extend(app.storage.taken_calls())
        return seen.count("find") == len(bodies)

    await until(all_looked)
    for each in held:
        each.release()
    return await asyncio.gather(*tasks)


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests at once are dated alike, however long a busy machine takes over them."""
    moment = dates.now_ms()
    monkeypatch.setattr("parsepy.protocol.dates.now_ms", lambda: moment)
    monkeypatch.setattr("parsepy.installations.row_ids.now_ms", lambda: moment)


@pytest.mark.usefixtures("one_moment")
async def test_ten_registrations_of_one_installation_leave_one_row(app: LocalApp) -> None:
    add = {"__op": "AddUnique", "objects": ["news"]}
    answers = await at_once([app], [{"installationId": "One", "channels": add}] * 10)

    rows = await rows_of(app)
    assert [row["installationId"] for row in rows] == ["one"]
    assert {answer.status_code for answer in answers} <= {200, 201}, [a.text for a in answers]
    # Whoever yielded is told which row it is.
    told = [answer.json()["objectId"] for answer in answers if answer.status_code == 200]
    assert set(told) == {rows[0]["objectId"]}


async def test_registrations_at_the_edge_of_two_spans_leave_one_row(
    app: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each request gets ids of another span, so that nothing but the look afterwards is left."""
    spans = itertools.count(1)
    monkeypatch.setattr("parsepy.installations.row_ids.now_ms", lambda: next(spans) * SPAN)

    answers = await at_once([app], [{"installationId": "one"}] * 10)

    assert [row["installationId"] for row in await rows_of(app)] == ["one"]
    assert {answer.status_code for answer in answers} <= {200, 201}


async def test_a_row_that_was_deleted_comes_back_under_another_id(app: LocalApp) -> None:
    first = (await register(app, installationId="one"))["objectId"]
    await app.ok("DELETE", f"/installations/{first}", master=True)

    assert (await register(app, installationId="one"))["objectId"] != first


@pytest.mark.usefixtures("one_moment")
async def test_ten_registrations_of_one_token_leave_one_row(app: LocalApp) -> None:
    answers = await at_once([app], [{"deviceToken": "t"}] * 10)

    assert [row["deviceToken"] for row in await rows_of(app)] == ["t"]
    assert {answer.status_code for answer in answers} <= {200, 201}


async def test_ten_installations_with_one_token_leave_one_row(app: LocalApp) -> None:
    bodies: list[dict[str, object]] = [
        {"installationId": f"i{n}", "deviceToken": "t"} for n in range(10)
    ]
    answers = await at_once([app], bodies)

    assert len(await rows_of(app)) == 1
    assert {answer.status_code for answer in answers} == {201}


async def test_a_token_alone_and_with_its_installation_leave_one_row(app: LocalApp) -> None:
    bodies: list[dict[str, object]] = [
        {"deviceToken": "t"},
        {"deviceToken": "t", "installationId": "i"},
    ] * 3
    await at_once([app], bodies)

    rows = await rows_of(app)
    assert [(row["deviceToken"], row["installationId"]) for row in rows] == [("t", "i")]


async def test_two_servers_leave_one_row(mongodb_database_uri: str) -> None:
    async with (
        local_app(databaseURI=mongodb_database_uri) as one,
        local_app(databaseURI=mongodb_database_uri) as other,
    ):
        await at_once([one, other], [{"installationId": "i", "deviceToken": "t"}] * 6)
        shared: list[dict[str, object]] = [
            {"installationId": f"i{n}", "deviceToken": "shared"} for n in range(6)
        ]
        await at_once([one, other], shared)

        tokens = sorted(row["deviceToken"] for row in await rows_of(one))

    assert tokens == ["shared", "t"]


async def test_of_two_that_take_a_token_in_turn_the_later_keeps_it(app: LocalApp) -> None:
    """The one that was dated first is stored last."""
    held = app.storage.hold_next("find")
    slow = asyncio.create_task(register(app, installationId="slow", deviceToken="t"))
    await held.reached.wait()
    await register(app, installationId="quick", deviceToken="t")
    held.release()
    await slow

    assert len(await rows_of(app)) == 1


async def test_a_row_from_a_clock_that_is_ahead_is_replaced_all_the_same(
    app: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dates.now_ms()
    with monkeypatch.context() as ahead:
        ahead.setattr(dates, "now_ms", lambda: now + 3_600_000)
        await register(app, installationId="ahead", deviceToken="t")

    await register(app, installationId="mine", deviceToken="t")

    assert [row["installationId"] for row in await rows_of(app)] == ["mine"]


async def test_a_row_that_has_become_another_devices_meanwhile_stays(app: LocalApp) -> None:
    victim = (await register(app, installationId="victim", deviceToken="t"))["objectId"]
    app.storage.taken_calls()
    task = asyncio.create_task(register(app, installationId="taker", deviceToken="t"))
    held = app.storage.hold_every("insert")
    await held.reached.wait()
    # Between the look-up and the clean-up the other device gets a token of its own.
    body = {"installationId": "victim", "deviceToken": "fresh"}
    await app.ok("PUT", f"/installations/{victim}", body)
    held.release()
    await task

    rows = await rows_of(app)
    assert [row["deviceToken"] for row in rows] == ["fresh", "t"]


async def test_what_is_refused_takes_nothing_away(app: LocalApp) -> None:
    await register(app, installationId="one", deviceToken="t")
    answer = await app.send(
        "POST", "/installations", {"installationId": "two", "deviceToken": "t", **IOS, "badge": "x"}
    )

    assert answer.json()["code"] == 111
    assert [row["installationId"] for row in await rows_of(app)] == ["one"]


async def test_a_known_installation_takes_one_look_up_and_one_write(app: LocalApp) -> None:
    await register(app, installationId="one", deviceToken="t")
    app.storage.taken_calls()

    await register(app, installationId="one", deviceToken="t")

    assert app.storage.taken_calls() == ["find", "update"]


async def test_a_new_installation_takes_a_look_before_and_one_after(app: LocalApp) -> None:
    await register(app, installationId="one")
    app.storage.taken_calls()

    await register(app, installationId="two", deviceToken="t2")

    assert app.storage.taken_calls() == ["find", "insert", "find"]


async def test_whoever_listens_is_told_of_rows_that_go(database_uri: str) -> None:
    class Listener:
        told: list[tuple[str, object]]

        def wants(self, class_name: str) -> bool:
            return class_name == "_Installation"

        async def saved(
            self, _schema: ClassSchema, current: ParseObject, _original: ParseObject | None
        ) -> None:
            self.told.append(("saved", current["installationId"]))

        async def deleted(self, _schema: ClassSchema, document: ParseObject) -> None:
            self.told.append(("deleted", document["installationId"]))

    async with local_app(databaseURI=database_uri) as app:
        listener = Listener()
        listener.told = []
        await register(app, installationId="one", deviceToken="t")
        app.app.parts.objects.publisher = listener
        one = (await register(app, installationId="two", deviceToken="x"))["objectId"]
        await app.ok("PUT", f"/installations/{one}", {"installationId": "two", "deviceToken": "t"})

    assert listener.told == [("saved", "two"), ("saved", "two"), ("deleted", "one")]


async def test_two_that_take_each_others_token_wait_for_nobody(database_uri: str) -> None:
    """Where changes of one object take turns, taking another's row away must not wait in turn."""
    live = {"classNames": ["_Installation"]}
    async with local_app(databaseURI=database_uri, liveQuery=live) as app:
        ids = {
            name: (await register(app, installationId=name, deviceToken=f"t-{name}"))["objectId"]
            for name in ("one", "two")
        }
        swaps = [
            app.send(
                "PUT",
                f"/installations/{ids[name]}",
                {"installationId": name, "deviceToken": f"t-{other}"},
            )
            for name, other in (("one", "two"), ("two", "one"))
        ]
        answers = await asyncio.wait_for(asyncio.gather(*swaps), 30)

    assert {answer.status_code for answer in answers} <= {200, 404}


async def test_the_callers_rights_decide_where_the_option_says_so(database_uri: str) -> None:
    rights = {"duplicateDeviceTokenActionEnforceAuth": True}
    async with local_app(databaseURI=database_uri, installation=rights) as app:
        ann, bob = await app.sign_up(), await app.sign_up()
        closed = {ann.id: {"read": True, "write": True}}
        body = {"installationId": "anns", "deviceToken": "t", **IOS, "ACL": closed}
        await app.ok("POST", "/installations", body, user=ann)

        await app.ok(
            "POST",
            "/installations",
            {"installationId": "bobs", "deviceToken": "t", **IOS},
            user=bob,
        )
        kept = [row["installationId"] for row in await rows_of(app)]
        await app.ok(
            "POST",
            "/installations",
            {"installationId": "anns2", "deviceToken": "t", **IOS},
            user=ann,
        )

        assert kept == ["anns", "bobs"]
        assert [row["installationId"] for row in await rows_of(app)] == ["anns2"]


async def test_cloud_code_and_triggers_register_inside_a_registration(database_uri: str) -> None:
    async with local_app(databaseURI=database_uri) as app:

        async def before_save(request: Any) -> None:
            if request.object.get("installationId") == "outer":
                from parsepy.cloud import Installation

                inner = Installation()
                fields = {"installationId": "inner", "deviceToken": "t", "deviceType": "embedded"}
                await inner.save(fields, use_master_key=True)

        app.app.registry.before_save("_Installation")(before_save)
        await register(app, installationId="outer", deviceToken="t")

        assert [row["installationId"] for row in await rows_of(app)] == ["outer"]
