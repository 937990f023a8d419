"""Logging in and out (users sheet, sections 4 and 5)."""

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects import read
from parsepy.objects.context import RequestContext
from parsepy.objects.present import strip_internal
from parsepy.protocol.find_parameters import WHOLE_OBJECT
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import Where
from parsepy.types import JSONMapping, JSONObject, JSONValue, ParseObject
from parsepy.users.login_triggers import after_login, after_logout, before_login
from parsepy.users.passwords import Passwords
from parsepy.users.sessions import Sessions
from parsepy.users.user_rules import readable_user


class Accounts:
    def __init__(self, passwords: Passwords, sessions: Sessions) -> None:
        self._passwords = passwords
        self._sessions = sessions

    async def log_in(self, ctx: RequestContext, parameters: JSONMapping) -> JSONObject:
        """The user with a new `sessionToken`. Raises 200, 201, 101."""
        user = await self._authenticate(ctx, parameters)
        shown = await readable_user(ctx, user)
        await before_login(ctx, shown)
        session = await self._start_session(ctx, user, "password")
        answer = {**shown, "sessionToken": session["sessionToken"]}
        await after_login(ctx, answer)
        return answer

    async def verify_password(self, ctx: RequestContext, parameters: JSONMapping) -> JSONObject:
        """The user, without a session. Raises as `log_in`."""
        return await readable_user(ctx, await self._authenticate(ctx, parameters))

    async def log_in_as(self, ctx: RequestContext, user_id: JSONValue) -> JSONObject:
        """A session for any user, for the master key. Raises 119, 162, 101."""
        if not ctx.caller.is_master:
            raise errors.forbidden("master key is required")
        if ctx.caller.is_read_only:
            raise errors.read_only_key("login as another user")
        if not user_id:
            raise ParseError(Code.INVALID_VALUE, "userId must not be empty, null, or undefined")
        schema = await ctx.services.schemas.get("_User")
        user = (
            await ctx.services.storage.get(schema, user_id, None)
            if isinstance(user_id, str)
            else None
        )
        if user is None:
            raise errors.object_not_found("user not found")
        session = await self._start_session(ctx, user, "masterkey")
        return {**await readable_user(ctx, user), "sessionToken": session["sessionToken"]}

    async def me(self, ctx: RequestContext) -> JSONObject:
        """The caller's own user with his token. Raises 209."""
        caller = ctx.caller
        user_id, token = caller.user_id, caller.session_token
        if token is None:
            raise errors.invalid_session_token(sanitised=True)
        if user_id is None:
            # The master key leaves the token alone until somebody asks for it, as here.
            user_id = await self._user_of(token)
        try:
            user = await read.get(ctx, "_User", user_id, WHOLE_OBJECT)
        except ParseError:
            raise errors.invalid_session_token(sanitised=True) from None
        return {**user, "sessionToken": token}

    async def log_out(self, ctx: RequestContext) -> None:
        """Ends the session of the caller's token, if he brings one. Raises 119."""
        if ctx.caller.session_token is None:
            return
        if ctx.caller.is_read_only:
            raise errors.read_only_key("end a session")
        session = None
        if ctx.triggers_of("_Session", "afterLogout") is not None:
            session = await self._sessions.find_by_token(ctx.caller.session_token)
        await self._sessions.end(ctx.caller.session_token)
        if session is not None:
            strip_internal(session)
            await after_logout(ctx, session)

    async def _user_of(self, token: str) -> str:
        try:
            user = await self._sessions.resolve(token)
        except ParseError:
            raise errors.invalid_session_token(sanitised=True) from None
        return str(user["objectId"])

    async def _start_session(
        self, ctx: RequestContext, user: ParseObject, provider: str
    ) -> JSONObject:
        return await self._sessions.create(
            ctx,
            str(user["objectId"]),
            {"action": "login", "authProvider": provider},
            ctx.caller.installation_id,
        )

    async def _authenticate(self, ctx: RequestContext, parameters: JSONMapping) -> ParseObject:
        """The user whose name or address, and password, `parameters` hold."""
        username, email = parameters.get("username"), parameters.get("email")
        password = parameters.get("password")
        if not username and not email:
            raise ParseError(Code.USERNAME_MISSING, "username/email is required.")
        if not password:
            raise ParseError(Code.PASSWORD_MISSING, "password is required.")
        if not _are_texts(password, username, email):
            raise errors.invalid_login()
        user = await self._find(ctx, _text(username), _text(email))
        hashed = user.get("_hashed_password") if user else None
        matches = await self._passwords.matches(
            _text(password), hashed if isinstance(hashed, str) else None
        )
        if user is None or not matches:
            raise errors.invalid_login()
        if user.get("ACL") == {} and not ctx.caller.is_privileged:
            raise errors.invalid_login()
        return user

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


def _are_texts(password: JSONValue, username: JSONValue, email: JSONValue) -> bool:
    """Types before use: an operator in place of a name must never reach a query."""
    return isinstance(password, str) and all(
        value is None or isinstance(value, str) for value in (username, email)
    )


def _text(value: JSONValue) -> str:
    return value if isinstance(value, str) else ""
