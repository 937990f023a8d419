"""In place of Apple: no test asks it."""

from parsepy.purchases.app_store import AppStore, Refusal
from parsepy.types import JSONValue


class EveryReceipt(AppStore):
    """Takes every receipt for one of a purchase."""

    def __init__(self) -> None:
        """Asks nobody."""

    async def refusal_of(self, receipt: JSONValue) -> Refusal | None:
        return None
