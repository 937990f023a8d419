"""How long a session lives, and that use may lengthen it (users sheet, section 7)."""

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from parsepy.objects.context import ObjectServices
from parsepy.options.model import ServerOptions
from parsepy.protocol import clock, dates, values
from parsepy.protocol.field_types import DATE, STRING
from parsepy.protocol.operations import Changes, SetValue
from parsepy.query import tree
from parsepy.types import JSONObject
from parsepy.users.background import Background

TOKEN: Final = tree.Path("sessionToken", STRING)
_UPDATED_AT: Final = tree.Path("updatedAt", DATE)

BETWEEN_TRIES: Final = 0.5
"""Seconds for which a session that was tried to be renewed is left alone."""

MOST_REMEMBERED: Final = 10_000

_log = logging.getLogger(__name__)


def expiry(options: ServerOptions) -> JSONObject | None:
    """When a session that is made or renewed now ends, as a typed Date; `None` for never."""
    if not options.expire_inactive_sessions:
        return None
    return values.date(dates.format_ms(dates.now_ms() + options.session_length * 1000))


class SessionRenewal:
    """Option `extendSessionOnUse`: use in the second half of its life gives a session a new one.

    `forget` is told the token of a session that lives longer than others may remember. Nothing
    here delays or fails the request that uses the session.
    """

    def __init__(self, services: ObjectServices, forget: Callable[[str], Awaitable[None]]) -> None:
        self._services = services
        self._forget = forget
        self._tried: OrderedDict[str, float] = OrderedDict()
        self._background = Background()

    def used(self, token: str, updated_at: str) -> None:
        """`updated_at` is when the session was made or renewed, as far as is known here."""
        if updated_at <= self._half_a_life_ago() and self._may_try(token):
            self._background.start(self._renew(token))

    async def settled(self) -> None:
        """Waits for renewals under way."""
        await self._background.settled()

    def _may_try(self, token: str) -> bool:
        now = clock.monotonic()
        if now - self._tried.get(token, -BETWEEN_TRIES) < BETWEEN_TRIES:
            return False
        self._tried[token] = now
        self._tried.move_to_end(token)
        if len(self._tried) > MOST_REMEMBERED:
            self._tried.popitem(last=False)
        return True

    async def _renew(self, token: str) -> None:
        try:
            if await self._lengthen(token):
                await self._forget(token)
        except Exception:
            _log.exception("A session could not be renewed.")

    async def _lengthen(self, token: str) -> bool:
        """Whether this one did it: of many servers that see the same use, one is first."""
        schema = await self._services.schemas.get("_Session")
        due = values.date(self._half_a_life_ago())
        where = tree.And((tree.Equal(TOKEN, token), tree.Compare(_UPDATED_AT, "<=", due)))
        changes: Changes = {
            "expiresAt": SetValue(expiry(self._services.options)),
            "updatedAt": SetValue(dates.now()),
        }
        return await self._services.storage.update(schema, where, changes) is not None

    def _half_a_life_ago(self) -> str:
        return dates.format_ms(dates.now_ms() - self._services.options.session_length * 500)
