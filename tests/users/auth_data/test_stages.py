"""When which provider is asked, with what, and what becomes of its answer."""

from typing import Any

import pytest

from tests.support.local_app import LocalApp, User, local_app
from tests.users.auth_data.providers import REFUSED, WRONG_CODE, Badge, Staged

pytestmark = pytest.mark.anyio


async def _sign_up(parse: LocalApp, auth_data: object, **fields: object) -> User:
    answer = await parse.ok("POST", "/users", {"authData": auth_data, **fields})
    return User(answer["objectId"], answer["sessionToken"])


async def _stored(parse: LocalApp, user: User) -> Any:
    return (await parse.ok("GET", f"/users/{user.id}", master=True)).get("authData")


async def test_each_stage_has_its_hook() -> None:
    staged = Staged()
    async with local_app(auth={"staged": staged}) as parse:
        data = {"staged": {"id": "1"}}
        user = await _sign_up(parse, data)
        await parse.ok("POST", "/users", {"authData": data})
        await parse.ok("PUT", f"/users/{user.id}", {"authData": {"staged": {"id": "2"}}}, user=user)

    assert staged.hooks == ["validate_set_up", "validate_login", "validate_update"]
    set_up, log_in, update = (each.request for each in staged.asked)
    assert (set_up.original, set_up.user) == (None, None)
    assert set_up.object == {"authData": data}
    assert log_in.original is not None
    assert (log_in.user, log_in.original["objectId"]) == (None, user.id)
    assert update.user is not None
    assert update.object is not None
    assert update.object["objectId"] == update.user["objectId"] == user.id
    assert update.object["authData"] == {"staged": {"id": "2"}}
    assert [each.request.trigger_name for each in staged.asked] == [
        "validateSetUp",
        "validateLogin",
        "validateUpdate",
    ]


async def test_no_password_hash_or_token_reaches_a_provider() -> None:
    badge = Badge()
    async with local_app(auth={"badge": badge}) as parse:
        body = {"username": "ann", "password": "secret", "authData": {"badge": {"code": "open"}}}
        await parse.ok("POST", "/users", body)
        await parse.ok("POST", "/login", body)

    for asked in badge.asked:
        assert "secret" not in repr(asked.request)
        assert "_hashed_password" not in repr(asked.request)
        assert "r:" not in repr(asked.request.object)


async def test_what_a_provider_answers_is_saved_told_or_left_out() -> None:
    badge = Badge(answer={"save": {"id": "1", "kept": True}, "response": {"hello": "you"}})
    silent = Badge(answer={"doNotSave": True})
    async with local_app(auth={"badge": badge, "silent": silent}) as parse:
        body = {"authData": {"badge": {"code": "open"}, "silent": {"code": "open"}}}
        answer = await parse.ok("POST", "/users", body)
        user = User(answer["objectId"], answer["sessionToken"])

        assert answer["authDataResponse"] == {"badge": {"hello": "you"}}
        assert await _stored(parse, user) == {"badge": {"id": "1", "kept": True}}


async def test_an_empty_save_is_saved_and_no_save_is_what_was_sent() -> None:
    empty, none = Badge(answer={"save": {}}), Badge(answer={"save": None, "response": {"a": 1}})
    async with local_app(auth={"empty": empty, "none": none}) as parse:
        body = {"authData": {"empty": {"code": "open"}, "none": {"code": "open"}}}
        answer = await parse.ok("POST", "/users", body)
        user = User(answer["objectId"], answer["sessionToken"])
        stored = {"empty": {}, "none": {"code": "open"}}
        assert await _stored(parse, user) == stored
        (session,) = await parse.find("_Session", {}, master=True)
        assert session["createdWith"] == {"action": "login", "authProvider": "empty,none"}

        body = {"authData": {"empty": {"code": "open", "more": "1"}}}
        await parse.ok("PUT", f"/users/{user.id}", body, user=user)
        assert await _stored(parse, user) == stored


async def test_providers_are_asked_in_alphabetical_order_until_one_refuses() -> None:
    first, second, third = Badge(), Badge(code="other"), Badge()
    async with local_app(auth={"a": first, "b": second, "c": third}) as parse:
        body = {"authData": {name: {"code": "open"} for name in ("c", "b", "a")}}
        answer = await parse.send("POST", "/users", body)

        assert answer.json() == {"code": REFUSED, "error": WRONG_CODE}
        assert await parse.find("_User", {}, master=True) == []
    assert [len(each.asked) for each in (first, second, third)] == [1, 1, 0]


async def test_one_proven_identity_does_not_carry_another_into_the_account() -> None:
    async with local_app(auth={"a": Badge(), "b": Badge()}) as parse:
        await _sign_up(parse, {"a": {"id": "1", "code": "open"}})

        answer = await parse.send(
            "POST",
            "/users",
            {"authData": {"a": {"id": "1", "code": "open"}, "b": {"id": "2", "code": "wrong"}}},
        )

        assert answer.json()["code"] == REFUSED
        assert len(await parse.find("_User", {}, master=True)) == 1


async def test_being_found_by_id_is_not_being_verified() -> None:
    async with local_app(auth={"a": Badge()}) as parse:
        await _sign_up(parse, {"a": {"id": "1", "code": "open"}})

        for partial in ({"id": "1"}, {"id": "1", "code": "wrong"}):
            answer = await parse.send("POST", "/users", {"authData": {"a": partial}})
            assert answer.json()["code"] == REFUSED


async def test_an_echo_by_its_owner_is_not_asked_about_and_loses_nothing() -> None:
    badge = Badge()
    async with local_app(auth={"badge": badge}) as parse:
        user = await _sign_up(parse, {"badge": {"id": "1", "code": "open", "x": 1}})
        badge.code = "changed"
        await parse.ok("PUT", f"/users/{user.id}", {"authData": {"badge": {"id": "1"}}}, user=user)
        await parse.ok(
            "PUT", f"/users/{user.id}", {"authData": {"badge": {"id": "1", "x": 1}}}, master=True
        )

        assert await _stored(parse, user) == {"badge": {"id": "1", "code": "open", "x": 1}}
        refused = await parse.send(
            "PUT", f"/users/{user.id}", {"authData": {"badge": {"id": "2", "x": 1}}}, user=user
        )
        assert refused.json()["code"] == REFUSED
    assert len(badge.asked) == 2


async def test_nobody_changes_the_identities_of_another() -> None:
    badge = Badge()
    async with local_app(auth={"badge": badge}) as parse:
        eve, ann = await parse.sign_up(), await parse.sign_up(ACL={"*": {"write": True}})

        answer = await parse.send(
            "PUT", f"/users/{ann.id}", {"authData": {"badge": {"code": "open"}}}, user=eve
        )

        assert answer.json()["code"] == 206
    assert badge.asked == []


async def test_a_log_in_by_password_links_further_providers() -> None:
    async with local_app(auth={"badge": Badge(answer={"response": "hi"})}) as parse:
        body = {"username": "ann", "password": "secret"}
        ann = await parse.ok("POST", "/users", body)

        refused = await parse.send(
            "POST", "/login", {**body, "authData": {"badge": {"id": "1", "code": "x"}}}
        )
        answer = await parse.ok(
            "POST", "/login", {**body, "authData": {"badge": {"id": "1", "code": "open"}}}
        )

        assert refused.json()["code"] == REFUSED
        assert answer["authData"] == {"badge": {"id": "1", "code": "open"}}
        assert answer["authDataResponse"] == {"badge": "hi"}
        again = await parse.ok("POST", "/users", {"authData": answer["authData"]})
        assert again["objectId"] == ann["objectId"]


async def test_a_log_in_by_password_takes_no_identity_of_another() -> None:
    async with local_app(auth={"badge": Badge()}) as parse:
        await _sign_up(parse, {"badge": {"id": "1", "code": "open"}})
        body = {"username": "ann", "password": "secret"}
        await parse.ok("POST", "/users", body)

        proven = await parse.send(
            "POST", "/login", {**body, "authData": {"badge": {"id": "1", "code": "open"}}}
        )
        unproven = await parse.send(
            "POST", "/login", {**body, "authData": {"badge": {"id": "1", "code": "wrong"}}}
        )

        assert (proven.json()["code"], unproven.json()["code"]) == (208, REFUSED)


async def test_options_and_app_ids_are_the_providers_own() -> None:
    class Checking(Badge):
        async def validate_app_id(
            self, app_ids: Any, data: Any, options: Any, request: Any
        ) -> None:
            assert (app_ids, options["more"]) == (["one"], 5)

    configured = {"module": Checking(), "appIds": ["one"], "more": 5}
    async with local_app(auth={"badge": configured}) as parse:
        await _sign_up(parse, {"badge": {"id": "1", "code": "open"}})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("not today"), {"code": 141, "error": "not today"}),
        (ValueError(), {"code": 141, "error": "Auth failed. Unknown error."}),
    ],
)
async def test_what_a_provider_raises_is_for_the_client(
    error: Exception, expected: dict[str, object]
) -> None:
    def validate(data: Any, options: Any, request: Any) -> None:
        raise error

    async with local_app(auth={"own": {"validate_auth_data": validate}}) as parse:
        answer = await parse.send("POST", "/users", {"authData": {"own": {"id": "1"}}})

    assert answer.json() == expected


async def test_an_adapter_with_half_of_the_hooks_is_told_so() -> None:
    class Half:
        def validate_login(self, *_: Any) -> None: ...

    async with local_app(auth={"half": Half()}) as parse:
        answer = await parse.send("POST", "/users", {"authData": {"half": {"id": "1"}}})

    assert answer.json()["code"] == -1
    assert answer.json()["error"].startswith("Adapter is not configured.")
