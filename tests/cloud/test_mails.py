"""Mails that cloud code sends."""

import pytest

from parsepy import cloud
from parsepy.email.base import Message
from parsepy.email.memory import MemoryAdapter
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


async def test_a_mail_is_handed_to_the_adapter() -> None:
    mails = MemoryAdapter()
    async with local_app(emailAdapter=mails, appName="App", publicServerURL="http://x") as parse:

        @parse.app.registry.function("invite")
        async def invite(_: cloud.FunctionRequest) -> None:
            await cloud.send_email(
                to="ann@example.com",
                subject="Hello",
                text="Come!",
                html="<b>Come!</b>",
                headers={"X-Campaign": "spring"},
            )

        await parse.ok("POST", "/functions/invite", {})

    assert mails.messages == [
        Message("ann@example.com", "Hello", "Come!", "<b>Come!</b>", {"X-Campaign": "spring"})
    ]


async def test_a_mail_that_cannot_be_is_refused() -> None:
    mails = MemoryAdapter()
    async with local_app(emailAdapter=mails, appName="App", publicServerURL="http://x") as parse:
        with parse.app.cloud_code():
            with pytest.raises(ParseError) as nobody:
                await cloud.send_email(to="nobody", subject="Hello")
            with pytest.raises(ParseError) as forged:
                await cloud.send_email(
                    to="ann@example.com", subject="Hello", headers={"From": "b@example.com"}
                )

    assert (nobody.value.code, forged.value.code) == (125, 142)
    assert mails.messages == []


async def test_without_an_adapter_the_log_says_that_nothing_is_sent(
    parse: LocalApp, caplog: pytest.LogCaptureFixture
) -> None:
    with parse.app.cloud_code():
        await cloud.send_email(to="ann@example.com", subject="Hello", text="secret")

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == [
        "Failed to send email because no mail adapter is configured for Parse Server."
    ]
