"""What the doors tell of their writes: whole objects without secrets, and never in the way."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from parsepy.cloud import TriggerRequest
from parsepy.objects import purge
from parsepy.permissions.caller import Caller
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject, ParseObject
from tests.support.local_app import URL, LocalApp, local_app
from tests.support.postbox import mailing_app, token_of

pytestmark = pytest.mark.anyio

Told = tuple[str, ParseObject | None, ParseObject | None]
"""The class, the object before and the object after."""

OBJECT: JSONObject = {
    "text": "a",
    "number": 1.5,
    "big": 5_000_000_000,
    "flag": True,
    "nothing": None,
    "day": {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"},
    "map": {"a": {"b": [1, {"c": None}]}},
    "list": [1, "x", {"a": 1}],
    "place": {"__type": "GeoPoint", "latitude": 40, "longitude": -30},
    "blob": {"__type": "Bytes", "base64": "aGVsbG8="},
    "file": {"__type": "File", "name": "x.png"},
    "owner": {"__type": "Pointer", "className": "_User", "objectId": "u1"},
    "ACL": {"*": {"read": True}, "role:Admins": {"write": True}},
    "fans": {
        "__op": "AddRelation",
        "objects": [{"__type": "Pointer", "className": "_User", "objectId": "u1"}],
    },
}


@dataclass(slots=True)
class Recorder:
    """A publisher that remembers what it was told, after `failure` if it has one."""

    classes: Collection[str]
    told: list[Told] = field(default_factory=list)
    failure: Exception | None = None

    def wants(self, class_name: str) -> bool:
        return class_name in self.classes

    async def saved(
        self, schema: ClassSchema, current: ParseObject, original: ParseObject | None
    ) -> None:
        self._note(schema.name, original, current)

    async def deleted(self, schema: ClassSchema, document: ParseObject) -> None:
        self._note(schema.name, document, None)

    def taken(self) -> list[Told]:
        taken, self.told = self.told, []
        return taken

    def _note(self, *told: Any) -> None:
        if self.failure is not None:
            raise self.failure
        self.told.append(told)


def recording(parse: LocalApp, *classes: str) -> Recorder:
    recorder = Recorder(classes)
    parse.app.parts.objects.publisher = recorder
    return recorder


@pytest.fixture(params=["sqlite", "mongodb"])
async def stored(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LocalApp]:
    """An app on each store; writes really wait."""
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as running:
        yield running


async def found(parse: LocalApp, object_id: str) -> ParseObject:
    row: ParseObject = await parse.ok("GET", f"/classes/Game/{object_id}", master=True)
    return row


async def test_it_is_told_what_a_find_shows_before_and_after(stored: LocalApp) -> None:
    recorder = recording(stored, "Game")

    game = await stored.create("Game", OBJECT)
    first = await found(stored, game)
    await stored.ok(
        "PUT",
        f"/classes/Game/{game}",
        {
            "number": {"__op": "Increment", "amount": 1},
            "list": {"__op": "AddUnique", "objects": [1, 2]},
            "map.a.b": {"__op": "Add", "objects": ["new"]},
            "text": {"__op": "Delete"},
            "ACL": {"*": {"read": True, "write": True}},
        },
        master=True,
    )
    second = await found(stored, game)
    await stored.ok("DELETE", f"/classes/Game/{game}")

    assert recorder.told == [
        ("Game", None, first),
        ("Game", first, second),
        ("Game", second, None),
    ]
    assert first["fans"] == {"__type": "Relation", "className": "_User"}
    assert first["file"] == {
        "__type": "File",
        "name": "x.png",
        "url": f"{URL}/files/app/x.png",
    }


async def test_states_of_concurrent_updates_are_told_as_one_chain(stored: LocalApp) -> None:
    recorder = recording(stored, "Game")
    game = await stored.create("Game", {"score": 0, "fans": OBJECT["fans"]})
    recorder.taken()
    quick: JSONObject = {"score": {"__op": "Increment", "amount": 1}}
    # One that has more to do when the store has changed the object.
    slow: JSONObject = {**quick, "fans": OBJECT["fans"]}

    await asyncio.gather(
        *(stored.ok("PUT", f"/classes/Game/{game}", body) for body in (slow, quick) * 10)
    )

    assert numbers(recorder) == [(n, n + 1) for n in range(20)]
    assert stored.app.parts.objects.turns.is_idle


async def test_a_delete_is_told_after_the_updates_before_it(stored: LocalApp) -> None:
    recorder = recording(stored, "Game")
    game = await stored.create("Game", {"score": 0})
    recorder.taken()
    body = {"score": {"__op": "Increment", "amount": 1}}

    await asyncio.gather(
        *(stored.send("PUT", f"/classes/Game/{game}", body) for _ in range(5)),
        stored.ok("DELETE", f"/classes/Game/{game}"),
    )

    steps = numbers(recorder)
    last = len(steps) - 1
    assert steps == [*((n, n + 1) for n in range(last)), (last, None)]


async def test_a_trigger_may_change_the_object_again(stored: LocalApp) -> None:
    recorder = recording(stored, "Game")

    @stored.app.registry.after_save("Game")
    async def after_save(request: TriggerRequest) -> None:
        if request.object["score"] < 3:
            request.object.increment("score")
            await request.object.save()

    game = await stored.create("Game", {"score": 0})

    assert (await found(stored, game))["score"] == 3
    assert numbers(recorder) == [(None, 0), (0, 1), (1, 2), (2, 3)]


def numbers(recorder: Recorder) -> list[tuple[object, object]]:
    """The scores before and after, as they were told."""
    return [
        (before and before["score"], after and after["score"]) for _, before, after in recorder.told
    ]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/classes/Game/{id}", {"score": 2}),
        ("PUT", "/classes/Game/nothing", {"score": 2}),
        ("DELETE", "/classes/Game/{id}", None),
        ("DELETE", "/classes/Game/nothing", None),
        ("POST", "/classes/Game", {"score": "text"}),
        ("POST", "/classes/Game", {"score": 1, "objectId": "x"}),
    ],
)
async def test_a_refused_write_is_not_told(
    stored: LocalApp, method: str, path: str, body: object
) -> None:
    game = await stored.create("Game", {"score": 1, "ACL": {}}, master=True)
    recorder = recording(stored, "Game")

    answer = await stored.send(method, path.replace("{id}", game), body)

    assert answer.is_client_error
    assert recorder.told == []
    assert await stored.find("Game", {"score": 1}, master=True)


async def test_each_write_of_a_batch_is_told(stored: LocalApp) -> None:
    recorder = recording(stored, "Game")
    creates = [
        {"method": "POST", "path": "/parse/classes/Game", "body": {"n": n if n != 2 else "text"}}
        for n in range(5)
    ]
    answers = await stored.ok("POST", "/batch", {"requests": creates})
    ids = [answer["success"]["objectId"] for answer in answers if "success" in answer]
    assert [(before, after and after["n"]) for _, before, after in recorder.taken()] == [
        (None, n) for n in (0, 1, 3, 4)
    ]

    updates = [
        {"method": "PUT", "path": f"/parse/classes/Game/{game}", "body": {"m": 1}}
        for game in [*ids, "nothing"]
    ]
    await stored.ok("POST", "/batch", {"requests": updates})

    told = recorder.taken()
    assert sorted(str(after and after["objectId"]) for _, _, after in told) == sorted(ids)
    assert all(before and "m" not in before for _, before, _ in told)
    assert all(after and after["m"] == 1 for _, _, after in told)


async def test_updates_of_one_object_in_a_batch_are_told_in_their_order(stored: LocalApp) -> None:
    game = await stored.create("Game", {"log": []})
    recorder = recording(stored, "Game")
    updates = [
        {
            "method": "PUT",
            "path": f"/parse/classes/Game/{game}",
            "body": {"log": {"__op": "Add", "objects": [n]}},
        }
        for n in range(12)
    ]

    await stored.ok("POST", "/batch", {"requests": updates})

    assert [after and after["log"] for _, _, after in recorder.told] == [
        list(range(n + 1)) for n in range(12)
    ]


async def test_other_classes_cost_what_they_did(parse: LocalApp) -> None:
    recorder = recording(parse, "Published")
    game = await parse.create("Game", {"score": 1})
    parse.storage.taken_calls()

    await parse.create("Game", {"score": 1})
    await parse.ok("PUT", f"/classes/Game/{game}", {"score": 2})
    await parse.ok("DELETE", f"/classes/Game/{game}")

    assert parse.storage.taken_calls() == ["insert", "update", "delete"]
    assert recorder.told == []


async def test_a_published_class_costs_no_more_questions(parse: LocalApp) -> None:
    recording(parse, "Game")
    game = await parse.create("Game", {"score": 1})
    parse.storage.taken_calls()

    await parse.create("Game", {"score": 1})
    await parse.ok("PUT", f"/classes/Game/{game}", {"score": 2})
    await parse.ok("DELETE", f"/classes/Game/{game}")

    assert parse.storage.taken_calls() == ["insert", "update_from", "remove"]


async def test_a_write_that_cannot_be_told_is_done_all_the_same(
    parse: LocalApp, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = recording(parse, "Game")
    recorder.failure = ConnectionError("nobody there")
    caplog.set_level(logging.ERROR, "parsepy")

    game = await parse.create("Game", {"score": 1})
    await parse.ok("PUT", f"/classes/Game/{game}", {"score": 2})
    assert (await found(parse, game))["score"] == 2
    await parse.ok("DELETE", f"/classes/Game/{game}")

    assert len(caplog.records) == 3
    for record in caplog.records:
        assert re.fullmatch(r"a change of Game was not published \[[0-9a-f]{12}\]", record.message)


async def test_it_is_told_before_the_trigger_that_comes_after(parse: LocalApp) -> None:
    recorder = recording(parse, "Game")
    told_before: list[int] = []

    @parse.app.registry.after_save("Game")
    def after_save(request: TriggerRequest) -> None:
        told_before.append(len(recorder.told))
        request.object["list"].append("changed")
        request.object.set("text", "changed")

    @parse.app.registry.after_delete("Game")
    def after_delete(request: TriggerRequest) -> None:
        told_before.append(len(recorder.told))

    game = await parse.create("Game", {"list": [1], "text": "x"})
    await parse.ok("PUT", f"/classes/Game/{game}", {"text": "y"})
    await parse.ok("DELETE", f"/classes/Game/{game}")

    assert told_before == [1, 2, 3]
    assert [after and (after["list"], after["text"]) for _, _, after in recorder.told] == [
        ([1], "x"),
        ([1], "y"),
        None,
    ]


async def test_what_a_trigger_changes_before_a_save_is_told(parse: LocalApp) -> None:
    recorder = recording(parse, "Game")

    @parse.app.registry.before_save("Game")
    def before_save(request: TriggerRequest) -> None:
        request.object.set("stamp", "new")

    game = await parse.create("Game", {"a": 1})

    ((_, _, after),) = recorder.told
    assert after == await found(parse, game)
    assert after["stamp"] == "new"


async def test_protected_fields_do_not_narrow_what_is_told(parse: LocalApp) -> None:
    await parse.ok(
        "POST",
        "/schemas/Game",
        {
            "fields": {"secret": {"type": "String"}},
            "classLevelPermissions": {
                **{name: {"*": True} for name in ("create", "update", "get", "find")},
                "protectedFields": {"*": ["secret"]},
            },
        },
        master=True,
    )
    recorder = recording(parse, "Game")
    game = await parse.create("Game", {"secret": "s"})
    await parse.ok("PUT", f"/classes/Game/{game}", {"secret": "t"})

    (_, _, created), (_, before, after) = recorder.told
    assert [each and each["secret"] for each in (created, before, after)] == ["s", "s", "t"]


async def test_users_and_sessions_are_told_without_their_secrets(parse: LocalApp) -> None:
    recorder = recording(parse, "_User", "_Session")

    user = await parse.sign_up(nick="ann")
    session, signed_up = recorder.taken()
    await parse.ok("PUT", f"/users/{user.id}", {"nick": "bob"}, user=user)
    ((_, before, after),) = recorder.taken()

    assert [session[0], signed_up[0]] == ["_Session", "_User"]
    assert session[2] is not None
    assert signed_up[2] is not None
    assert set(session[2]) == {
        *("objectId", "createdAt", "updatedAt", "user", "createdWith", "expiresAt"),
    }
    assert set(signed_up[2]) == {
        *("objectId", "createdAt", "updatedAt", "ACL", "nick", "username"),
    }
    assert before == signed_up[2]
    assert after == {**before, "nick": "bob", "updatedAt": after and after["updatedAt"]}


async def test_a_log_in_is_no_new_user(parse: LocalApp) -> None:
    recorder = recording(parse, "_User")
    body = {"authData": {"anonymous": {"id": "a1"}}}
    await parse.ok("POST", "/users", body)
    assert len(recorder.taken()) == 1

    await parse.ok("POST", "/users", body)

    assert recorder.told == []


async def test_a_confirmed_address_is_told_as_a_change_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("parsepy.users.passwords.COST", 4)
    async with mailing_app(verifyUserEmails=True) as app:
        recorder = recording(app.parse, "_User")
        body = {"username": "ann", "password": "secret", "email": "ann@example.org"}
        await app.parse.ok("POST", "/users", body)
        post = await app.delivered()
        recorder.taken()

        verification = app.parse.app.parts.services.verification
        assert await verification.verify(app.parse.context(), token_of(post.verifications[0]))

    ((_, before, after),) = recorder.told
    assert before is not None
    assert after is not None
    assert (before["emailVerified"], after["emailVerified"]) == (False, True)
    assert not [name for name in (*before, *after) if name.startswith("_")]


async def test_a_purge_is_not_told(parse: LocalApp) -> None:
    await parse.create("Game", {"score": 1})
    recorder = recording(parse, "Game")

    await purge.purge(parse.context(Caller(is_master=True)), "Game")

    assert recorder.told == []
