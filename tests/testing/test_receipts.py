"""Tests of an app ask nobody whether a receipt is good."""

import pytest

from parsepy.testing.receipts import EveryReceipt

pytestmark = pytest.mark.anyio


async def test_every_receipt_is_good() -> None:
    assert await EveryReceipt().refusal_of("anything") is None
