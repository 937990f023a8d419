"""Apple's protocol, spoken with a server that answers as Apple's does."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from parsepy.outbound import Outbound
from parsepy.purchases.app_store import MEANINGS, OF_SANDBOX, AppStore, Refusal
from tests.support.answering_server import AnsweringServer, answering_server

pytestmark = pytest.mark.anyio


@pytest.fixture
def apple() -> Iterator[AnsweringServer]:
    """Knows the receipts `paid`, and `tried` in its test environment."""

    def judge(path: str, body: Any) -> Any:
        bought = {"/hook/production": "paid", "/hook/sandbox": "tried"}
        if body == {"receipt-data": bought[path]}:
            return {"status": 0, "receipt": {"in_app": []}}
        return {"status": OF_SANDBOX if body["receipt-data"] == "tried" else 21002}

    with answering_server(judge) as server:
        yield server


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    client = Outbound()
    yield client
    await client.close()


def app_store(outbound: Outbound, apple: AnsweringServer) -> AppStore:
    return AppStore(outbound, production=f"{apple.url}/production", sandbox=f"{apple.url}/sandbox")


async def test_a_receipt_of_a_purchase_is_good(outbound: Outbound, apple: AnsweringServer) -> None:
    assert await app_store(outbound, apple).refusal_of("paid") is None
    assert [body for _, body in apple.asked] == [{"receipt-data": "paid"}]
    assert apple.asked[0][0]["content-type"] == "application/json"


async def test_a_receipt_of_the_test_environment_is_judged_there(
    outbound: Outbound, apple: AnsweringServer
) -> None:
    assert await app_store(outbound, apple).refusal_of("tried") is None
    assert len(apple.asked) == 2


async def test_what_apple_says_is_told(outbound: Outbound, apple: AnsweringServer) -> None:
    refusal = await app_store(outbound, apple).refusal_of("forged")

    assert refusal == Refusal(21002)
    assert refusal.to_json() == {"status": 21002, "error": MEANINGS[21002]}


async def test_the_test_environment_refuses_too(outbound: Outbound, apple: AnsweringServer) -> None:
    apple.answer = lambda path, _body: {"status": 21007 if path.endswith("/production") else 21003}

    assert await app_store(outbound, apple).refusal_of("any") == Refusal(21003)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"status": 99}, 99),
        ({"status": "21005"}, 21005),
        ({"status": "x"}, None),
        ({"status": None}, None),
        ({"status": True}, None),
        ({"status": False}, None),
        ({}, None),
        ([], None),
        (b"<html>", None),
        (b"", None),
    ],
)
async def test_an_odd_answer_is_no_purchase(
    outbound: Outbound, apple: AnsweringServer, answer: Any, status: int | None
) -> None:
    apple.answer = answer

    refusal = await app_store(outbound, apple).refusal_of("any")

    assert refusal == Refusal(status)
    assert refusal.to_json()["error"] == MEANINGS.get(status or 0, "unknown error.")


async def test_an_answer_with_an_error_of_http_is_no_purchase(
    outbound: Outbound, apple: AnsweringServer
) -> None:
    apple.answer, apple.status = {"status": 0}, 503

    assert await app_store(outbound, apple).refusal_of("any") is not None


async def test_nobody_who_answers_is_no_purchase(outbound: Outbound) -> None:
    with answering_server() as gone:
        url = gone.url
    refusal = await AppStore(outbound, production=url, sandbox=url).refusal_of("any")

    assert refusal is not None
    assert refusal.to_json() == {"status": None, "error": "unknown error."}
