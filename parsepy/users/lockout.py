"""Locking an account after failed log-ins (users sheet, section 13).

Every attempt is one conditional update of the user's row: what many at once read before is nothing
that a decision may rest on.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.options.model import AccountLockout
from parsepy.protocol import dates, ids, values
from parsepy.protocol.field_types import DATE, NUMBER
from parsepy.protocol.json import normalise_number
from parsepy.protocol.operations import UNSET, Changes, Increment, SetValue
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.types import ParseObject
from parsepy.users.mail_tokens import seconds_from_now

COUNT: Final = "_failed_login_count"
LOCKED_UNTIL: Final = "_account_lockout_expires_at"
UNLOCKED: Final[Changes] = {COUNT: UNSET, LOCKED_UNTIL: UNSET}

_ATTEMPTS: Final = 10
"""Between two steps another log-in may set the count back; more often than this nobody is that
fast, and the account counts as locked."""


class Lockout:
    def __init__(self, options: AccountLockout | None) -> None:
        self._options = options

    @property
    def is_on(self) -> bool:
        return self._options is not None

    async def judge(self, ctx: RequestContext, user: ParseObject, *, matches: bool) -> None:
        """Counts an attempt to log in as `user`. Raises 101 where the account is locked, whether
        the password `matches` or not."""
        if self._options is None:
            return
        self.check_countable(ctx)
        account = _Account(ctx, str(user["objectId"]), self._options)
        if matches:
            await account.succeed()
        else:
            await account.fail()

    async def judge_nobody(self, ctx: RequestContext) -> None:
        """For a name that no user has: asks the store what a failure of a user asks it.

        Only the commit of what is counted is missing, milliseconds beside a hash. To hide these
        too something would have to be written for names of nobody, without end; and the account
        that locks in the end tells all the same.
        """
        if self._options is not None:
            nobody = ids.new_object_id(ctx.services.options.object_id_size)
            await _Account(ctx, nobody, self._options).fail_once()

    async def check(self, ctx: RequestContext, user: ParseObject) -> None:
        """Raises 101 where the account is locked; counts nothing: what decides is still to come."""
        if self._options is not None:
            account = _Account(ctx, str(user["objectId"]), self._options)
            await account.check()

    @asynccontextmanager
    async def guess(self, ctx: RequestContext, user: ParseObject) -> AsyncIterator[None]:
        """Around the look at a code that may be guessed: one that is refused counts like a wrong
        password. A right one is taken by no locked account, and sets nothing back: it is not all
        that a log-in takes. Raises 101, 108."""
        self.check_countable(ctx)
        await self.check(ctx, user)
        try:
            yield
        except ParseError:
            await self.judge(ctx, user, matches=False)
            raise
        if self._options is not None:
            await _Account(ctx, str(user["objectId"]), self._options).admit()

    def check_countable(self, ctx: RequestContext) -> None:
        """Raises 108 in a transaction, for whomever is asked: failures that are taken back with it
        would be guesses without end."""
        if self._options is not None and ctx.services.storage.current_transaction is not None:
            raise ParseError(
                Code.COMMAND_UNAVAILABLE,
                "A transaction cannot hold a log-in where failed ones lock the account.",
            )


class _Account:
    def __init__(self, ctx: RequestContext, user_id: str, options: AccountLockout) -> None:
        self._services = ctx.services
        self._user = tree.Equal(tree.Path("objectId"), user_id)
        self._options = options

    async def check(self) -> None:
        if not await self._is_open():
            await self._refuse()

    async def succeed(self) -> None:
        if await self._update(tree.EVERYTHING, {COUNT: SetValue(0)}) is None:
            await self._refuse()

    async def admit(self) -> None:
        """A write all the same, for its place among those of guesses that are judged meanwhile."""
        if await self._update(tree.EVERYTHING, {COUNT: Increment(0)}) is None:
            await self._refuse()

    async def fail(self) -> None:
        """The failure that reaches the threshold locks the account in the same step."""
        last = self._is_last()
        for _ in range(_ATTEMPTS):
            if await self.fail_once():
                return
            until = seconds_from_now(self._options.duration * 60)
            locked = await self._update(last, {COUNT: Increment(1), LOCKED_UNTIL: SetValue(until)})
            if locked is not None:
                self._tell_if_locked_before(locked)
                return
            if not await self._is_open():
                break
        await self._refuse()

    async def fail_once(self) -> bool:
        """Counts a failure that does not lock; whether it was one."""
        before_last = tree.Nor((self._is_last(),))
        return await self._update(before_last, {COUNT: Increment(1)}) is not None

    def _is_last(self) -> Where:
        """That the next failure locks. Who never failed has no count to compare."""
        if self._options.threshold == 1:
            return tree.EVERYTHING
        return tree.Compare(tree.Path(COUNT, NUMBER), ">=", self._options.threshold - 1)

    def _tell_if_locked_before(self, user: ParseObject) -> None:
        """The count stays when the lock ends, so that one more failure locks again at once."""
        count = user.get(COUNT)
        if isinstance(count, int | float) and count > self._options.threshold:
            raise self._locked()

    async def _update(self, where: Where, changes: Changes) -> ParseObject | None:
        """`None` where the account is locked, is not there, or does not meet `where`."""
        schema = await self._services.schemas.get("_User")
        condition = tree.And((self._user, tree.Nor((self._is_locked(),)), where))
        return await self._services.storage.update(schema, condition, changes)

    async def _is_open(self) -> bool:
        schema = await self._services.schemas.get("_User")
        condition = tree.And((self._user, tree.Nor((self._is_locked(),))))
        return bool(await self._services.storage.find(schema, condition, ONE))

    async def _refuse(self) -> None:
        schema = await self._services.schemas.get("_User")
        if await self._services.storage.find(schema, self._user, ONE):
            raise self._locked()
        raise errors.invalid_login()

    def _is_locked(self) -> Where:
        now = values.date(dates.now())
        return tree.And(
            (
                tree.Compare(tree.Path(LOCKED_UNTIL, DATE), ">", now),
                tree.Compare(tree.Path(COUNT, NUMBER), ">=", self._options.threshold),
            )
        )

    def _locked(self) -> ParseError:
        minutes = normalise_number(self._options.duration)
        return errors.object_not_found(
            "Your account is locked due to multiple failed login attempts."
            f" Please try again after {minutes} minute(s)"
        )
