"""The random texts in links of mails, as they stand in the row of their user.

Whoever has one is let through by one condition on the row, so that a token works once whoever else
comes with it at the same moment.
"""

from typing import Final, TypeGuard

import msgspec

from parsepy.protocol import dates, ids, values
from parsepy.protocol.field_types import DATE, STRING
from parsepy.protocol.operations import UNSET, Changes, SetValue
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.types import JSONValue, ParseObject

LENGTH: Final = 25


class MailToken(msgspec.Struct, frozen=True):
    """One kind of token: the column that holds it, and the one that holds when it ends."""

    column: str
    expires_column: str

    def fresh(self, validity: float | None) -> Changes:
        """A new token for `validity` seconds (`None`: without an end)."""
        expiry: Changes = {self.expires_column: UNSET}
        if validity is not None:
            expiry[self.expires_column] = SetValue(seconds_from_now(validity))
        return {self.column: SetValue(ids.random_text(LENGTH)), **expiry}

    def used_up(self) -> Changes:
        return {self.column: UNSET, self.expires_column: UNSET}

    def is_(self, token: str, validity: float | None) -> Where:
        """The row that holds exactly this token, if it still works.

        Where tokens end (`validity`), one without an end is from before that, and too old.
        """
        held = self.equals(token)
        return held if validity is None else tree.both(held, self._lasts())

    def equals(self, token: str) -> Where:
        """Whether it still works or not. No token is no match: most rows have none."""
        if not token:
            return tree.NOTHING
        return tree.Equal(tree.Path(self.column, STRING), token)

    def works(self) -> Where:
        """Rows with a token that ends, and has not yet."""
        return tree.both(tree.Exists(tree.Path(self.column, STRING), exists=True), self._lasts())

    def of(self, user: ParseObject) -> str:
        """The token in the row; empty where it has none."""
        token = user.get(self.column)
        return token if isinstance(token, str) else ""

    def is_over(self, user: ParseObject, validity: float | None) -> bool:
        """Whether the token in the row, if it has one, works no longer."""
        expires = user.get(self.expires_column)
        iso = expires.get("iso") if isinstance(expires, dict) else None
        return validity is not None and not (isinstance(iso, str) and iso > dates.now())

    def _lasts(self) -> Where:
        return tree.Compare(tree.Path(self.expires_column, DATE), ">", values.date(dates.now()))


VERIFICATION: Final = MailToken("_email_verify_token", "_email_verify_token_expires_at")
RESET: Final = MailToken("_perishable_token", "_perishable_token_expires_at")


def seconds_from_now(seconds: float) -> JSONValue:
    return values.date(dates.format_ms(dates.now_ms() + round(seconds * 1000)))


def is_token(value: JSONValue) -> TypeGuard[str]:
    """Whether a client's value may be one at all: never an operator, never nothing."""
    return isinstance(value, str) and value != ""
