"""Second proofs: used up whichever way they come, and told by no way to ask."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from parsepy.cloud import Object, TriggerRequest
from parsepy.types import JSONValue
from tests.auth.mfa.app import MfaApp, error, mfa_app
from tests.auth.mfa.enrolment import MOBILE, SECRET
from tests.security.doors import NOBODY, Door, session
from tests.support.answering_server import answering_server
from tests.support.local_app import URL, User
from tests.support.postbox import Postbox
from tests.users.auth_data.providers import Badge

pytestmark = pytest.mark.anyio

AT_ONCE = 10
BADGE = {"id": "1", "code": "open"}
REFUSALS = {(141, "Invalid auth data"), (141, "Invalid MFA token"), (141, "Invalid MFA token 1")}
HEARD = {
    *("afterSave", "beforeDelete", "beforeFind", "afterFind", "beforeLogin"),
    "beforePasswordResetRequest",
}
INSIDE = (
    *("authData.mfa.secret", "authData.mfa", "authData", "authData.mfa.recovery"),
    *("_auth_data_mfa.secret", "_auth_data_mfa"),
)


@pytest.mark.parametrize("proof", ["app", "recovery", "message"])
async def test_rule_one_code_opens_one_of_ten_log_ins_by_a_provider(
    database_uri: str, proof: str
) -> None:
    async with mfa_app(auth={"badge": Badge()}, databaseURI=database_uri) as app:
        token = await _spendable(app, proof)
        before = await app.sessions()
        body = {"authData": {"badge": BADGE, "mfa": {"token": token}}}

        answers = await asyncio.gather(
            *(app.parse.send("POST", "/users", body) for _ in range(AT_ONCE))
        )

        assert sum(answer.is_success for answer in answers) == 1
        assert {error(each) for each in answers if not each.is_success} <= REFUSALS
        assert await app.sessions() == before + 1
        assert error(await app.parse.send("POST", "/users", body)) in REFUSALS
        # By the other way it is spent too.
        assert error(await app.log_in(token)) in REFUSALS


async def _spendable(app: MfaApp, proof: str) -> str:
    """A code that opens one log-in of the app's user, who has a badge too."""
    user, codes = (await app.with_number(), []) if proof == "message" else await app.enrolled()
    linked = await app.parse.send(
        "PUT", f"/users/{user.id}", {"authData": {"badge": BADGE}}, user=user
    )
    assert linked.is_success
    if proof != "message":
        return app.code() if proof == "app" else codes[0]
    await app.log_in("request")
    return app.phone.code


@pytest.mark.parametrize("wrapped", [int, lambda code: [code], lambda code: {"$eq": code}])
async def test_rule_a_right_code_is_none_unless_it_is_a_text(
    wrapped: Callable[[str], JSONValue],
) -> None:
    async with mfa_app() as app:
        assert app.code()[0] != "0"
        user = await app.sign_up()
        enrolling = {"secret": SECRET, "token": wrapped(app.code())}
        assert error(await app.change(user, enrolling)) == (141, "Invalid MFA token")
        assert (await app.change(user, {"secret": SECRET, "token": app.code()})).is_success
        before = await app.stored()

        assert error(await app.log_in(wrapped(app.code()))) == (141, "Invalid MFA token")
        removing: dict[str, JSONValue] = {"old": wrapped(app.code())}
        assert error(await app.change(user, removing)) == (141, "Invalid MFA token")
        assert await app.stored() == before
        assert (await app.log_in(app.code())).is_success


@pytest.mark.parametrize("wrapped", [int, lambda code: [code], lambda code: {"$eq": code}])
async def test_rule_a_right_code_of_a_message_is_none_unless_it_is_a_text(
    wrapped: Callable[[str], JSONValue],
) -> None:
    async with mfa_app() as app:
        user = await app.sign_up()
        await app.change(user, {"mobile": MOBILE})
        confirming = {"mobile": MOBILE, "token": wrapped(app.phone.code)}
        assert error(await app.change(user, confirming)) == (141, "Invalid MFA token")
        confirming["token"] = app.phone.code
        assert (await app.change(user, confirming)).is_success

        await app.log_in("request")
        assert error(await app.log_in(wrapped(app.phone.code))) == (141, "Invalid MFA token 1")
        assert (await app.log_in(app.phone.code)).is_success


async def test_rule_nothing_of_it_is_selected_by_a_find(door: Door) -> None:
    async with mfa_app(enforcePrivateUsers=False) as app:
        user, _ = await app.enrolled()
        for key in INSIDE:
            for who in (session(user), NOBODY):
                for selection in ({"keys": key}, {"keys": f"username,{key}"}, {"include": key}):
                    for path in ("/users", f"/users/{user.id}"):
                        reply = await door.ask(app.parse, "GET", path, selection, who=who)
                        assert SECRET not in reply.text, selection
                        assert "sha256:" not in reply.text, selection


@pytest.mark.parametrize("pick", INSIDE)
async def test_rule_nothing_of_it_is_selected_by_a_sub_query(pick: str, transport: Door) -> None:
    """Neither to be shown nor to be compared, not even for its owner."""
    async with mfa_app(enforcePrivateUsers=False) as app:
        user, _ = await app.enrolled()
        stored = await app.stored()
        assert stored is not None
        await app.parse.create("Guess", {"text": SECRET})
        shown = {"text": {"type": "Array"}}
        await app.parse.ok("POST", "/schemas/Listed", {"fields": shown}, master=True)
        await app.parse.create("Listed", {"text": stored["recovery"]})
        for class_name in ("Guess", "Listed"):
            assert await _told(app, transport, user, class_name, pick) == set(), class_name


async def _told(app: MfaApp, transport: Door, user: User, class_name: str, pick: str) -> set[str]:
    """By which operators a guess is told to be right."""
    query = {"className": "_User", "where": {}}
    told: set[str] = set()
    for who in (session(user), NOBODY):
        for operator, when_wrong in (("$select", 0), ("$dontSelect", 1)):
            where: dict[str, Any] = {"text": {operator: {"query": query, "key": pick}}}
            asked = {"where": where}
            reply = await transport.ask(app.parse, "GET", f"/classes/{class_name}", asked, who=who)
            if reply.ok and len(reply.value["results"]) != when_wrong:
                told.add(operator)
    return told


async def test_rule_triggers_and_webhooks_see_nothing_of_it() -> None:
    """Neither of a user who is saved, nor of the caller: what they get may leave the server."""
    seen: list[object] = []
    mails: dict[str, Any] = {"appName": "App", "emailAdapter": Postbox()}
    async with mfa_app(publicServerURL=URL, **mails) as app:
        user, codes = await app.enrolled()
        registry = app.parse.app.registry

        @registry.before_save("_User")
        def before(request: TriggerRequest) -> None:
            seen.extend((request.object.to_json(), request.original, request.user))

        @registry.after_delete("_User")
        def after(request: TriggerRequest) -> None:
            seen.extend((request.object.to_json(), request.user))

        with answering_server({}) as hook:
            for name in HEARD:
                body = {"className": "_User", "triggerName": name, "url": hook.url}
                await app.parse.ok("POST", "/hooks/triggers", body, master=True)
            address = {"email": "ann@parse.test"}
            await app.parse.ok("PUT", f"/users/{user.id}", address, user=user)
            await app.parse.ok("PUT", f"/users/{user.id}", {"n": 2}, master=True)
            await app.parse.ok("POST", "/requestPasswordReset", address)
            await app.parse.find("_User", {}, user=user)
            assert (await app.log_in(codes[0])).is_success
            await app.parse.ok("DELETE", f"/users/{user.id}", user=user)
            asked = [body for _, body in hook.asked]

    assert {body["triggerName"] for body in asked} == HEARD
    shown = [one.to_json() if isinstance(one, Object) else one for one in seen]
    for text in (str(shown), str(asked)):
        assert "enabled" in text
        for secret in (SECRET, "sha256:", "recovery", "usedUntil", "$2b$", "_hashed_password"):
            assert secret not in text
