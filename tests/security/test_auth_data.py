"""Identities that providers vouch for: what counts as one, and that one is one user."""

import asyncio

import pytest

from tests.security.doors import DOORS, HEADERS, Door, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

NO_CREDENTIALS: list[object] = [
    *({}, None, [], "", False, 0, {"__op": "Delete"}),
    *({"anonymous": None}, {"anonymous": {}}, {"anonymous": ""}, {"anonymous": []}),
    *({"anonymous": False}, {"anonymous": None, "facebook": {}}),
]
NO_IDS: list[object] = [
    *({"$ne": None}, {"$regex": "."}, {"$exists": True}, ["mine"], [], True, 1, 0, "", None, {}),
]
UNKNOWN_PROVIDERS = [
    *(
        "unheardof",
        "a.b",
        "$where",
        "__class__",
        "__proto__",
        "anonymous.id",
        "",
        "a b",
        "Anonymous",
    ),
]
MALFORMED = ["a.b", "$where", "__class__", "_x", "anonymous.id", "", "a b", "\u00e9", "1a"]


@pytest.mark.parametrize("auth_data", NO_CREDENTIALS, ids=str)
async def test_rule_empty_auth_data_is_no_credential(
    app: LocalApp, door: Door, auth_data: object
) -> None:
    reply = await door.ask(app, "POST", "/users", {"authData": auth_data})

    assert reply.code in (111, 200, 252)
    assert await rows_of(app, "_User") == []


async def test_rule_the_id_of_a_provider_is_a_string_that_is_not_empty(
    app: LocalApp, door: Door
) -> None:
    victim = await app.ok("POST", "/users", {"authData": {"anonymous": {"id": "mine"}}})
    eve = await app.sign_up()
    before = await rows_of(app, "_User")
    for identity in NO_IDS:
        auth_data = {"anonymous": {"id": identity}}
        reply = await door.ask(app, "POST", "/users", {"authData": auth_data})
        assert reply.code in (162, 252), identity
        assert victim["objectId"] not in reply.text
        path = f"/users/{eve.id}"
        linked = await door.ask(app, "PUT", path, {"authData": auth_data}, who=session(eve))
        assert linked.code in (162, 252), identity
    assert await rows_of(app, "_User") == before


async def test_rule_unknown_providers_are_refused_before_any_query(
    app: LocalApp, door: Door
) -> None:
    eve = await app.sign_up()
    await HEADERS.ask(app, "GET", "/users/me", who=session(eve))
    before = await rows_of(app, "_User")
    for name in UNKNOWN_PROVIDERS:
        app.storage.taken_calls()
        body = {"authData": {name: {"id": "1"}}}
        assert (await door.ask(app, "POST", "/users", body)).code == 252, name
        assert (await door.ask(app, "PUT", f"/users/{eve.id}", body, who=session(eve))).code == 252
        assert not {"find", "get", "count"} & set(app.storage.taken_calls()), name
    for name in MALFORMED:
        unlinked = {"authData": {name: None}}
        path = f"/users/{eve.id}"
        assert (await door.ask(app, "PUT", path, unlinked, who=session(eve))).code == 252, name
        assert not {"find", "get", "update"} & set(app.storage.taken_calls()), name
    assert await rows_of(app, "_User") == before


async def test_rule_every_provider_in_the_request_is_verified(app: LocalApp, door: Door) -> None:
    await app.ok("POST", "/users", {"authData": {"anonymous": {"id": "known"}}})
    before = await rows_of(app, "_User")
    for other in ({"facebook": {"id": "1"}}, {"": {"id": "1"}}, {"x": {"token": 1}}):
        body = {"authData": {"anonymous": {"id": "known"}, **other}}
        assert not (await door.ask(app, "POST", "/users", body)).ok
    assert await rows_of(app, "_User") == before


async def test_rule_auth_data_is_written_as_whole_provider_objects(
    app: LocalApp, door: Door
) -> None:
    eve = await app.sign_up()
    before = await rows_of(app, "_User")
    for body in (
        {"authData.anonymous": {"id": "victim"}},
        {"authData.anonymous.id": "victim"},
        {"authData.anonymous.id": {"__op": "Delete"}},
        {"authData.": 1},
        {"_auth_data_anonymous": {"id": "victim"}},
        {"_auth_data_anonymous.id": "victim"},
        {"authData": {"__op": "Delete"}},
        {"authData": {"__op": "Increment", "amount": 1}},
    ):
        reply = await door.ask(app, "PUT", f"/users/{eve.id}", body, who=session(eve))
        assert reply.code in (105, 252), body
        account = {"username": "x", "password": "y", **body}
        assert (await door.ask(app, "POST", "/users", account)).code in (105, 252), body
    assert await rows_of(app, "_User") == before


async def test_rule_an_identity_of_another_user_is_refused(app: LocalApp, door: Door) -> None:
    await app.ok("POST", "/users", {"authData": {"anonymous": {"id": "victim"}}})
    eve = await app.sign_up()
    before = await rows_of(app, "_User")
    body = {"authData": {"anonymous": {"id": "victim"}}}

    linked = await door.ask(app, "PUT", f"/users/{eve.id}", body, who=session(eve))
    signed_up = await door.ask(app, "POST", "/users", body, who=session(eve))

    assert (linked.code, signed_up.code) == (208, 208)
    assert await rows_of(app, "_User") == before


async def test_rule_concurrent_sign_ups_of_one_identity_end_in_one_user(stored: LocalApp) -> None:
    body = {"authData": {"anonymous": {"id": "mine"}}}

    replies = await asyncio.gather(*(door.ask(stored, "POST", "/users", body) for door in DOORS))

    assert len(await rows_of(stored, "_User")) == 1
    assert all(reply.ok or reply.code == 208 for reply in replies)


@pytest.mark.parametrize("field", ["username", "email"])
async def test_rule_concurrent_sign_ups_of_one_name_end_in_one_user(
    stored: LocalApp, field: str
) -> None:
    def account(place: int) -> dict[str, object]:
        return {"username": f"user{place}", "password": "x", field: "one@parse.test"}

    replies = await asyncio.gather(
        *(door.ask(stored, "POST", "/users", account(place)) for place, door in enumerate(DOORS))
    )

    assert len(await rows_of(stored, "_User")) == 1
    refused = [reply for reply in replies if not reply.ok]
    assert {reply.code for reply in refused} == {202 if field == "username" else 203}
