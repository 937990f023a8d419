"""`If-Match` and `If-Unmodified-Since` on updates and deletions."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from parsepy.protocol import dates
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

LONG_AGO = "2001-01-01T00:00:00.000Z"
CHANGED = {"code": 142, "error": "The object has changed since."}


@pytest.fixture(params=["sqlite", "mongodb"])
async def parse(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as running:
        yield running


async def _updated_at(parse: LocalApp, path: str) -> str:
    return str((await parse.ok("GET", path, master=True))["updatedAt"])


async def _put(
    parse: LocalApp, path: str, body: object, *, user: User | None = None, **headers: str
) -> httpx.Response:
    return await parse.send("PUT", path, body, user=user, master=False, **headers)


async def test_an_update_of_the_version_that_was_read_is_done(parse: LocalApp) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"
    read = await _updated_at(parse, path)

    for number, quote in enumerate(("", '"'), start=2):
        done = await _put(parse, path, {"n": number}, If_Match=f"{quote}{read}{quote}")
        assert done.is_success
        assert read < done.json()["updatedAt"] == await _updated_at(parse, path)
        read = done.json()["updatedAt"]

    assert (await parse.ok("GET", path))["n"] == 3


async def test_an_update_of_another_version_changes_nothing(parse: LocalApp) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"
    before = await parse.ok("GET", path)

    refused = [
        await _put(parse, path, {"n": 2}, If_Match=LONG_AGO),
        await _put(parse, path, {"n": 2, "added": "x"}, If_Match=LONG_AGO),
        await _put(parse, path, {"n": 2}, If_Unmodified_Since=LONG_AGO),
        await parse.send("DELETE", path, If_Match=LONG_AGO),
        await parse.send("DELETE", path, If_Unmodified_Since=LONG_AGO),
        await parse.send("POST", path, {"_method": "PUT", "n": 2}, If_Match=LONG_AGO),
        await parse.send("POST", path, {"_method": "DELETE"}, If_Match=LONG_AGO),
    ]

    assert [(answer.status_code, answer.json()) for answer in refused] == [(412, CHANGED)] * 7
    assert await parse.ok("GET", path) == before
    assert "added" not in (await parse.ok("GET", "/schemas/Game", master=True))["fields"]


async def test_a_deletion_of_the_version_that_was_read_is_done(parse: LocalApp) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"

    answer = await parse.send("DELETE", path, If_Match=await _updated_at(parse, path))

    assert (answer.status_code, answer.json()) == (200, {})
    assert await parse.find("Game", {}) == []


async def test_unmodified_since_compares_times(parse: LocalApp) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"
    updated = datetime.fromisoformat(await _updated_at(parse, path))
    same_second = format_datetime(updated.replace(microsecond=0), usegmt=True)
    second_before = format_datetime(updated - timedelta(seconds=1), usegmt=True)

    early = await parse.send("DELETE", path, If_Unmodified_Since=second_before)
    in_time = await parse.send("DELETE", path, If_Unmodified_Since=same_second)

    assert (early.status_code, in_time.status_code) == (412, 200)


async def test_a_star_asks_for_an_object_that_is_there(parse: LocalApp) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"

    present = await _put(parse, path, {"n": 2}, If_Match="*")
    absent = await _put(parse, "/classes/Game/nothing", {"n": 2}, If_Match="*")

    assert present.is_success
    assert (absent.status_code, absent.json()["code"]) == (404, 101)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_unreadable_condition_is_refused(parse: LocalApp, method: str) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"
    before = await parse.ok("GET", path)

    for name in ("If_Match", "If_Unmodified_Since"):
        headers = {name: "nonsense"}
        answer = await parse.send(method, path, {"n": 2}, user=None, master=False, **headers)
        assert (answer.status_code, answer.json()["code"]) == (400, 102)

    assert await parse.ok("GET", path) == before


async def test_reads_and_new_objects_have_no_condition(parse: LocalApp) -> None:
    created = await parse.send("POST", "/classes/Game", {"n": 1}, If_Match=LONG_AGO)
    found = await parse.send("GET", "/classes/Game", If_Match="nonsense")

    assert created.status_code == 201
    assert len(found.json()["results"]) == 1


async def test_who_may_not_write_learns_nothing_of_the_version(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    rights = {ann.id: {"read": True, "write": True}, bob.id: {"read": True}}
    path = f"/classes/Game/{await parse.create('Game', {'n': 1, 'ACL': rights}, user=ann)}"
    right = await _updated_at(parse, path)

    for user in (bob, None):
        for match in (right, LONG_AGO):
            for method in ("PUT", "DELETE"):
                body = {"n": 2} if method == "PUT" else None
                answer = await parse.send(method, path, body, user=user, If_Match=match)
                assert (answer.status_code, answer.json()["code"]) == (404, 101)
    # Not even by fields that the class lacks, for which the object is looked at first.
    for match in (right, LONG_AGO):
        answer = await _put(parse, path, {"added": 1}, user=bob, If_Match=match)
        assert (answer.status_code, answer.json()["code"]) == (404, 101)


async def test_class_permissions_come_before_the_condition(parse: LocalApp) -> None:
    path = f"/classes/Game/{await parse.create('Game', {'n': 1})}"
    clp = {"get": {"*": True}, "find": {"*": True}}
    await parse.ok("PUT", "/schemas/Game", {"classLevelPermissions": clp}, master=True)

    codes = [
        (await parse.send(method, path, {"n": 2}, If_Match=match)).json()["code"]
        for method in ("PUT", "DELETE")
        for match in (LONG_AGO, await _updated_at(parse, path))
    ]

    assert codes == [119] * 4


async def test_another_user_learns_nothing_of_a_user(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    path = f"/users/{ann.id}"
    right = await _updated_at(parse, path)

    answers = [
        (await _put(parse, path, {"nick": "x"}, user=bob, If_Match=match)).json()
        for match in (right, LONG_AGO)
    ]

    assert answers[0] == answers[1]
    assert answers[0]["code"] == 206


async def test_system_classes_have_conditions_too(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    role = await parse.grant_role("r", ann)
    installation = await parse.ok(
        "POST",
        "/installations",
        {"deviceType": "ios", "installationId": "i", "deviceToken": "t"},
        master=True,
    )
    [session] = (await parse.ok("GET", "/sessions", user=ann))["results"]
    paths = [
        f"/users/{ann.id}",
        f"/roles/{role}",
        f"/installations/{installation['objectId']}",
        f"/sessions/{session['objectId']}",
        f"/classes/_User/{ann.id}",
    ]

    for path in paths:
        for method in ("PUT", "DELETE"):
            refused = await parse.send(
                method, path, {"note": "x"}, user=ann, master=True, If_Match=LONG_AGO
            )
            assert (refused.status_code, refused.json()) == (412, CHANGED), (method, path)
    for path in paths[1:4]:
        match = await _updated_at(parse, path)
        done = await parse.send("DELETE", path, user=ann, master=True, If_Match=match)
        assert done.is_success, path


async def test_only_one_of_many_updates_of_a_version_is_done(parse: LocalApp) -> None:
    """Also within one millisecond, in which all of them have the same time."""
    path = f"/classes/Game/{await parse.create('Game', {'n': 0})}"
    match = await _updated_at(parse, path)

    answers = await asyncio.gather(
        *(_put(parse, path, {"n": number}, If_Match=match) for number in range(1, 11))
    )

    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]


async def test_two_versions_of_one_millisecond_differ(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dates.now()
    monkeypatch.setattr("parsepy.protocol.dates.now", lambda: now)
    path = f"/classes/Game/{await parse.create('Game', {'n': 0})}"

    first = await _put(parse, path, {"n": 1}, If_Match=now)
    second = await _put(parse, path, {"n": 2}, If_Match=now)
    third = await _put(parse, path, {"n": 3}, If_Match=first.json()["updatedAt"])

    assert [answer.status_code for answer in (first, second, third)] == [200, 412, 200]
    assert now < first.json()["updatedAt"] < third.json()["updatedAt"]
    assert (await parse.ok("GET", path))["n"] == 3


async def test_a_batch_s_own_condition_is_not_its_requests(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 1})
    requests = [{"method": "PUT", "path": f"/parse/classes/Game/{game}", "body": {"n": 2}}]

    for transaction in (False, True):
        body = {"requests": requests, "transaction": transaction}
        [answer] = await parse.ok("POST", "/batch", body, If_Match=LONG_AGO)
        assert "success" in answer


async def test_a_browser_may_send_the_headers(parse: LocalApp) -> None:
    answer = await parse.send("OPTIONS", "/classes/Game")

    allowed = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"If-Match", "If-Unmodified-Since"} <= set(allowed)
