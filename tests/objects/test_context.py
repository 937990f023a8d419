"""What the doors work with: who asks, looked up late and once, and what is kept per class."""

import gc
import weakref

import pytest

from parsepy.permissions.caller import Caller
from parsepy.schema.classes import ClassDefinition, ClassSchema, missing_class
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


async def test_somebody_without_user_is_anyone_and_needs_no_look_up(parse: LocalApp) -> None:
    assert await parse.context().group() == ("*",)
    assert parse.storage.taken_calls() == []


async def test_roles_are_looked_up_once_in_a_request(parse: LocalApp) -> None:
    user = await parse.sign_up()
    await parse.grant_role("admins", user)
    ctx = parse.context(Caller(user={"objectId": user.id}))
    parse.storage.taken_calls()

    groups = [await ctx.group() for _ in range(3)]

    assert groups == [("*", user.id, "role:admins")] * 3
    assert parse.storage.taken_calls() == ["role_names"]


async def test_a_request_as_master_is_nobody_in_particular(parse: LocalApp) -> None:
    ctx = parse.context(Caller(user={"objectId": "u1"}, session_token="r:1", installation_id="i"))

    master = ctx.as_master()

    assert master.caller == Caller(is_master=True)
    assert master.mount_url == ctx.mount_url
    assert ctx.caller.user_id == "u1"


def _class_hiding(name: str, *fields: str) -> ClassSchema:
    permissions: JSONObject = {"protectedFields": {"*": list(fields)}}
    return ClassSchema(ClassDefinition(name, permissions=permissions))


async def test_protected_fields_follow_the_class_s_permissions() -> None:
    async with local_app(protectedFields={"Game": {"*": ["secret"]}}) as parse:
        services = parse.app.parts.services.objects

        before = services.protected_in(_class_hiding("Game", "a"))
        after = services.protected_in(_class_hiding("Game", "b"))

    assert before == {"*": frozenset(("secret", "a"))}
    assert after == {"*": frozenset(("secret", "b"))}


async def test_protected_fields_are_merged_once_per_snapshot(parse: LocalApp) -> None:
    services = parse.app.parts.services.objects
    schema = _class_hiding("Game", "a")

    assert services.protected_in(schema) is services.protected_in(schema)


async def test_classes_that_do_not_exist_are_not_remembered(parse: LocalApp) -> None:
    """Or anybody could fill the memory with names."""
    schema = missing_class("Nothing")
    parse.app.parts.services.objects.protected_in(schema)
    kept = weakref.ref(schema)

    del schema
    gc.collect()

    assert kept() is None
