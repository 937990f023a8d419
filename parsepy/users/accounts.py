"""Logging in and out (users sheet, sections 4 and 5)."""

from typing import Final

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects import read
from parsepy.objects.context import RequestContext
from parsepy.objects.present import strip_internal
from parsepy.protocol.find_parameters import WHOLE_OBJECT
from parsepy.types import JSONMapping, JSONObject, JSONValue, ParseObject
from parsepy.users.auth_data import AuthData, Given, Validated, given
from parsepy.users.login_triggers import after_login, after_logout, before_login
from parsepy.users.password_log_in import PasswordLogIn
from parsepy.users.password_rules import PasswordRules
from parsepy.users.readable import found_user, readable_user
from parsepy.users.sessions import CLOUD_INSTALLATION, Sessions

_MAY_CHANGE_HIM: Final = ("beforeLogin", "afterLogin", "beforeFind", "afterFind")
"""Triggers after which he, or what is seen of him, may be another than when he proved who he is."""


class Accounts:
    def __init__(
        self,
        password_log_in: PasswordLogIn,
        password_rules: PasswordRules,
        auth_data: AuthData,
        sessions: Sessions,
    ) -> None:
        self._password_log_in = password_log_in
        self._password_rules = password_rules
        self._auth_data = auth_data
        self._sessions = sessions

    async def log_in(self, ctx: RequestContext, parameters: JSONMapping) -> JSONObject:
        """The user with a new `sessionToken`. Raises 200, 201, 101, 205, 108, -1, 208, and
        what providers and triggers raise."""
        # The password counts whatever stands beside it, so it is looked at first.
        user = await self._password_log_in.prove(
            ctx, parameters, _created_with(parameters), is_all=False
        )
        validated = await self._further_proofs(ctx, user, parameters)
        if validated.refusal is not None:
            await self._auth_data.store(ctx, user, validated)
        await self._password_rules.check_age(ctx, user)
        shown = await readable_user(ctx, user)
        await before_login(ctx, shown)
        if await self._auth_data.store(ctx, user, validated):
            await self._sessions.forget_user(str(user["objectId"]))
            shown = await readable_user(ctx, user)
        session = await self._start_session(ctx, user, "password")
        await self._check_still(ctx, user, session)
        token: JSONObject = {"sessionToken": session["sessionToken"]}
        await after_login(ctx, {**shown, **token})
        if ctx.triggers_of("_User", *_MAY_CHANGE_HIM) is not None:
            shown = await found_user(ctx, user)
        answer = {**shown, **token}
        if isinstance(parameters.get("authData"), dict):
            answer["authDataResponse"] = validated.response
        return answer

    async def verify_password(self, ctx: RequestContext, parameters: JSONMapping) -> JSONObject:
        """The user, without a session. Raises as `log_in` does for the password."""
        user = await self._password_log_in.prove(ctx, parameters, _created_with(parameters))
        return await found_user(ctx, user)

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
        except ParseError as error:
            if error.code != Code.OBJECT_NOT_FOUND:
                raise
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

    async def _further_proofs(
        self, ctx: RequestContext, user: ParseObject, parameters: JSONMapping
    ) -> Validated:
        """What comes with a right password. Only the whole log-in sets the count of failed ones
        back."""
        sent = given(parameters) if parameters.get("authData") else Given()
        validated = await self._auth_data.validate_further(ctx, user, sent)
        if validated.refusal is None:
            await self._password_log_in.succeed(ctx, user)
        return validated

    async def _user_of(self, token: str) -> str:
        try:
            user = await self._sessions.resolve(token)
        except ParseError:
            raise errors.invalid_session_token(sanitised=True) from None
        return str(user["objectId"])

    async def _check_still(
        self, ctx: RequestContext, user: ParseObject, session: JSONObject
    ) -> None:
        """A change of the password ends all sessions that are there: not the one of a log-in by
        the old password that is stored a moment later. Raises 101, the session is gone then."""
        schema = await ctx.services.schemas.get("_User")
        stored = await ctx.services.storage.get(schema, str(user["objectId"]), None)
        if stored is None or stored.get("_hashed_password") != user.get("_hashed_password"):
            await self._sessions.end(str(session["sessionToken"]))
            raise errors.invalid_login()

    async def _start_session(
        self, ctx: RequestContext, user: ParseObject, provider: str
    ) -> JSONObject:
        return await self._sessions.create(
            ctx,
            str(user["objectId"]),
            {"action": "login", "authProvider": provider},
            _installation(ctx),
        )


def _installation(ctx: RequestContext) -> str | None:
    """The installation that logs in. A mighty key that names none has that of the server itself,
    and of that a session says nothing."""
    installation_id = ctx.caller.installation_id
    if ctx.caller.is_privileged and installation_id == CLOUD_INSTALLATION:
        return None
    return installation_id


def _created_with(parameters: JSONMapping) -> JSONObject:
    """What the session would say of itself, as functions of options are told."""
    proofs = parameters.get("authData")
    names = ",".join(proofs) if isinstance(proofs, dict) else ""
    return {"action": "login", "authProvider": names or "password"}
