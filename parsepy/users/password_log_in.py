"""Proving who one is by name or address and password (users sheet, section 4, steps 1 to 9)."""

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import Where
from parsepy.types import JSONMapping, JSONObject, JSONValue, ParseObject
from parsepy.users.auth_data import AuthData
from parsepy.users.lockout import Lockout
from parsepy.users.passwords import Passwords
from parsepy.users.verification import EmailVerification


class PasswordLogIn:
    """The same for a log-in, for `/verifyPassword` and for a challenge."""

    def __init__(
        self,
        passwords: Passwords,
        lockout: Lockout,
        verification: EmailVerification,
        auth_data: AuthData,
    ) -> None:
        self._auth_data = auth_data
        self._passwords = passwords
        self._lockout = lockout
        self._verification = verification

    async def prove(
        self,
        ctx: RequestContext,
        parameters: JSONMapping,
        created_with: JSONObject,
        *,
        is_all: bool = True,
    ) -> ParseObject:
        """The user, as he is stored. `created_with` is what his session would say of itself.

        Unless the password `is_all` that the user's log-ins take, a right one does not count as a
        success yet: `succeed` does that when the further proofs are judged.

        Raises 200, 201, 101, 205, 108.
        """
        self._lockout.check_countable(ctx)
        username, email = parameters.get("username"), parameters.get("email")
        password = parameters.get("password")
        if not _is_given(username) and not _is_given(email):
            raise ParseError(Code.USERNAME_MISSING, "username/email is required.")
        if not _is_given(password):
            raise ParseError(Code.PASSWORD_MISSING, "password is required.")
        if not _are_texts(password, username, email):
            raise errors.invalid_login()
        user = await self._find(ctx, _text(username), _text(email))
        hashed = user.get("_hashed_password") if user else None
        matches = await self._passwords.matches(
            _text(password), hashed if isinstance(hashed, str) else None
        )
        if user is None:
            await self._lockout.judge_nobody(ctx)
            raise errors.invalid_login()
        if self._lockout.is_on:
            await self._count(ctx, user, matches=matches, is_all=is_all)
        if not matches:
            raise errors.invalid_login()
        if user.get("ACL") == {} and not ctx.caller.is_master:
            raise errors.invalid_login()
        if not (ctx.caller.is_privileged and parameters.get("ignoreEmailVerification")):
            await self._verification.check_login(ctx, user, created_with)
        return user

    async def succeed(self, ctx: RequestContext, user: ParseObject) -> None:
        """Sets the count of failed log-ins back. Raises 101 for a locked account."""
        await self._lockout.judge(ctx, user, matches=True)

    async def _count(
        self, ctx: RequestContext, user: ParseObject, *, matches: bool, is_all: bool
    ) -> None:
        if matches and not (is_all and await self._auth_data.asks_no_more(ctx, user)):
            await self._lockout.check(ctx, user)
        else:
            await self._lockout.judge(ctx, user, matches=matches)

    async def _find(self, ctx: RequestContext, username: str, email: str) -> ParseObject | None:
        """A name may be somebody's address: then the one whose name it is wins."""
        schema = await ctx.services.schemas.get("_User")
        users = await ctx.services.storage.find(
            schema, _named(username, email), FindOptions(limit=2)
        )
        for user in users:
            if user.get("username") == username:
                return user
        return users[0] if users else None


def _named(username: str, email: str) -> Where:
    by_name = tree.Equal(tree.Path("username"), username)
    if email and username:
        return tree.And((by_name, tree.Equal(tree.Path("email"), email)))
    if email:
        return tree.Equal(tree.Path("email"), email)
    return tree.Or((by_name, tree.Equal(tree.Path("email"), username)))


def _is_given(value: JSONValue) -> bool:
    """`null`, `false`, 0 and the empty text name nobody; an empty object is a wrong type."""
    return bool(value) or isinstance(value, dict | list)


def _are_texts(password: JSONValue, username: JSONValue, email: JSONValue) -> bool:
    """Types before use: an operator in place of a name must never reach a query."""
    return isinstance(password, str) and all(
        isinstance(value, str) or not _is_given(value) for value in (username, email)
    )


def _text(value: JSONValue) -> str:
    return value if isinstance(value, str) else ""
