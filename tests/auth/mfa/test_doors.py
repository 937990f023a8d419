"""Secrets, codes and numbers leave by no door."""

from typing import Any

import pytest

from tests.auth.mfa.app import NAME, MfaApp, mfa_app
from tests.auth.mfa.enrolment import MOBILE, SECRET
from tests.support.local_app import User

pytestmark = pytest.mark.anyio

Request = tuple[str, str, Any]


async def _answers(app: MfaApp, user: User, note: str, token: str) -> dict[str, str]:
    """What every door says that may show a user, to himself and to others, by name."""
    where = {"username": "ann"}
    requests: list[Request] = [
        ("GET", "/users/me", None),
        ("GET", f"/users/{user.id}", None),
        ("GET", f"/users/{user.id}?keys=authData", None),
        ("GET", f"/users/{user.id}?keys=authData.mfa.secret,_auth_data_mfa", None),
        ("GET", f"/users/{user.id}?excludeKeys=username", None),
        ("GET", f"/classes/_User/{user.id}", None),
        ("POST", "/users", {"_method": "GET", "where": where}),
        ("POST", "/users", {"_method": "GET", "where": where, "keys": "authData"}),
        ("POST", "/classes/_User", {"_method": "GET", "where": where, "limit": 1}),
        ("POST", "/classes/_User", {"_method": "GET", "where": {}, "redirectClassNameForKey": "x"}),
        ("GET", f"/classes/Note/{note}?include=of", None),
        ("GET", f"/classes/Note/{note}?includeAll=true", None),
        ("POST", "/classes/Note", {"_method": "GET", "include": "of,of.authData"}),
        ("GET", "/sessions/me?include=user", None),
        ("GET", "/sessions?include=user", None),
        ("POST", "/verifyPassword", NAME),
        ("POST", "/login", {**NAME, "authData": {"mfa": {"token": token}}}),
        ("PUT", f"/users/{user.id}", {"score": 1}),
        ("PUT", f"/users/{user.id}", {"authData": {"mfa": {"status": "enabled"}}}),
        ("PUT", f"/users/{user.id}", {"authData": {"anonymous": {"id": "x"}}}),
        ("POST", "/users", {"authData": {"anonymous": {"id": "x"}, "mfa": {"token": token}}}),
        ("POST", "/challenge", {**NAME, "challengeData": {"mfa": {}}}),
        ("POST", "/functions/user", {}),
        ("POST", "/batch", {"requests": [{"method": "GET", "path": "/parse/users/me"}]}),
        ("POST", "/upgradeToRevocableSession", {}),
    ]
    answers: dict[str, str] = {}
    for reader in (user, await app.parse.sign_up(), None):
        for method, path, body in requests:
            answer = await app.parse.send(method, path, body, user=reader)
            answers[f"{method} {path} {body} by {reader}"] = answer.text
    return answers


@pytest.mark.parametrize("enrolled_with", ["app", "number"])
async def test_nothing_secret_is_in_any_answer(database_uri: str, enrolled_with: str) -> None:
    async with mfa_app(databaseURI=database_uri, enforcePrivateUsers=False) as app:
        if enrolled_with == "app":
            user, codes = await app.enrolled()
            token = codes[0]
        else:
            user = await app.with_number()
            await app.log_in("request")
            token = app.phone.code
        pointer = {"__type": "Pointer", "className": "_User", "objectId": user.id}
        note = await app.parse.create("Note", {"of": pointer}, user=user)
        stored = str(await app.stored())

        answers = await _answers(app, user, note, token)

        secrets = {SECRET, MOBILE, "recovery", "sha256:", "scrypt:", "pending", "usedUntil"}
        assert [
            name for name, text in answers.items() if any(each in text for each in secrets)
        ] == []
        shown = [text for text in answers.values() if '"status":"enabled"' in text]
        assert len(shown) >= 10
        assert any(each in stored for each in (SECRET, MOBILE))


async def test_the_enrolment_tells_the_recovery_codes_and_no_more() -> None:
    async with mfa_app() as app:
        user = await app.sign_up()

        answer = await app.change(user, {"secret": SECRET, "token": app.code()})

        assert set(answer.json()) == {"updatedAt", "authDataResponse"}
        assert set(answer.json()["authDataResponse"]["mfa"]) == {"recovery"}


async def test_a_sign_up_with_an_app_tells_the_recovery_codes_and_no_more() -> None:
    async with mfa_app() as app:
        body = {**NAME, "authData": {"mfa": {"secret": SECRET, "token": app.code()}}}

        answer = await app.parse.ok("POST", "/users", body)

        assert set(answer["authDataResponse"]["mfa"]) == {"recovery"}
        assert SECRET not in str(answer)
        assert "sha256:" not in str(answer)


@pytest.mark.parametrize("pick", ["authData.mfa.secret", "authData.mfa", "_auth_data_mfa.secret"])
async def test_no_condition_or_order_reaches_into_it(pick: str) -> None:
    async with mfa_app(enforcePrivateUsers=False) as app:
        user, _ = await app.enrolled()
        conditions: list[Any] = [
            {pick: SECRET},
            {pick: {"$regex": "^J"}},
            {pick: {"$exists": True}},
            {"$or": [{pick: {"$ne": SECRET}}]},
        ]

        for reader in (user, None):
            for where in conditions:
                body = {"_method": "GET", "where": where}
                answer = await app.parse.send("POST", "/users", body, user=reader)
                assert answer.json()["code"] == 105
            for path in (f"/users?order={pick}", f"/users?order=-{pick}"):
                answer = await app.parse.send("GET", path, user=reader)
                assert answer.json()["code"] == 105


async def test_what_cloud_code_logs_of_a_request_is_what_clients_see() -> None:
    """The user of a request, as triggers and functions get him, is read with his own rights."""
    async with mfa_app() as app:
        user, _ = await app.enrolled()
        me = await app.parse.ok("GET", "/users/me", user=user)

        assert me["authData"] == {"mfa": {"status": "enabled"}}
