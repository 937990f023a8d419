"""The page on users: its examples run, and it names every option and every member."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from parsepy.objects.write_begin import MAINTENANCE_COLUMNS
from parsepy.options.catalogue import OPTIONS as TABLE
from parsepy.options.load import load_options
from parsepy.users import VerificationMailRequest, VerificationRequest
from tests.support.asgi import app_client
from tests.support.local_app import OPTIONS, URL
from tests.support.postbox import mailing_app

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "users.md").read_text(encoding="utf-8")
EXAMPLES = re.findall("```python\n(.*?)```", TEXT, re.DOTALL)
JSON_EXAMPLES = re.findall("```json\n(.*?)```", TEXT, re.DOTALL)


async def test_the_policy_of_the_example_holds() -> None:
    names: dict[str, Any] = {}
    keys = '"serverURL": "http://localhost:1337/parse",'
    assert EXAMPLES[0].count(keys) == 1
    exec(EXAMPLES[0].replace(keys, f"**{OPTIONS!r},"), names)
    headers = {"X-Parse-Application-Id": "app"}
    async with app_client(names["app"]) as client:

        async def sign_up(password: str) -> Any:
            body = {"username": "ann", "password": password}
            return (await client.post(f"{URL}/users", json=body, headers=headers)).json()

        too_weak = [await sign_up(password) for password in ("short1", "letters only")]
        common = await sign_up("password123")
        with_name = await sign_up("hannah 12345")
        accepted = await sign_up("correct horse 1")

    refusal = {"code": 142, "error": "Eight letters or more, a digit among them."}
    assert [*too_weak, common] == [refusal] * 3
    assert with_name["error"] == "Password cannot contain your username."
    assert "sessionToken" in accepted


async def test_the_functions_of_the_example_are_asked() -> None:
    names: dict[str, Any] = {}
    exec(EXAMPLES[1], names)
    async with mailing_app(**names["options"]) as mail:
        for place, domain in enumerate(("example.org", "example.com")):
            body = {"username": f"u{place}", "password": "x", "email": f"ann@{domain}"}
            await mail.parse.ok("POST", "/users", body)

        assert [letter.to for letter in mail.post.verifications] == ["ann@example.com"]


@pytest.mark.parametrize("example", JSON_EXAMPLES)
def test_options_of_examples_are_taken(example: str) -> None:
    load_options({**OPTIONS, **eval(example.replace("true", "True"))})


@pytest.mark.parametrize("group", ["passwordPolicy", "accountLockout"])
def test_every_option_of_a_policy_is_named(group: str) -> None:
    members = TABLE[group].members
    assert members is not None
    for member in members.options:
        assert f"`{member.name}`" in TEXT or f'"{member.name}"' in TEXT


def test_every_option_about_addresses_is_named() -> None:
    names = [name for name in TABLE if re.search("erifyUser|Unverified|EmailVeri|emailVeri", name)]

    assert len(names) == 7
    assert all(f"`{name}`" in TEXT for name in names)


@pytest.mark.parametrize("request_type", [VerificationRequest, VerificationMailRequest])
def test_every_member_of_what_functions_get_is_named(request_type: type) -> None:
    for field in fields(request_type):
        assert f"`{field.name}`" in TEXT


def test_every_internal_column_is_named() -> None:
    assert all(f"`{column}`" in TEXT for column in MAINTENANCE_COLUMNS)
