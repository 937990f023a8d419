"""Under which address the API is, where a function is asked."""

import logging

import pytest

from tests.support.local_app import URL, local_app

pytestmark = pytest.mark.anyio


async def test_a_function_says_where_the_api_is_for_every_request() -> None:
    addresses = iter(("http://one.example/parse", "http://two.example/parse/"))

    async with local_app(publicServerURL=lambda: next(addresses)) as parse:
        first = await parse.send("POST", "/classes/Item", {})
        second = await parse.send("POST", "/classes/Item", {})

    assert first.headers["Location"].startswith("http://one.example/parse/classes/Item/")
    assert second.headers["Location"].startswith("http://two.example/parse/classes/Item/")


async def _fail() -> str:
    raise RuntimeError("no answer")


@pytest.mark.parametrize("function", [_fail, lambda: "nowhere", lambda: None])
async def test_without_its_answer_the_address_is_the_requests_own(
    function: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        async with local_app(publicServerURL=function) as parse:
            created = await parse.send("POST", "/classes/Item", {})

    assert created.headers["Location"].startswith(f"{URL}/classes/Item/")
    assert "publicServerURL does not answer" in caplog.text
