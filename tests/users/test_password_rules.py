"""What a password has to be: patterns, names, earlier ones, its age."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import pytest

from parsepy.errors import Code, ParseError
from parsepy.protocol import dates, values
from parsepy.protocol.operations import SetValue, Unset
from parsepy.query import tree
from parsepy.types import ParseObject
from tests.support.local_app import LocalApp, User, local_app

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("cheap_passwords")]

ANN = {"username": "ann", "password": "first"}
WEAK = (142, "Password does not meet the Password Policy requirements.")
HOLDS_NAME = (142, "Password cannot contain your username.")
EXPIRED = (101, "Your password has expired. Please reset your password.")
DONE = (None, None)


@asynccontextmanager
async def app_with(
    database_uri: str = "sqlite::memory:", **policy: object
) -> AsyncIterator[LocalApp]:
    async with local_app(databaseURI=database_uri, passwordPolicy=policy) as running:
        yield running


async def sign_up(app: LocalApp, **changes: object) -> tuple[object, object]:
    answer = (await app.send("POST", "/users", {**ANN, **changes})).json()
    return answer.get("code"), answer.get("error")


async def ann(app: LocalApp) -> User:
    answer = await app.ok("POST", "/users", ANN)
    return User(answer["objectId"], answer["sessionToken"])


async def change(app: LocalApp, user: User, password: object) -> tuple[object, object]:
    """By the master key, so that the session stays."""
    sent = {"password": password}
    answer = (await app.send("PUT", f"/users/{user.id}", sent, master=True)).json()
    return answer.get("code"), answer.get("error")


async def log_in(app: LocalApp, password: str) -> tuple[object, object]:
    answer = (await app.send("POST", "/login", {"username": "ann", "password": password})).json()
    return answer.get("code"), answer.get("error")


async def row(app: LocalApp) -> ParseObject:
    schema = await app.app.parts.schemas.get("_User")
    (found,) = await app.storage.storage.find(schema, tree.EVERYTHING)
    return found


# -- strength


@pytest.mark.parametrize(
    "pattern",
    ["[0-9]", r"^(?=.*[0-9])", re.compile("[0-9]"), re.compile(r"\D\d")],
    ids=["re2", "look-ahead", "compiled", "compiled-2"],
)
async def test_a_password_has_to_match_the_pattern_somewhere(pattern: object) -> None:
    async with app_with(validatorPattern=pattern) as app:
        assert await sign_up(app, password="letters") == WEAK
        assert await sign_up(app, password="letters1") == DONE


async def is_long(password: str) -> bool:
    return len(password) > 5


@pytest.mark.parametrize("callback", [is_long, lambda password: len(password) > 5])
async def test_a_function_judges_passwords(callback: Callable[[str], Any]) -> None:
    async with app_with(validatorCallback=callback) as app:
        assert await sign_up(app, password="short") == WEAK
        assert await sign_up(app, password="long enough") == DONE


async def test_pattern_and_function_both_have_to_agree() -> None:
    async with app_with(validatorPattern="[0-9]", validatorCallback=is_long) as app:
        for password in ("short", "letters", "1234"):
            assert await sign_up(app, password=password) == WEAK
        assert await sign_up(app, password="letters1") == DONE


async def test_an_error_of_the_function_s_own_is_told() -> None:
    def refuse(_password: str) -> bool:
        raise ParseError(Code.VALIDATION_ERROR, "breached")

    async with app_with(validatorCallback=refuse) as app:
        assert await sign_up(app) == (142, "breached")


async def test_the_error_may_have_a_text_of_the_app_s() -> None:
    async with app_with(validatorPattern="[0-9]", validationError="Add a digit.") as app:
        assert await sign_up(app) == (142, "Add a digit.")


async def test_the_policy_holds_for_updates_and_for_the_master_key() -> None:
    async with app_with(validatorPattern="^f") as app:
        user = await ann(app)

        assert await change(app, user, "other") == WEAK
        answer = await app.send("PUT", f"/users/{user.id}", {"password": "other"}, user=user)
        assert answer.json()["code"] == 142
        assert await log_in(app, "first") == DONE


async def test_a_policy_that_refuses_leaves_the_user_as_he_was() -> None:
    async with app_with(validatorPattern="^f") as app:
        user = await ann(app)
        before = await row(app)

        sent = {"password": "other", "nick": "Annie"}
        assert (await app.send("PUT", f"/users/{user.id}", sent, user=user)).status_code == 400
        assert await row(app) == before


@pytest.mark.parametrize("password", ["", None, {"__op": "Delete"}, 1, ["x"], {"$ne": 1}])
async def test_no_update_leaves_a_user_with_an_empty_password(
    parse: LocalApp, password: object
) -> None:
    user = await ann(parse)

    code, _ = await change(parse, user, password)

    assert code in (111, 121, 201)
    assert await log_in(parse, "first") == DONE


# -- the name in the password


@pytest.mark.parametrize("password", ["ann", "xxannxx"])
async def test_a_password_does_not_hold_the_name(password: str) -> None:
    async with app_with(doNotAllowUsername=True) as app:
        assert await sign_up(app, password=password) == HOLDS_NAME


async def test_letters_case_counts_in_names() -> None:
    async with app_with(doNotAllowUsername=True) as app:
        assert await sign_up(app, password="xANNx") == DONE


async def test_an_update_is_held_to_the_stored_name_or_to_the_new_one() -> None:
    async with app_with(doNotAllowUsername=True) as app:
        user = await ann(app)
        path = f"/users/{user.id}"

        assert await change(app, user, "my ann") == HOLDS_NAME
        both = {"username": "bea", "password": "my bea"}
        assert (await app.send("PUT", path, both, user=user)).json()["error"] == HOLDS_NAME[1]
        assert (await app.send("PUT", path, {**both, "password": "my ann"}, user=user)).is_success


async def test_names_may_be_in_passwords_where_nobody_minds(parse: LocalApp) -> None:
    assert await sign_up(parse, password="ann") == DONE


# -- history


def repeated(number: int) -> tuple[int, str]:
    return 142, f"New password should not be the same as last {number} passwords."


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_the_last_passwords_are_not_taken_again(number: int, database_uri: str) -> None:
    async with app_with(database_uri, maxPasswordHistory=number) as app:
        user = await ann(app)
        earlier = ["first"]
        for password in ("p1", "p2", "p3", "p4"):
            for old in earlier[-number:]:
                assert await change(app, user, old) == repeated(number)
            assert await change(app, user, password) == DONE
            earlier.append(password)

        assert await change(app, user, earlier[-number - 1]) == DONE


@pytest.mark.parametrize(("number", "kept"), [(1, 1), (2, 1), (3, 2), (4, 3)])
async def test_as_many_hashes_are_kept_as_parse_server_keeps(
    number: int, kept: int, database_uri: str
) -> None:
    async with app_with(database_uri, maxPasswordHistory=number) as app:
        user = await ann(app)
        hashes = []
        for count in range(5):
            hashes.append((await row(app))["_hashed_password"])
            assert await change(app, user, f"p{count}") == DONE

        assert (await row(app))["_password_history"] == hashes[-kept:]


async def test_of_a_longer_list_the_end_counts() -> None:
    async with app_with(maxPasswordHistory=3) as app:
        user = await ann(app)
        old = [await app.app.parts.users.passwords.hash(f"old{count}") for count in range(5)]
        await set_internal(app, "_password_history", old)

        assert await change(app, user, "old3") == repeated(3)
        assert await change(app, user, "old2") == DONE
        assert len((await row(app))["_password_history"]) == 2  # type: ignore[arg-type]


async def set_internal(app: LocalApp, name: str, value: Any) -> None:
    schema = await app.app.parts.schemas.get("_User")
    operation = Unset() if value is None else SetValue(value)
    changed = await app.storage.storage.update(schema, tree.EVERYTHING, {name: operation})
    assert changed is not None


@pytest.mark.parametrize("broken", [[None, 1, "text"], "text", {"a": 1}])
async def test_a_broken_list_refuses_nobody(broken: Any) -> None:
    async with app_with(maxPasswordHistory=5) as app:
        user = await ann(app)
        await set_internal(app, "_password_history", broken)

        assert await change(app, user, "second") == DONE
        assert await change(app, user, "first") == repeated(5)


async def test_a_first_password_has_nothing_before_it() -> None:
    async with app_with(maxPasswordHistory=2) as app:
        user = await app.sign_up(username="eve")

        assert await change(app, user, "first") == DONE
        assert (await row(app))["_password_history"] == []
        assert await change(app, user, "first") == repeated(2)


async def test_two_changes_at_once_leave_no_gap_in_the_history(database_uri: str) -> None:
    async with app_with(database_uri, maxPasswordHistory=5) as app:
        user = await ann(app)
        before = (await row(app))["_hashed_password"]

        answers = await asyncio.gather(*(change(app, user, f"p{count}") for count in range(10)))

        done = [f"p{place}" for place, answer in enumerate(answers) if answer == DONE]
        history = (await row(app))["_password_history"]
        assert isinstance(history, list)
        assert set(answers) <= {DONE, repeated(5)}
        assert len(history) == min(len(done), 4)
        assert before in history or len(done) > 4
        assert await log_in(app, "first") != DONE


async def test_nobody_else_learns_whether_a_password_was_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The answer to a change that one may not make would be a way to guess, past the lockout."""
    async with app_with(maxPasswordHistory=5, doNotAllowUsername=True) as app:
        user = await ann(app)
        eve = await app.sign_up(username="eve")
        compared: list[object] = []
        monkeypatch.setattr(bcrypt, "checkpw", lambda *given: compared.append(given))
        monkeypatch.setattr(bcrypt, "hashpw", lambda *given: compared.append(given))

        answers = [
            (await app.send("PUT", f"/users/{user.id}", {"password": guess}, user=eve)).json()
            for guess in ("first", "other", "ann")
        ]

        assert answers == [{"code": 206, "error": "Permission denied"}] * 3
        assert compared == []


# -- age


def days_ago(days: float) -> Any:
    return values.date(dates.format_datetime(datetime.now(UTC) - timedelta(days=days)))


async def test_a_password_that_is_too_old_is_expired(database_uri: str) -> None:
    async with app_with(database_uri, maxPasswordAge=0.5) as app:
        await app.ok("POST", "/users", ANN)
        assert await log_in(app, "first") == DONE

        await set_internal(app, "_password_changed_at", days_ago(0.51))
        assert await log_in(app, "first") == EXPIRED
        assert await log_in(app, "wrong") == (101, "Invalid username/password.")

        await set_internal(app, "_password_changed_at", days_ago(0.49))
        assert await log_in(app, "first") == DONE


async def test_a_new_password_is_young_again(database_uri: str) -> None:
    async with app_with(database_uri, maxPasswordAge=1) as app:
        user = await ann(app)
        await set_internal(app, "_password_changed_at", days_ago(2))

        assert await change(app, user, "second") == DONE
        assert await log_in(app, "second") == DONE


async def test_who_was_there_before_starts_with_his_next_log_in(database_uri: str) -> None:
    async with app_with(database_uri, maxPasswordAge=1) as app:
        await app.ok("POST", "/users", ANN)
        await set_internal(app, "_password_changed_at", None)

        assert await log_in(app, "first") == DONE
        first = (await row(app))["_password_changed_at"]
        assert isinstance(first, dict)
        assert first["__type"] == "Date"
        assert await log_in(app, "first") == DONE
        assert (await row(app))["_password_changed_at"] == first


async def test_age_does_not_concern_who_only_verifies_his_password() -> None:
    async with app_with(maxPasswordAge=1) as app:
        await app.ok("POST", "/users", ANN)
        await set_internal(app, "_password_changed_at", days_ago(2))

        assert (await app.send("POST", "/verifyPassword", ANN)).is_success


@pytest.mark.parametrize("policy", [{}, {"maxPasswordAge": 0}])
async def test_where_no_age_is_set_no_password_is_too_old(policy: dict[str, Any]) -> None:
    async with app_with(**policy) as app:
        await app.ok("POST", "/users", ANN)
        assert "_password_changed_at" not in await row(app)

        await set_internal(app, "_password_changed_at", days_ago(9999))
        assert await log_in(app, "first") == DONE
