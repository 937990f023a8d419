"""Asking users to confirm their address (users sheet, section 10)."""

import logging
from typing import Final

from parsepy import errors
from parsepy.email.base import Mailer
from parsepy.errors import Code, ParseError
from parsepy.objects import write as write_door
from parsepy.objects.conditions import Condition
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.options.model import ServerOptions
from parsepy.protocol.field_types import BOOLEAN, STRING
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.types import JSONObject, JSONValue, ParseObject
from parsepy.users import verification_decisions as decisions
from parsepy.users.account_mail import AccountMail
from parsepy.users.background import Background
from parsepy.users.mail_tokens import VERIFICATION, is_token
from parsepy.users.writable import writable_user

_EMAIL: Final = tree.Path("email", STRING)
_USERNAME: Final = tree.Path("username", STRING)
_UNVERIFIED: Final = tree.NotEqual(tree.Path("emailVerified", BOOLEAN), True)

_log = logging.getLogger(__name__)


class EmailVerification:
    def __init__(
        self, options: ServerOptions, mailer: Mailer | None, background: Background
    ) -> None:
        self._options = options.verification
        self._decisions = decisions.Decisions(options.verification)
        self._mail = AccountMail(options, mailer)
        self._background = background

    # -- in a write of a user

    async def begin(self, write: Write) -> None:
        """A new token where the write brings an address that has to be confirmed; what was
        confirmed is none any more when the address becomes another."""
        if "email" not in write.changes:
            return
        if await self._has_to_confirm(write):
            write.changes |= VERIFICATION.fresh(self._options.token_validity_duration)
            # What a trigger has set is left alone: it knows better.
            if "emailVerified" not in write.answer:
                write.set("emailVerified", False)
        elif not write.creating:
            await self._forget_old_address(write)

    async def keeps_out(self, write: Write) -> bool:
        """Whether the user that was just created gets no session before he has confirmed."""
        if self._decisions.never_asked:
            return False
        if not await self._decisions.stays_out(await decisions.of_write(write)):
            return False
        if self._options.prevent_signup_with_unverified_email:
            write.refusal = _not_verified()
        return True

    async def send(self, write: Write) -> None:
        """The mail with the token that `begin` has made, once it is stored. That it cannot be sent
        is for the log: the user is there."""
        token = write.value_of(VERIFICATION.column)
        if not isinstance(token, str) or VERIFICATION.column in write.body:
            return
        if write.stored is None:
            return
        try:
            await self._send(write.ctx, write.stored)
        except Exception:
            _log.exception("The mail that confirms an address could not be sent.")

    # -- at a log-in

    async def check_login(
        self, ctx: RequestContext, user: ParseObject, created_with: JSONObject
    ) -> None:
        """Raises 205 for a user who has to confirm his address first."""
        request = decisions.of_user(ctx, user, created_with=created_with)
        if await self._decisions.stays_out(request) and not user.get("emailVerified"):
            raise _not_verified()

    # -- on request

    async def request(self, ctx: RequestContext, email: JSONValue) -> None:
        """`POST /verificationEmailRequest`. Raises 1, 204, 125, 205, -1."""
        await self._mail.check()
        if not email:
            raise ParseError(Code.EMAIL_MISSING, "you must provide an email")
        if not isinstance(email, str):
            raise ParseError(Code.INVALID_EMAIL_ADDRESS, "you must provide a valid email string")
        await self._background.room()
        user = await _find(ctx, tree.Equal(_EMAIL, email))
        if user is not None and not user.get("emailVerified"):
            self._background.start(self._renew_and_send(ctx, user))
        elif not self._options.success_on_invalid_email:
            raise _no_such_user(email) if user is None else _already_verified(email)

    async def resend(self, ctx: RequestContext, username: str | None, token: str | None) -> None:
        """As `request`, for the user of a page. Raises what kept the mail from being sent."""
        if not is_token(username) and not is_token(token):
            raise errors.object_not_found()
        by_name = tree.Equal(_USERNAME, username) if is_token(username) else tree.EVERYTHING
        by_token = VERIFICATION.equals(token) if is_token(token) else tree.EVERYTHING
        await self._background.room()
        user = await _find(ctx, tree.both(by_name, by_token))
        if user is None or user.get("emailVerified"):
            raise errors.object_not_found()
        self._background.start(self._renew_and_send(ctx, user))

    async def verify(self, ctx: RequestContext, token: str) -> bool:
        """Confirms the address that the token was sent to; whether it did."""
        if self._decisions.never_asked or not is_token(token):
            return False
        works = VERIFICATION.is_(token, self._options.token_validity_duration)
        if self._options.token_validity_duration is not None:
            works = tree.both(works, _UNVERIFIED)
        user = await _find(ctx, works)
        if user is None:
            return False
        try:
            await write_door.update(
                ctx.as_master(),
                "_User",
                str(user["objectId"]),
                {"emailVerified": True},
                Condition(works),
                internal=VERIFICATION.used_up(),
            )
        except ParseError as error:
            if error.code == Code.INTERNAL:
                raise
            return False
        return True

    # -- steps

    async def _has_to_confirm(self, write: Write) -> bool:
        email = write.value_of("email")
        if self._decisions.never_asked or not isinstance(email, str) or not email:
            return False
        if decisions.providers_in(write) not in ([], ["anonymous"]):
            return False
        return await self._decisions.must_confirm(await decisions.of_write(write))

    async def _forget_old_address(self, write: Write) -> None:
        stored = await writable_user(write)
        if stored.get("email") == _written_email(write):
            return
        if VERIFICATION.of(stored):
            write.changes |= VERIFICATION.used_up()
        if stored.get("emailVerified") is True and "emailVerified" not in write.changes:
            write.set("emailVerified", False)

    async def _renew_and_send(self, ctx: RequestContext, user: ParseObject) -> None:
        renewed = await self._renewed(ctx, user)
        if renewed is not None:
            await self._send(ctx, renewed)

    async def _renewed(self, ctx: RequestContext, user: ParseObject) -> ParseObject | None:
        """The user with a token that works; `None` where he needs none."""
        if self._decisions.never_asked:
            return None
        storage = ctx.services.storage
        schema = await ctx.services.schemas.get("_User")
        where = tree.And((_same_address(user), _UNVERIFIED))
        reusable = tree.both(where, VERIFICATION.works())
        if self._options.token_reuse_if_valid:
            holder = await _find(ctx, reusable)
            if holder is not None:
                return holder
        request = decisions.of_user(ctx, user, resend_request=True)
        if not await self._decisions.must_confirm(request):
            return None
        changes = VERIFICATION.fresh(self._options.token_validity_duration)
        changes["emailVerified"] = SetValue(False)
        if not self._options.token_reuse_if_valid:
            return await storage.update(schema, where, changes)
        # Of two requests at once one makes the token, and both send that one.
        unless = tree.both(where, tree.Nor((VERIFICATION.works(),)))
        renewed = await storage.update(schema, unless, changes)
        return renewed or await _find(ctx, reusable)

    async def _send(self, ctx: RequestContext, user: ParseObject) -> None:
        if user.get("email") and await self._decisions.gets_mail(ctx, user):
            await self._mail.send_verification(ctx, user, VERIFICATION.of(user))


async def _find(ctx: RequestContext, where: Where) -> ParseObject | None:
    schema = await ctx.services.schemas.get("_User")
    found = await ctx.services.storage.find(schema, where, ONE)
    return found[0] if found else None


def _same_address(user: ParseObject) -> Where:
    return tree.And(
        (
            tree.Equal(tree.Path("objectId"), user["objectId"]),
            tree.Equal(_EMAIL, user.get("email")),
        )
    )


def _written_email(write: Write) -> JSONValue:
    operation = write.changes["email"]
    return operation.value if isinstance(operation, SetValue) else None


def _not_verified() -> ParseError:
    return ParseError(Code.EMAIL_NOT_FOUND, "User email is not verified.")


def _no_such_user(email: str) -> ParseError:
    return ParseError(Code.EMAIL_NOT_FOUND, f"No user found with email {email}")


def _already_verified(email: str) -> ParseError:
    return ParseError(Code.OTHER_CAUSE, f"Email {email} is already verified.")
