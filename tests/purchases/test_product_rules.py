"""Products: what is downloaded has a name of its own in the row."""

import pytest

from tests.support.local_app import LocalApp, parse

__all__ = ["parse"]
pytestmark = pytest.mark.anyio
FILE = {"__type": "File", "name": "game.zip"}
PRODUCT = {"productIdentifier": "p", "icon": FILE, "order": 1, "title": "t", "subtitle": "s"}


async def test_the_name_of_the_download_is_kept_and_changes_with_it(parse: LocalApp) -> None:
    product = await parse.create("_Product", {**PRODUCT, "download": FILE, "downloadName": "mine"})
    path = f"/classes/_Product/{product}"
    first = await parse.ok("GET", path)
    await parse.ok("PUT", path, {"download": {**FILE, "name": "new.zip"}})
    second = await parse.ok("GET", path)

    assert [row["downloadName"] for row in (first, second)] == ["game.zip", "new.zip"]


async def test_a_product_without_download_has_no_name_of_one(parse: LocalApp) -> None:
    product = await parse.create("_Product", PRODUCT)

    assert "downloadName" not in await parse.ok("GET", f"/classes/_Product/{product}")
