"""Roles: remembered for a while, and any change of them noticed by the next request."""

import asyncio
from collections.abc import Collection

import pytest

from parsepy.permissions.caller import Caller
from tests.support.local_app import LocalApp, User

pytestmark = pytest.mark.anyio


async def _sees(parse: LocalApp, user: User, secret: str) -> bool:
    return (await parse.send("GET", f"/classes/Secret/{secret}", user=user)).is_success


async def _secret_of(parse: LocalApp, role: str) -> str:
    acl = {f"role:{role}": {"read": True}}
    return await parse.create("Secret", {"text": "x", "ACL": acl}, master=True)


def _member(user: User, operation: str) -> dict[str, object]:
    pointer = {"__type": "Pointer", "className": "_User", "objectId": user.id}
    return {"users": {"__op": operation, "objects": [pointer]}}


async def test_a_change_of_roles_is_seen_by_the_next_request(parse: LocalApp) -> None:
    user = await parse.sign_up()
    role = await parse.grant_role("admins")
    secret = await _secret_of(parse, "admins")
    seen = [await _sees(parse, user, secret)]

    for operation in ("AddRelation", "RemoveRelation", "AddRelation"):
        await parse.ok("PUT", f"/roles/{role}", _member(user, operation), master=True)
        seen.append(await _sees(parse, user, secret))
    await parse.ok("DELETE", f"/roles/{role}", master=True)
    seen.append(await _sees(parse, user, secret))

    assert seen == [False, True, False, True, False]


async def test_a_new_role_is_seen_by_the_next_request(parse: LocalApp) -> None:
    user = await parse.sign_up()
    secret = await _secret_of(parse, "admins")
    assert not await _sees(parse, user, secret)

    await parse.grant_role("admins", user)

    assert await _sees(parse, user, secret)


async def test_a_role_inside_a_role_is_seen_by_the_next_request(parse: LocalApp) -> None:
    user = await parse.sign_up()
    child = await parse.grant_role("children", user)
    parent = await parse.grant_role("parents")
    secret = await _secret_of(parse, "parents")
    assert not await _sees(parse, user, secret)

    pointer = {"__type": "Pointer", "className": "_Role", "objectId": child}
    body = {"roles": {"__op": "AddRelation", "objects": [pointer]}}
    await parse.ok("PUT", f"/roles/{parent}", body, master=True)

    assert await _sees(parse, user, secret)


async def test_a_look_up_under_way_does_not_revive_a_lost_role(parse: LocalApp) -> None:
    user = await parse.sign_up()
    role = await parse.grant_role("admins", user)
    secret = await _secret_of(parse, "admins")
    held = parse.storage.hold_next("role_names")
    slow = asyncio.create_task(_sees(parse, user, secret))
    await held.reached.wait()

    await parse.ok("PUT", f"/roles/{role}", _member(user, "RemoveRelation"), master=True)
    held.release()
    await slow

    assert not await _sees(parse, user, secret)


async def test_roles_are_looked_up_once_while_they_are_remembered(parse: LocalApp) -> None:
    user = await parse.sign_up()
    await parse.grant_role("admins", user)
    contexts = [parse.context(Caller(user={"objectId": user.id})) for _ in range(3)]
    parse.storage.taken_calls()

    groups = [await ctx.group() for ctx in contexts]

    assert groups == [("*", user.id, "role:admins")] * 3
    assert parse.storage.taken_calls() == ["role_names"]


async def test_what_is_remembered_of_one_user_is_not_another_s(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    await parse.grant_role("admins", ann)
    secret = await _secret_of(parse, "admins")

    seen = await asyncio.gather(*(_sees(parse, user, secret) for user in (ann, bob) * 10))

    assert seen == [True, False] * 10


async def test_servers_with_caches_of_their_own_are_told_whose_roles_have_changed(
    parse: LocalApp,
) -> None:
    told: list[list[str]] = []

    async def tell(user_ids: Collection[str]) -> None:
        told.append(sorted(user_ids))

    parse.app.parts.roles.tell_others = tell
    ann, bob = await parse.sign_up(), await parse.sign_up()

    role = await parse.grant_role("admins", ann)
    await parse.ok("PUT", f"/roles/{role}", {"ACL": {}}, master=True)
    await parse.ok("PUT", f"/roles/{role}", _member(bob, "AddRelation"), master=True)
    await parse.ok("PUT", f"/roles/{role}", _member(ann, "RemoveRelation"), master=True)
    await parse.ok("DELETE", f"/roles/{role}", master=True)

    assert told == [[ann.id], [bob.id], [ann.id], [bob.id]]


async def test_a_change_of_roles_that_is_not_kept_is_not_told(parse: LocalApp) -> None:
    told: list[Collection[str]] = []

    async def tell(user_ids: Collection[str]) -> None:
        told.append(user_ids)

    user = await parse.sign_up()
    role = await parse.grant_role("admins")
    parse.app.parts.roles.tell_others = tell
    requests = [
        {"method": "PUT", "path": f"/parse/roles/{role}", "body": _member(user, "AddRelation")},
        {"method": "PUT", "path": "/parse/classes/Game/nothing", "body": {"a": 1}},
    ]

    for count in (2, 1):
        batch = {"requests": requests[:count], "transaction": True}
        await parse.send("POST", "/batch", batch, master=True)

    assert told == [(user.id,)]
