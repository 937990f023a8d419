"""The door that objects leave by."""

import asyncio

import pytest

from parsepy.objects import delete
from tests.permissions.callers import CALLERS
from tests.support.local_app import LocalApp
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio


async def test_an_object_that_is_not_his_is_as_one_that_is_not_there(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    acl = {"*": {"read": True}, ann.id: {"write": True}}
    game = await parse.create("Game", {"a": 1, "ACL": acl})

    refused = [
        (await parse.send("DELETE", f"/classes/Game/{each}", user=bob)).json()
        for each in (game, "nothing")
    ]

    assert refused == [{"code": 101, "error": "Object not found."}] * 2
    assert len(await parse.find("Game", {})) == 1
    await parse.ok("DELETE", f"/classes/Game/{game}", user=ann)
    assert await parse.find("Game", {}) == []


async def test_an_object_is_deleted_once(parse: LocalApp) -> None:
    game = await parse.create("Game", {"a": 1})

    answers = await asyncio.gather(
        *(parse.send("DELETE", f"/classes/Game/{game}") for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]


async def test_a_class_permission_guards_deletes(parse: LocalApp) -> None:
    game = await parse.create("Game", {"a": 1})
    clp = {"find": {"*": True}, "update": {"*": True}}
    await parse.ok("PUT", "/schemas/Game", {"classLevelPermissions": clp}, master=True)

    refused = await parse.send("DELETE", f"/classes/Game/{game}")

    assert refused.json()["code"] == 119
    assert len(await parse.find("Game", {})) == 1


async def test_the_read_only_key_deletes_nothing(parse: LocalApp) -> None:
    game = await parse.create("Game", {"a": 1})

    error = await awaited_refusal(delete.delete(parse.context(CALLERS["read-only"]), "Game", game))

    assert error is not None
    assert error.message == "read-only masterKey isn't allowed to perform the delete operation."
    assert len(await parse.find("Game", {})) == 1


@pytest.mark.parametrize("name", ["system.users", "_SCHEMA", "1a", "$cmd", "_Join:a"])
async def test_a_name_that_is_no_class_never_reaches_the_store(parse: LocalApp, name: str) -> None:
    parse.storage.taken_calls()

    error = await awaited_refusal(delete.delete(parse.context(CALLERS["master"]), name, "x"))

    assert error is not None
    assert error.code == 101
    assert set(parse.storage.taken_calls()) <= {"load_classes"}


async def test_a_class_is_not_made_by_deleting_from_it(parse: LocalApp) -> None:
    await parse.send("DELETE", "/classes/Fresh/x", master=True)

    assert not (await parse.app.parts.schemas.get("Fresh")).exists
