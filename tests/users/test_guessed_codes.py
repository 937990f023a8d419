"""Second proofs and lockout: who has the password must not be able to try codes without end."""

from typing import Any

import pytest

from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

BODY = {"username": "ann", "password": "secret"}
LOCKOUT = {"threshold": 2, "duration": 1}
LOCKED = "Your account is locked"


class Code:
    """Comes on top of a password."""

    policy = "additional"

    async def validate_auth_data(self, data: Any, options: Any, request: Any) -> None:
        if data.get("code") != "right":
            raise ParseError(141, "Wrong code")


async def _log_in(parse: LocalApp, code: str | None, password: str = "secret") -> str:
    auth_data = {} if code is None else {"authData": {"code": {"id": "1", "code": code}}}
    answer = await parse.send("POST", "/login", {**BODY, "password": password, **auth_data})
    return "in" if answer.is_success else str(answer.json()["error"])


async def test_wrong_codes_lock_the_account_and_the_right_password_alone_resets_nothing() -> None:
    async with local_app(auth={"code": Code()}, accountLockout=LOCKOUT) as parse:
        await parse.ok(
            "POST", "/users", {**BODY, "authData": {"code": {"id": "1", "code": "right"}}}
        )

        assert await _log_in(parse, "wrong") == "Wrong code"
        assert await _log_in(parse, None) == "Missing additional authData code"
        assert await _log_in(parse, "wrong") == "Wrong code"
        assert (await _log_in(parse, "right")).startswith(LOCKED)
        assert (await _log_in(parse, None)).startswith(LOCKED)


async def test_a_whole_log_in_sets_the_count_back() -> None:
    async with local_app(auth={"code": Code()}, accountLockout=LOCKOUT) as parse:
        await parse.ok(
            "POST", "/users", {**BODY, "authData": {"code": {"id": "1", "code": "right"}}}
        )

        for _ in range(3):
            assert await _log_in(parse, "wrong") == "Wrong code"
            assert await _log_in(parse, "right") == "in"
            assert (await _log_in(parse, None, "wrong")).startswith("Invalid username")
            assert await _log_in(parse, "right") == "in"


@pytest.mark.parametrize(
    ("path", "more"), [("/verifyPassword", {}), ("/challenge", {"challengeData": {}})]
)
async def test_the_password_alone_sets_nothing_back_by_any_route(
    path: str, more: dict[str, Any]
) -> None:
    async with local_app(auth={"code": Code()}, accountLockout=LOCKOUT) as parse:
        await parse.ok(
            "POST", "/users", {**BODY, "authData": {"code": {"id": "1", "code": "right"}}}
        )

        assert await _log_in(parse, "wrong") == "Wrong code"
        await parse.ok("POST", path, {**BODY, **more})
        assert await _log_in(parse, "wrong") == "Wrong code"

        refused = await parse.send("POST", path, {**BODY, **more})
        assert refused.json()["error"].startswith(LOCKED)


async def test_where_a_password_is_all_it_sets_the_count_back() -> None:
    async with local_app(accountLockout=LOCKOUT) as parse:
        await parse.ok("POST", "/users", BODY)

        for _ in range(3):
            assert (await _log_in(parse, None, "wrong")).startswith("Invalid username")
            await parse.ok("POST", "/verifyPassword", BODY)
