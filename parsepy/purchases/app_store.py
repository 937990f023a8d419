"""Apple's `verifyReceipt`: whether a receipt is one of a purchase."""

import re
from typing import Final

import msgspec

from parsepy.outbound import Outbound
from parsepy.outbound.client import OutboundError
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue

PRODUCTION: Final = "https://buy.itunes.apple.com/verifyReceipt"
SANDBOX: Final = "https://sandbox.itunes.apple.com/verifyReceipt"
OF_SANDBOX: Final = 21007
"""The receipt is one of the test environment and has to be verified there."""
TIMEOUT: Final = 30.0
_MAX_ANSWER: Final = 5 * 1024 * 1024
_HEADERS: Final = {"Content-Type": "application/json"}

MEANINGS: Final = {
    21000: "The App Store could not read the JSON object you provided.",
    21002: "The data in the receipt-data property was malformed or missing.",
    21003: "The receipt could not be authenticated.",
    21004: "The shared secret you provided does not match the shared secret on file for your"
    " account.",
    21005: "The receipt server is not currently available.",
    21006: "This receipt is valid but the subscription has expired.",
    21007: "This receipt is from the test environment, but it was sent to the production"
    " environment for verification. Send it to the test environment instead.",
    21008: "This receipt is from the production environment, but it was sent to the test"
    " environment for verification. Send it to the production environment instead.",
}


class Refusal(msgspec.Struct, frozen=True):
    """What Apple says against a receipt; `status` is `None` where nothing came that says so."""

    status: int | None

    def to_json(self) -> JSONObject:
        return {"status": self.status, "error": MEANINGS.get(self.status or 0, "unknown error.")}


class AppStore:
    """`production` and `sandbox` are Apple's addresses, but for tests."""

    def __init__(
        self, outbound: Outbound, *, production: str = PRODUCTION, sandbox: str = SANDBOX
    ) -> None:
        self._outbound = outbound
        self._production = production
        self._sandbox = sandbox

    async def refusal_of(self, receipt: JSONValue) -> Refusal | None:
        """`None` for a receipt that is good, in whichever of the two environments."""
        refusal = await self._ask(self._production, receipt)
        if refusal is not None and refusal.status == OF_SANDBOX:
            return await self._ask(self._sandbox, receipt)
        return refusal

    async def _ask(self, url: str, receipt: JSONValue) -> Refusal | None:
        try:
            answer = await self._outbound.request(
                "POST",
                url,
                json.dumps({"receipt-data": receipt}),
                _HEADERS,
                max_answer=_MAX_ANSWER,
                deadline=TIMEOUT,
            )
            status = _status_in(answer.content)
        except (OutboundError, ValueError):
            return Refusal(None)
        return None if status == 0 and answer.status < 400 else Refusal(status)


def _status_in(content: bytes) -> int | None:
    body = json.loads(content)
    status = body.get("status") if isinstance(body, dict) else None
    if isinstance(status, str) and re.fullmatch("[0-9]{1,9}", status):
        return int(status)
    return status if isinstance(status, int) and not isinstance(status, bool) else None
