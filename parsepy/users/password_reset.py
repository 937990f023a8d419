"""New passwords for those who forgot theirs (users sheet, section 11)."""

from typing import Final

from parsepy.email.base import Mailer
from parsepy.errors import Code, ParseError, PreconditionFailed
from parsepy.objects import write as write_door
from parsepy.objects.conditions import Condition
from parsepy.objects.context import RequestContext
from parsepy.options.model import PasswordPolicy, ServerOptions
from parsepy.protocol.field_types import STRING
from parsepy.protocol.operations import Changes
from parsepy.query import tree
from parsepy.query.options import ONE, FindOptions
from parsepy.query.tree import Where
from parsepy.types import JSONValue, ParseObject
from parsepy.users.account_mail import AccountMail, address_of
from parsepy.users.background import Background
from parsepy.users.lockout import UNLOCKED
from parsepy.users.login_triggers import before_password_reset_request
from parsepy.users.mail_tokens import RESET, is_token

_EMAIL: Final = tree.Path("email", STRING)
_USERNAME: Final = tree.Path("username", STRING)
_TWO: Final = FindOptions(limit=2)


class PasswordReset:
    def __init__(
        self, options: ServerOptions, mailer: Mailer | None, background: Background
    ) -> None:
        policy = options.password_policy or PasswordPolicy()
        lockout = options.account_lockout
        self._validity = policy.reset_token_validity_duration
        self._reuses = policy.reset_token_reuse_if_valid
        self._hides_unknown = policy.reset_password_success_on_invalid_email
        self._unlocks = lockout is not None and lockout.unlock_on_password_reset
        self._mail = AccountMail(options, mailer)
        self._background = background

    async def request(self, ctx: RequestContext, email: JSONValue, token: JSONValue) -> None:
        """`POST /requestPasswordReset`. Raises 1, 204, 162, 125, 101, and what the trigger does."""
        await self._mail.check()
        if not email and not token:
            raise ParseError(Code.EMAIL_MISSING, "you must provide an email")
        if token and not is_token(token):
            raise ParseError(Code.INVALID_VALUE, "token must be a string")
        await self._background.room()
        user = await self._holder_of_old(ctx, token) if is_token(token) else None
        if user is None:
            if not isinstance(email, str):
                raise _no_address()
            user = await _addressed(ctx, email)
        if user is not None:
            # Awaited, as it may refuse: an app with this trigger takes that its time tells.
            await before_password_reset_request(ctx, user)
            self._background.start(self._renew_and_send(ctx, user))
        elif not self._hides_unknown:
            raise ParseError(Code.OBJECT_NOT_FOUND, "A user with that email does not exist.")

    async def check(self, ctx: RequestContext, token: str) -> None:
        """Raises -1 with the text for the user unless the token opens the page."""
        await self._holder(ctx, token)

    async def reset(self, ctx: RequestContext, token: str, password: str) -> None:
        """Sets the password, once for each token. Raises -1 or 142 with the text for the user."""
        user = await self._holder(ctx, token)
        try:
            await write_door.update(
                ctx.as_master(),
                "_User",
                str(user["objectId"]),
                {"password": password},
                Condition(RESET.is_(token, self._validity)),
                internal=self._changes_beside(),
            )
        except PreconditionFailed:
            raise _invalid_token() from None
        except ParseError as error:
            if error.code == Code.OBJECT_NOT_FOUND:
                raise _invalid_token() from None
            raise

    # -- steps

    def _changes_beside(self) -> Changes:
        changes = RESET.used_up()
        return {**changes, **UNLOCKED} if self._unlocks else changes

    async def _holder(self, ctx: RequestContext, token: str) -> ParseObject:
        """The one user whose token this is. Raises -1."""
        if not is_token(token):
            raise _invalid_token()
        schema = await ctx.services.schemas.get("_User")
        holders = await ctx.services.storage.find(schema, RESET.equals(token), _TWO)
        if len(holders) != 1:
            raise _invalid_token()
        if RESET.is_over(holders[0], self._validity):
            raise ParseError(Code.OTHER_CAUSE, "The password reset link has expired")
        return holders[0]

    async def _holder_of_old(self, ctx: RequestContext, token: str) -> ParseObject | None:
        """A page that was open for too long asks with its token for a new mail."""
        schema = await ctx.services.schemas.get("_User")
        found = await ctx.services.storage.find(schema, RESET.equals(token), ONE)
        return found[0] if found and RESET.is_over(found[0], self._validity) else None

    async def _renew_and_send(self, ctx: RequestContext, user: ParseObject) -> None:
        renewed = await self._renewed(ctx, user)
        if renewed is not None:
            await self._mail.send_password_reset(ctx, renewed, RESET.of(renewed))

    async def _renewed(self, ctx: RequestContext, user: ParseObject) -> ParseObject | None:
        """The user with a token that works; `None` where his address is another by now."""
        storage = ctx.services.storage
        schema = await ctx.services.schemas.get("_User")
        same_address = _mail_for(address_of(user))
        where = tree.And((tree.Equal(tree.Path("objectId"), user["objectId"]), same_address))
        changes = RESET.fresh(self._validity)
        if not self._reuses:
            return await storage.update(schema, where, changes)
        # Of two requests at once one makes the token, and both send that one.
        unless = tree.both(where, tree.Nor((RESET.works(),)))
        renewed = await storage.update(schema, unless, changes)
        if renewed is not None:
            return renewed
        found = await storage.find(schema, tree.both(where, RESET.works()), ONE)
        return found[0] if found else None


async def _addressed(ctx: RequestContext, address: str) -> ParseObject | None:
    """Whom mail to this address is for; who has it as his email goes first."""
    schema = await ctx.services.schemas.get("_User")
    users = await ctx.services.storage.find(schema, _mail_for(address), _TWO)
    for user in users:
        if user.get("email") == address:
            return user
    return users[0] if users else None


def _mail_for(address: str) -> Where:
    by_name = tree.And((tree.Equal(_USERNAME, address), tree.Exists(_EMAIL, exists=False)))
    return tree.Or((tree.Equal(_EMAIL, address), by_name))


def _no_address() -> ParseError:
    return ParseError(Code.INVALID_EMAIL_ADDRESS, "you must provide a valid email string")


def _invalid_token() -> ParseError:
    return ParseError(
        Code.OTHER_CAUSE, "Failed to reset password: username / email / token is invalid"
    )
