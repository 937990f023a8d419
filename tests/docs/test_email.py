"""The page on mail: its examples run, and it names what there is."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from parsepy import create_app
from parsepy.email.adapter import METHODS
from parsepy.email.base import Letter, Message
from parsepy.email.opening import BESIDE, open_mailer
from parsepy.email.retry import Retry
from parsepy.email.smtp import OPTION_NAMES, SmtpAdapter
from parsepy.email.template_folder import FILE_NAMES
from parsepy.options import load_options
from parsepy.schema.system_classes import MAIL_CLASS
from parsepy.storage.sqlite import SQLiteStorage
from tests.support.answering_server import answering_server
from tests.support.asgi import app_client
from tests.support.local_app import OPTIONS, URL
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

TEXT = (Path(__file__).parents[2] / "docs" / "email.md").read_text(encoding="utf-8")
ADAPTER, IN_TESTS = (block.split("```")[0] for block in TEXT.split("```python\n")[1:])
SMTP, RETRY = (block.split("```")[0] for block in TEXT.split("```json\n")[1:])


async def test_the_adapter_sends_a_mail() -> None:
    with answering_server({}) as courier:
        names: dict[str, Any] = {}
        example = ADAPTER.replace("https://courier.example.com/mails", courier.url)
        example = example.replace(
            '"appId": "my-app"', '"databaseURI": "sqlite::memory:", "appId": "app"'
        )
        exec(example, names)
        headers = {"X-Parse-Application-Id": "app"}
        async with app_client(names["app"]) as client:
            ann = {"username": "ann", "email": "ann@example.com", "password": "secret"}
            await client.post(f"{URL}/users", json=ann, headers=headers)
            asked = await client.post(
                f"{URL}/requestPasswordReset", json={"email": ann["email"]}, headers=headers
            )
            assert asked.json() == {}
            await until(lambda: bool(courier.asked))
        ((sent_headers, mail),) = courier.asked

    assert sent_headers["authorization"] == "Bearer courier-key"
    assert (mail["to"], mail["subject"]) == ("ann@example.com", "Password Reset for Game")
    assert "https://api.example.com/parse/apps/app/request_password_reset?token=" in mail["text"]


async def test_a_test_finds_the_mail_and_its_link() -> None:
    before, after = IN_TESTS.split("...\n")
    options = {**OPTIONS, "appName": "Game", "publicServerURL": URL}
    names: dict[str, Any] = {"create_app": create_app, "options": options}
    exec(before, names)
    headers = {"X-Parse-Application-Id": "app"}
    app = names["app"]
    async with app_client(app) as client:
        ann = {"username": "ann", "email": "ann@example.com", "password": "secret"}
        await client.post(f"{URL}/users", json=ann, headers=headers)
        await client.post(
            f"{URL}/requestPasswordReset", json={"email": ann["email"]}, headers=headers
        )
        await app.parts.users.background.settled()
        exec(after, names)
        page = await client.get(names["link"])

    assert page.status_code == 200
    assert "<form" in page.text


def test_the_configuration_of_smtp_is_one() -> None:
    given = {"appId": "app", "masterKey": "m", "databaseURI": "sqlite::memory:", **json.loads(SMTP)}
    loaded = load_options(given)
    mailer = open_mailer(loaded.options, SQLiteStorage(":memory:"))

    assert loaded.warnings == ()
    assert mailer is not None
    assert isinstance(mailer.adapter, SmtpAdapter)


def test_the_numbers_are_the_defaults() -> None:
    default = Retry()

    assert json.loads(RETRY)["retry"] == {
        "attempts": default.attempts,
        "firstDelay": default.first_delay,
        "longestDelay": default.longest_delay,
    }


def test_everything_is_named() -> None:
    names = [*OPTION_NAMES, *METHODS.values(), MAIL_CLASS, "queued = False", "timeout"]
    names += [field.name for kind in (Message, Letter) for field in fields(kind)]
    for name in names:
        assert f"`{name}" in TEXT, name
    for name in BESIDE:
        assert re.search(rf'[`".]{name}\b', TEXT), name
    for file in FILE_NAMES:
        assert f"{file}" in TEXT
    for value in ("link", "app_name", "username", "email", "user", "locale"):
        assert f"`{value}`" in TEXT
