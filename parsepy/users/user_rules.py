"""What is special about reading and writing `_User`: sign-up, uniqueness, passwords, privacy."""

import re
from collections.abc import Iterable
from typing import Final

from parsepy import errors
from parsepy.auth.base import PROVIDER_NAME
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.objects.present import strip_internal
from parsepy.objects.write_state import Write
from parsepy.permissions.protected_fields import keys_of
from parsepy.protocol import ids
from parsepy.protocol.acl import PUBLIC
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import Where
from parsepy.types import JSONObject, ParseObject
from parsepy.users.auth_data import AuthData, already_used, claims_identity, given
from parsepy.users.identities import Identities, log_in_with
from parsepy.users.password_rules import PasswordRules
from parsepy.users.sessions import LEGACY_TOKEN, Sessions
from parsepy.users.verification import EmailVerification

GENERATED_USERNAME_LENGTH: Final = 25
_SIGN_UP: Final[JSONObject] = {"action": "signup", "authProvider": "password"}
_EMAIL: Final = re.compile(r"[^\n\r\u2028\u2029]+@[^\n\r\u2028\u2029]+")
_FILTERABLE_AUTH_DATA: Final = re.compile(rf"authData\.{PROVIDER_NAME.pattern}\.id")
_INTERNAL_ON_PASSWORD_OR_EMAIL: Final = ("_perishable_token", "_perishable_token_expires_at")


class UserRules(ClassRules):
    shown_to_triggers = ("authData",)
    told_after_saves = ("username",)

    def __init__(
        self,
        password_rules: PasswordRules,
        verification: EmailVerification,
        sessions: Sessions,
        auth_data: AuthData,
    ) -> None:
        self._password_rules = password_rules
        self._verification = verification
        self._sessions = sessions
        self._auth_data = auth_data
        self._identities = Identities(auth_data, sessions)

    # -- writes

    async def before_create(self, write: Write) -> None:
        if write.object_id.startswith("role:") or write.object_id == PUBLIC:
            raise errors.forbidden("Invalid object ID.")
        _leave_out_legacy_token(write)
        if not claims_identity(write.body):
            _check_credentials(write)
        sent = given(write.body)
        if write.body.pop("authData", None):
            write.answer["authDataResponse"] = {}
        if sent.proofs:
            await self._identities.sign_up_or_log_in(write, sent)
        if not write.finished:
            _check_email_verified(write)

    async def before_update(self, write: Write) -> None:
        caller = write.ctx.caller
        if caller.user is None and not caller.is_privileged:
            # Before anything is compared: the answer must not tell which names are taken.
            raise ParseError(
                Code.SESSION_MISSING, f"Cannot modify user {write.object_id}.", sanitised=True
            )
        _leave_out_legacy_token(write)
        _check_email_verified(write)
        if "authData" in write.body:
            await self._identities.link(write)

    async def before_insert(self, write: Write) -> None:
        await self._identities.set(write)
        await self._password_rules.take(write)
        if not write.value_of("username"):
            write.set("username", ids.random_text(GENERATED_USERNAME_LENGTH))
            write.answer["username"] = write.value_of("username")  # type: ignore[assignment]
        else:
            await self._check_username(write)
        await self._check_email(write)
        await self._verification.begin(write)
        write.set("ACL", self._private_acl(write))

    async def before_modify(self, write: Write) -> None:
        await self._identities.set(write)
        await self._password_rules.take(write)
        await self._check_username(write)
        await self._check_email(write)
        await self._verification.begin(write)
        if "password" in write.body or "email" in write.body:
            for name in _INTERNAL_ON_PASSWORD_OR_EMAIL:
                write.unset(name)
        if "password" in write.body and write.ctx.services.options.revoke_session_on_password_reset:
            # It opens sessions, so it goes with them.
            write.unset(LEGACY_TOKEN)
        given = write.value_of("ACL")
        if isinstance(given, dict) and not write.ctx.caller.is_privileged:
            write.set("ACL", {**given, write.object_id: {"read": True, "write": True}})

    async def after_create(self, write: Write) -> None:
        if not (self._identities.links(write) or await self._verification.keeps_out(write)):
            proven = self._identities.proven_in(write)
            await self._sessions.start(write, log_in_with(proven) if proven else _SIGN_UP)
        await self._verification.send(write)

    async def after_update(self, write: Write) -> None:
        await self._sessions.forget_user(write.object_id)
        await self._verification.send(write)
        if write.ctx.caller.user is None and self._identities.proven_in(write):
            # Whom an installation links by the master key it also logs in, as in parse-server.
            await self._sessions.start(write, log_in_with(self._identities.proven_in(write)))
        if "password" not in write.body:
            return
        if write.ctx.services.options.revoke_session_on_password_reset:
            await self._sessions.end_all_of(write.object_id)
        if not write.ctx.caller.is_privileged:
            await self._sessions.start(write, None)

    async def before_delete(self, ctx: RequestContext, object_id: str) -> None:
        if ctx.caller.user is None and not ctx.caller.is_privileged:
            raise ParseError(Code.SESSION_MISSING, "Insufficient auth to delete user")

    async def after_delete(self, ctx: RequestContext, object_id: str) -> None:
        await self._sessions.end_all_of(object_id)

    async def after_purge(self, ctx: RequestContext) -> None:
        await self._sessions.forget_all()

    def duplicate(self, field: str | None) -> ParseError:
        if field == "username":
            return _username_taken()
        if field == "email":
            return _email_taken()
        if field is not None and field.startswith("authData"):
            return already_used()
        return errors.duplicate_value()

    def not_writable(self, ctx: RequestContext, operation: str) -> ParseError:
        if ctx.caller.is_privileged:
            return errors.object_not_found()
        return ParseError(Code.SESSION_MISSING, "Insufficient auth.", sanitised=True)

    # -- reads

    async def restrict(self, ctx: RequestContext, where: Where) -> Where:
        keys = set(keys_of(where))
        if "authData" in keys:
            # Its providers are columns; it is none itself, so that no user has it.
            return tree.NOTHING
        if ctx.caller.is_privileged:
            return where
        for key in keys:
            if key.startswith("authData.") and _FILTERABLE_AUTH_DATA.fullmatch(key) is None:
                raise errors.invalid_key_name(key)
        return tree.NOTHING if LEGACY_TOKEN in keys else where

    def check_order(self, ctx: RequestContext, keys: Iterable[str]) -> None:
        if ctx.caller.is_privileged:
            return
        for key in keys:
            root = key.partition(".")[0]
            if root == "authData":
                raise ParseError(Code.INVALID_KEY_NAME, f"Cannot sort by {key}")
            if root == LEGACY_TOKEN:
                raise errors.invalid_field_name(key)

    def present(self, ctx: RequestContext, document: ParseObject) -> None:
        caller = ctx.caller
        if caller.is_maintenance:
            document.pop("_hashed_password", None)
            _show_plain_dates(document)
        else:
            strip_internal(document)
        document.pop("sessionToken", None)
        document.pop("password", None)
        own = document.get("objectId") == caller.user_id
        if (not caller.is_privileged and not own) or document.get("authData") == {}:
            document.pop("authData", None)

    async def complete(self, ctx: RequestContext, documents: list[ParseObject]) -> None:
        await self._auth_data.reveal(ctx, documents)

    def present_included(self, ctx: RequestContext, document: ParseObject) -> None:
        if not ctx.caller.is_master:
            document.pop("authData", None)

    # -- steps

    async def _check_username(self, write: Write) -> None:
        if "username" not in write.changes:
            return
        username = write.value_of("username")
        if not isinstance(username, str) or not username:
            raise ParseError(Code.USERNAME_MISSING, "bad or missing username")
        if write.ctx.services.options.convert_username_to_lowercase:
            write.set("username", username := username.lower())
        if await self._is_taken(write, "username", username):
            raise _username_taken()

    async def _check_email(self, write: Write) -> None:
        email = write.value_of("email")
        if email is None:
            # As a value it would be one that no other user may have.
            write.unset("email")
        if not isinstance(email, str) or not email:
            return
        if _EMAIL.fullmatch(email) is None:
            raise ParseError(Code.INVALID_EMAIL_ADDRESS, "Email address format is invalid.")
        if write.ctx.services.options.convert_email_to_lowercase:
            write.set("email", email := email.lower())
        if await self._is_taken(write, "email", email):
            raise _email_taken()

    async def _is_taken(self, write: Write, field: str, value: str) -> bool:
        """Whether another user has it in whatever case; the unique index decides races."""
        services = write.ctx.services
        where = tree.And(
            (
                tree.Equal(tree.Path(field, write.schema.types[field]), value),
                tree.NotEqual(tree.Path("objectId"), write.object_id),
            )
        )
        folded = not services.options.enable_collation_case_comparison
        options = FindOptions(limit=1, case_insensitive=folded)
        return bool(await services.storage.find(write.schema, where, options))

    def _private_acl(self, write: Write) -> JSONObject:
        given = write.value_of("ACL")
        acl: JSONObject = dict(given) if isinstance(given, dict) else {}
        if not isinstance(given, dict) and not write.ctx.services.options.enforce_private_users:
            acl[PUBLIC] = {"read": True}
        acl[write.object_id] = {"read": True, "write": True}
        return acl


def _check_credentials(write: Write) -> None:
    """Without a proof of identity a new user needs name and password. Raises 200, 201."""
    username, password = write.body.get("username"), write.body.get("password")
    if not isinstance(username, str) or not username:
        raise ParseError(Code.USERNAME_MISSING, "bad or missing username")
    if not isinstance(password, str) or not password:
        raise ParseError(Code.PASSWORD_MISSING, "password is required")


def _leave_out_legacy_token(write: Write) -> None:
    """A client that could write one would have a way in that outlives its session. Old SDKs send
    back what they have, so it is no error."""
    if write.ctx.caller.is_privileged:
        return
    for name in [name for name in write.body if name.partition(".")[0] == LEGACY_TOKEN]:
        del write.body[name]
        write.drop(name)


def _check_email_verified(write: Write) -> None:
    if "emailVerified" in write.body and not write.ctx.caller.is_privileged:
        raise errors.forbidden("Clients aren't allowed to manually update email verification.")


def _show_plain_dates(document: ParseObject) -> None:
    """Internal dates are bare texts to the maintenance key (observed)."""
    for name, value in document.items():
        if name.startswith("_") and isinstance(value, dict) and value.get("__type") == "Date":
            document[name] = value["iso"]


def _username_taken() -> ParseError:
    return ParseError(Code.USERNAME_TAKEN, "Account already exists for this username.")


def _email_taken() -> ParseError:
    return ParseError(Code.EMAIL_TAKEN, "Account already exists for this email address.")
