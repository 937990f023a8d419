"""Locking an account after failed log-ins (users sheet, section 13)."""

from parsepy.objects.context import RequestContext
from parsepy.options.model import AccountLockout
from parsepy.types import ParseObject


class Lockout:
    def __init__(self, options: AccountLockout | None) -> None:
        self._options = options

    async def judge(self, ctx: RequestContext, user: ParseObject, *, matches: bool) -> None:
        """Counts an attempt to log in as `user`. Raises 101 where the account is locked, whether
        the password `matches` or not."""
