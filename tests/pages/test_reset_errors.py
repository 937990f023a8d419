"""Why a password has not been changed, as pages say it."""

import re
from typing import Any

import pytest

from parsepy.errors import ParseError
from parsepy.options.model import PasswordPolicy
from parsepy.pages.reset_errors import UNEQUAL, ResetErrors
from tests.support.local_app import MAINTENANCE_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio
TOKEN = "t" * 25
GENERAL = "The password has not been changed."


async def reset_error(app: LocalApp, token: str, password: str) -> str:
    with pytest.raises(ParseError) as caught:
        await app.app.parts.services.password_reset.reset(app.context(), token, password)
    return caught.value.message


async def user_with_token(app: LocalApp, **columns: object) -> str:
    user = await app.ok("POST", "/users", {"username": "ada", "password": "Old-1"})
    path, columns = f"/users/{user['objectId']}", {"_perishable_token": TOKEN, **columns}
    await app.ok("PUT", path, columns, X_Parse_Maintenance_Key=MAINTENANCE_KEY)
    return TOKEN


@pytest.mark.parametrize(
    ("policy", "password"),
    [
        ({"validatorPattern": "[A-Z]"}, "weak"),
        ({"validatorPattern": "[A-Z]", "validationError": "Try harder."}, "weak"),
        ({"doNotAllowUsername": True}, "ada-lovelace"),
        ({"maxPasswordHistory": 4}, "Old-1"),
    ],
)
async def test_what_the_policy_says_may_come_from_an_address(
    policy: dict[str, Any], password: str
) -> None:
    async with local_app(passwordPolicy=policy) as app:
        errors = ResetErrors(app.app.parts.services.options.password_policy)
        message = await reset_error(app, await user_with_token(app), password)

    assert errors.from_address(message) == message
    is_own = message == policy.get("validationError")
    assert (errors.in_language(message, "de-AT") == message) is is_own


async def test_what_a_link_without_use_says_may_come_from_an_address() -> None:
    errors = ResetErrors(None)
    async with local_app(passwordPolicy={"resetTokenValidityDuration": 1}) as app:
        past = {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}
        token = await user_with_token(app, _perishable_token_expires_at=past)
        messages = [await reset_error(app, given, "new") for given in (token, "unknown")]

    assert len(set(messages)) == 2
    for message in messages:
        assert errors.from_address(message) == message
        assert errors.in_language(message, "de") != message


def test_what_anybody_writes_does_not() -> None:
    errors = ResetErrors(PasswordPolicy())

    assert errors.from_address("Your account is at risk, call 0900 666") == GENERAL
    assert errors.from_address(UNEQUAL) == UNEQUAL
    assert errors.from_address(GENERAL) == GENERAL


def test_a_language_without_translations_gets_the_text_itself() -> None:
    assert ResetErrors(None).in_language(UNEQUAL, "fr") == UNEQUAL
    assert ResetErrors(None).in_language(UNEQUAL, None) == UNEQUAL
    assert ResetErrors(None).in_language("of an app's own", "de") == "of an app's own"


def test_the_number_of_the_policy_is_in_the_text() -> None:
    errors = ResetErrors(PasswordPolicy(max_password_history=3))

    text = errors.in_language("New password should not be the same as last 3 passwords.", "de")

    assert re.search(r"\b3\b", text)
