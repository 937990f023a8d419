"""`/validate_purchase` on each store, with a server that answers as Apple's does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from parsepy.purchases.app_store import AppStore
from tests.support.answering_server import answering_server
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio
FILE = {"__type": "File", "name": "game.zip"}
PRODUCT = {"productIdentifier": "game", "icon": FILE, "order": 1, "title": "t", "subtitle": "s"}


@pytest.fixture(params=["sqlite", "mongodb"])
async def shop(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    """Apple knows the receipt `cGFpZA==` only."""
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")

    def judge(_path: str, body: Any) -> Any:
        return {"status": 0 if body == {"receipt-data": "cGFpZA=="} else 21002}

    async with local_app(databaseURI=uri) as app:
        with answering_server(judge) as apple:
            parts = app.app.parts
            parts.services.app_store = AppStore(
                parts.outbound, production=apple.url, sandbox=apple.url
            )
            await app.create("_Product", {**PRODUCT, "download": FILE})
            await app.create("_Product", {**PRODUCT, "productIdentifier": "doubled"})
            await app.create("_Product", {**PRODUCT, "productIdentifier": "doubled"})
            await app.create("_Product", {**PRODUCT, "productIdentifier": "empty"})
            yield app


@pytest.mark.parametrize("receipt", ["cGFpZA==", {"__type": "Bytes", "base64": "cGFpZA=="}])
async def test_a_good_receipt_gets_the_file(shop: LocalApp, receipt: object) -> None:
    body = {"receipt": receipt, "productIdentifier": "game"}

    answer = await shop.ok("POST", "/validate_purchase", body)

    assert answer["__type"] == "File"
    assert answer["name"] == "game.zip"
    assert answer["url"].endswith("/game.zip")


@pytest.mark.parametrize("product", ["unknown", "doubled"])
async def test_a_good_receipt_for_no_single_product_gets_nothing(
    shop: LocalApp, product: str
) -> None:
    body = {"receipt": "cGFpZA==", "productIdentifier": product}
    answer = await shop.send("POST", "/validate_purchase", body)

    assert (answer.status_code, answer.json()) == (
        404,
        {"code": 101, "error": "Object not found."},
    )


async def test_a_product_without_file_is_answered_with_nothing(shop: LocalApp) -> None:
    body = {"receipt": "cGFpZA==", "productIdentifier": "empty"}

    assert await shop.ok("POST", "/validate_purchase", body) == {}


async def test_a_forged_receipt_is_told_why(shop: LocalApp) -> None:
    body = {"receipt": "Zm9yZ2Vk", "productIdentifier": "game"}

    assert await shop.ok("POST", "/validate_purchase", body) == {
        "status": 21002,
        "error": "The data in the receipt-data property was malformed or missing.",
    }


@pytest.mark.parametrize(
    "product", [{"$ne": "x"}, {"$regex": "."}, ["game"], 5, True, "", None, {"a": 1}]
)
async def test_a_product_is_named_by_a_text(shop: LocalApp, product: object) -> None:
    body = {"receipt": "cGFpZA==", "productIdentifier": product}
    answer = await shop.send("POST", "/validate_purchase", body)

    assert (answer.status_code, answer.json()["code"]) == (400, 107)


@pytest.mark.parametrize("receipt", [5, True, ["a"], {"a": 1}, {"__type": "Bytes"}])
async def test_an_odd_receipt_is_no_error_of_ours(shop: LocalApp, receipt: object) -> None:
    body = {"receipt": receipt, "productIdentifier": "game"}
    answer = await shop.send("POST", "/validate_purchase", body)

    assert answer.status_code in (200, 400)
    assert answer.json().get("__type") is None
