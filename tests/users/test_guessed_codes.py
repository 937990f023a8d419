"""Second proofs and lockout: who has the password must not be able to try codes without end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pyotp
import pytest

from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, User, local_app

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


# -- with a stolen session


@pytest.fixture
async def stolen() -> AsyncIterator[tuple[LocalApp, User]]:
    async with local_app(auth={"code": Code()}, accountLockout=LOCKOUT) as parse:
        signed_up = await parse.ok(
            "POST", "/users", {**BODY, "authData": {"code": {"id": "1", "code": "right"}}}
        )
        yield parse, User(signed_up["objectId"], signed_up["sessionToken"])


async def _try(parse: LocalApp, thief: User, code: str, **more: Any) -> str:
    # More than what is stored: an echo of that is judged by nobody.
    body = {"authData": {"code": {"id": "1", "code": code, "new": "2"}}}
    answer = await parse.send("PUT", f"/users/{thief.id}", body, user=thief, **more)
    return "changed" if answer.is_success else str(answer.json()["error"])


async def test_codes_that_are_guessed_to_change_a_second_proof_lock_the_account(
    stolen: tuple[LocalApp, User],
) -> None:
    parse, thief = stolen

    assert await _try(parse, thief, "wrong") == "Wrong code"
    assert await _try(parse, thief, "guess") == "Wrong code"
    assert (await _try(parse, thief, "right")).startswith(LOCKED)
    assert (await _log_in(parse, "right")).startswith(LOCKED)


async def test_a_right_code_without_the_password_sets_nothing_back(
    stolen: tuple[LocalApp, User],
) -> None:
    parse, thief = stolen

    assert (await _log_in(parse, None, "wrong")).startswith("Invalid username")
    assert await _try(parse, thief, "right") == "changed"
    assert (await _log_in(parse, None, "wrong")).startswith("Invalid username")
    assert (await _log_in(parse, "right")).startswith(LOCKED)


async def test_of_ten_guesses_at_once_as_many_are_judged_as_the_option_says(
    stolen: tuple[LocalApp, User],
) -> None:
    parse, thief = stolen

    answers = await asyncio.gather(*(_try(parse, thief, f"guess {n}") for n in range(10)))

    assert answers.count("Wrong code") == 2
    assert sum(answer.startswith(LOCKED) for answer in answers) == 8


async def test_sign_up_with_the_session_is_no_way_around(stolen: tuple[LocalApp, User]) -> None:
    parse, thief = stolen
    body = {"authData": {"code": {"id": "1", "code": "wrong"}}}

    for _ in range(2):
        refused = await parse.send("POST", "/users", body, user=thief)
        assert refused.json()["error"] == "Wrong code"

    refused = await parse.send("POST", "/users", body, user=thief)
    assert refused.json()["error"].startswith(LOCKED)
    assert (await _log_in(parse, "right")).startswith(LOCKED)


async def test_a_challenge_is_no_way_around(stolen: tuple[LocalApp, User]) -> None:
    parse, _ = stolen
    body = {"authData": {"code": {"id": "1", "code": "wrong"}}, "challengeData": {}}

    for _ in range(2):
        refused = await parse.send("POST", "/challenge", body)
        assert refused.json()["error"] == "User not found."

    assert (await _log_in(parse, "right")).startswith(LOCKED)


async def test_the_master_key_changes_what_is_locked_and_counts_nothing(
    stolen: tuple[LocalApp, User],
) -> None:
    parse, thief = stolen
    path = f"/users/{thief.id}"
    right = {"authData": {"code": {"id": "1", "code": "right", "new": "2"}}}

    for _ in range(3):
        wrong = {"authData": {"code": {"id": "1", "code": "wrong"}}}
        assert (await parse.send("PUT", path, wrong, master=True)).json()["error"] == "Wrong code"
    assert await _log_in(parse, "right") == "in"
    for _ in range(2):
        await _try(parse, thief, "wrong")
    assert (await _log_in(parse, "right")).startswith(LOCKED)

    await parse.ok("PUT", path, right, master=True)


async def test_a_transaction_takes_no_codes_where_guesses_count(
    stolen: tuple[LocalApp, User],
) -> None:
    parse, thief = stolen
    answers = []

    for code in ("wrong", "right"):
        body = {"authData": {"code": {"id": "1", "code": code, "new": "2"}}}
        request = {"method": "PUT", "path": f"/parse/users/{thief.id}", "body": body}
        batch = {"transaction": True, "requests": [request]}
        answers.append((await parse.send("POST", "/batch", batch, user=thief)).json())

    assert answers[0] == answers[1]
    assert "108" in str(answers[0])


async def test_a_first_code_that_is_refused_guesses_nothing() -> None:
    async with local_app(auth={"code": Code()}, accountLockout=LOCKOUT) as parse:
        signed_up = await parse.ok("POST", "/users", BODY)
        ann = User(signed_up["objectId"], signed_up["sessionToken"])

        for _ in range(4):
            assert await _try(parse, ann, "wrong") == "Wrong code"

        assert await _log_in(parse, None) == "in"


async def test_guesses_of_the_old_code_to_remove_mfa_lock_the_account() -> None:
    secret = pyotp.random_base32()
    mfa = {"secret": secret, "token": pyotp.TOTP(secret).now()}
    async with local_app(auth={"mfa": {"options": ["TOTP"]}}, accountLockout=LOCKOUT) as parse:
        signed_up = await parse.ok("POST", "/users", BODY)
        ann = User(signed_up["objectId"], signed_up["sessionToken"])
        answer = await parse.ok("PUT", f"/users/{ann.id}", {"authData": {"mfa": mfa}}, user=ann)
        recovery = answer["authDataResponse"]["mfa"]["recovery"].split(", ")

        errors = []
        for old in ("wrong", "guess", recovery[0]):
            body = {"authData": {"mfa": {"old": old}}}
            refused = await parse.send("PUT", f"/users/{ann.id}", body, user=ann)
            errors.append(refused.json()["error"])

    assert errors[:2] == ["Invalid MFA token", "Invalid MFA token"]
    assert errors[2].startswith(LOCKED)


@pytest.mark.parametrize(
    ("options", "asked"), [({}, 0), ({"accountLockout": LOCKOUT}, 1)], ids=["off", "on"]
)
@pytest.mark.parametrize(
    ("path", "more"), [("/verifyPassword", {}), ("/challenge", {"challengeData": {}})]
)
async def test_what_a_log_in_takes_is_asked_only_where_failures_count(
    path: str, more: dict[str, Any], options: dict[str, Any], asked: int
) -> None:
    code = Asked()
    async with local_app(auth={"code": code}, **options) as parse:
        await parse.ok(
            "POST", "/users", {**BODY, "authData": {"code": {"id": "1", "code": "right"}}}
        )

        await parse.ok("POST", path, {**BODY, **more})

    assert code.asked == asked


class Asked:
    """Counts how often its policy is asked."""

    asked = 0

    async def validate_auth_data(self, data: Any, options: Any, request: Any) -> None:
        pass

    async def policy(self, request: Any, stored: Any) -> str:
        self.asked += 1
        return "default"
