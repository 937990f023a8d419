"""What a password has to be, and what becomes of it in a write (users sheet, sections 8 and 12)."""

from typing import Final

from parsepy.errors import Code, ParseError
from parsepy.objects import write_steps
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Guard, Write
from parsepy.options.functions import call
from parsepy.options.model import PasswordPolicy
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import STRING
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.types import JSONValue, Missing, ParseObject
from parsepy.users import password_history
from parsepy.users.passwords import Passwords
from parsepy.users.writable import writable_user

_TOO_WEAK: Final = "Password does not meet the Password Policy requirements."
_CHANGED_AT: Final = "_password_changed_at"
_DAY: Final = 86_400_000
_HASH: Final = tree.Path("_hashed_password", STRING)


class PasswordRules:
    def __init__(self, passwords: Passwords, policy: PasswordPolicy | None) -> None:
        self._passwords = passwords
        self._policy = policy or PasswordPolicy()

    # -- in a write of a user

    async def take(self, write: Write) -> None:
        """Replaces the password of a write by its hash. Raises 201 for an empty one, 142 where the
        policy refuses it, and what keeps the caller from writing the user."""
        if "password" in write.changes:
            await self._take_password(write)
        elif write.creating:
            # As in parse-server, also for whoever has no password yet.
            self._begin_age(write)

    async def _take_password(self, write: Write) -> None:
        password = write.value_of("password")
        write.drop("password")
        if not isinstance(password, str) or not password:
            raise ParseError(Code.PASSWORD_MISSING, "password is required")
        await self._check_strength(password)
        # Not before: nobody is to guess another's passwords by these errors, or by a hash's time.
        before = None if write.creating else await writable_user(write)
        self._check_username(write, before, password)
        if before is not None and self._policy.max_password_history:
            await self._check_history(before, password)
            self._continue_history(write, before)
        write.set("_hashed_password", await self._passwords.hash(password))
        self._begin_age(write)

    def _begin_age(self, write: Write) -> None:
        if self._policy.max_password_age is not None:
            write.set(_CHANGED_AT, values.date(dates.now()))

    async def _check_strength(self, password: str) -> None:
        pattern = self._policy.validator_pattern
        if pattern is not None and pattern.search(password) is None:
            raise self._refused()
        callback = self._policy.validator_callback
        if callback is not None and not await call(callback, password):
            raise self._refused()

    def _check_username(self, write: Write, before: ParseObject | None, password: str) -> None:
        if not self._policy.do_not_allow_username:
            return
        username = write.value_of("username")
        if isinstance(username, Missing) and before is not None:
            username = before.get("username")
        if isinstance(username, str) and username and username in password:
            raise ParseError(Code.VALIDATION_ERROR, "Password cannot contain your username.")

    async def _check_history(self, before: ParseObject, password: str) -> None:
        most = self._policy.max_password_history
        hashes = password_history.compared(before, most)
        if await self._passwords.fits_one_of(password, hashes):
            raise self._repeated()

    def _continue_history(self, write: Write, before: ParseObject) -> None:
        most = self._policy.max_password_history
        write.set("_password_history", password_history.continued(before, most))
        # Of two changes at once one would be missing in the list.
        where = _still_has_password(before)
        if write.guard is None:
            write.guard = Guard(where, self._repeated())
        else:
            write.guard = Guard(tree.both(write.guard.where, where), write.guard.error)

    # -- at a log-in

    async def check_age(self, ctx: RequestContext, user: ParseObject) -> None:
        """Whether the user may still log in with his password. Raises 101.

        Who had his before ages counted starts with the first log-in after that.
        """
        if self._policy.max_password_age is None:
            return
        changed_at = _milliseconds(user.get(_CHANGED_AT))
        if changed_at is None:
            await _start_counting(ctx, user)
        elif changed_at + self._policy.max_password_age * _DAY < dates.now_ms():
            raise ParseError(
                Code.OBJECT_NOT_FOUND, "Your password has expired. Please reset your password."
            )

    # -- errors

    def _refused(self) -> ParseError:
        return ParseError(Code.VALIDATION_ERROR, self._policy.validation_error or _TOO_WEAK)

    def _repeated(self) -> ParseError:
        most = self._policy.max_password_history
        return ParseError(
            Code.VALIDATION_ERROR,
            f"New password should not be the same as last {most} passwords.",
        )


def _still_has_password(user: ParseObject) -> Where:
    hashed = user.get("_hashed_password")
    if hashed is None:
        return tree.Exists(_HASH, exists=False)
    return tree.Equal(_HASH, hashed)


async def _start_counting(ctx: RequestContext, user: ParseObject) -> None:
    schema = await ctx.services.schemas.get("_User")
    unset = tree.Exists(tree.Path(_CHANGED_AT), exists=False)
    where = tree.And((write_steps.has_id(str(user["objectId"])), unset))
    await ctx.services.storage.update(
        schema, where, {_CHANGED_AT: SetValue(values.date(dates.now()))}
    )


def _milliseconds(date: JSONValue) -> float | None:
    iso = date.get("iso") if isinstance(date, dict) else None
    moment = dates.parse(iso) if isinstance(iso, str) else None
    return None if moment is None else moment.timestamp() * 1000
