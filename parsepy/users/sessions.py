"""Sessions: made at log-in, looked up by token on every request, ended."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import msgspec

from parsepy import errors
from parsepy.cache import Cache, Changes
from parsepy.objects import publish, write
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.objects.present import strip_internal
from parsepy.objects.write_state import Write
from parsepy.permissions.caller import MASTER, Caller
from parsepy.protocol import dates, ids, values
from parsepy.protocol.field_types import DATE, FieldType
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.storage.transaction import once_kept
from parsepy.types import JSONObject, JSONValue, ParseObject
from parsepy.users.session_life import TOKEN, SessionRenewal, expiry

CLOUD_INSTALLATION: Final = "cloud"
"""The installation id of the server itself: it signs users up without logging them in."""

LEGACY_TOKEN: Final = "sessionToken"
"""Of a user: the token that he had in days before there were sessions."""

_CREATED_AT: Final = tree.Path("createdAt", DATE)
_USER_POINTER: Final = FieldType("Pointer", "_User")


class Session(msgspec.Struct, frozen=True):
    """A valid session's user, and when it ends (`None`: never)."""

    object_id: str
    user: ParseObject
    updated_at: str
    expires_at: str | None


class Sessions:
    def __init__(self, services: ObjectServices, changes: Changes) -> None:
        self._services = services
        options = services.options
        self._cache: Cache[Session] = Cache(
            "sessions",
            ttl=options.cache_ttl / 1000,
            max_size=options.cache_max_size,
            changes=changes,
            topics_of=_topics_of,
        )
        renews = options.extend_session_on_use and options.expire_inactive_sessions
        self._renewal = SessionRenewal(services, self._cache.drop) if renews else None

    async def resolve(self, token: str, *, is_use: bool = True) -> ParseObject:
        """The user of a session token. Raises 209 for an unknown, orphaned or expired one.

        A session may be extended by its use, which waiting for events is not.
        """
        if self._services.storage.current_transaction is None:
            session = await self._cache.fetch(token, self._look_up)
        else:
            # What it has changed itself counts for it, and must not be remembered for others.
            session = await self._look_up(token)
        if session.expires_at is not None and session.expires_at < dates.now():
            raise errors.session_expired()
        if is_use and self._renewal is not None:
            self._renewal.used(token, session.updated_at)
        return session.user

    async def find_by_token(self, token: str) -> ParseObject | None:
        """The session object itself, expired or not."""
        schema = await self._services.schemas.get("_Session")
        rows = await self._services.storage.find(schema, tree.Equal(TOKEN, token), ONE)
        return rows[0] if rows else None

    async def create(
        self,
        ctx: RequestContext,
        user_id: str,
        created_with: JSONObject | None,
        installation_id: str | None,
        source: str | None = None,
    ) -> JSONObject:
        """A new session for the user; it ends earlier ones of the same installation.

        `source` is the token of the session that asks for it, if one does. Answers the session's
        fields with `objectId` and `createdAt`. Raises 209 where the source is no more.
        """
        fields = self.fields_of(user_id, created_with)
        if installation_id is not None:
            fields["installationId"] = installation_id
        ends_others = installation_id is not None and installation_id != CLOUD_INSTALLATION
        others = _of_installation(user_id, installation_id)
        told = await self._to_be_told(others) if ends_others else []
        written = await write.create(ctx.as_master(), "_Session", dict(fields))
        session: JSONObject = {**fields, **written.answer}
        # Before it may be ended as an earlier one of the same installation.
        await self.check_source(source, str(fields["sessionToken"]))
        if ends_others:
            # Not those of a log-in after it.
            surely = [each for each in told if str(each["createdAt"]) < str(session["createdAt"])]
            await self._delete(tree.both(others, _before(session)), surely)
            await self.forget_user(user_id)
        return session

    def fields_of(self, user_id: str, created_with: JSONObject | None) -> JSONObject:
        """What makes a new session one: only the server ever says it."""
        fields: JSONObject = {
            "sessionToken": ids.new_session_token(),
            "user": values.pointer("_User", user_id),
        }
        if created_with is not None:
            fields["createdWith"] = created_with
        expires_at = expiry(self._services.options)
        if expires_at is not None:
            fields["expiresAt"] = expires_at
        return fields

    async def start(self, saved: Write, created_with: JSONObject | None) -> None:
        """Logs the user of a write in: the answer gets his token. The server itself signs users
        up without that."""
        installation_id = saved.ctx.caller.installation_id
        if installation_id == CLOUD_INSTALLATION:
            return
        session = await self.create(saved.ctx, saved.object_id, created_with, installation_id)
        saved.answer["sessionToken"] = session["sessionToken"]

    async def check_source(self, source: str | None, token: str) -> None:
        """Ends the new session `token` where the one that asked for it is no more: the end of all
        sessions must not miss one that is stored a moment later. Raises 209 then."""
        if source is not None and await self.find_by_token(source) is None:
            await self.end(token)
            raise errors.invalid_session_token()

    async def end(self, token: str) -> None:
        await self._delete(tree.Equal(TOKEN, token))
        await self._once_kept(partial(self._cache.drop, token))

    async def end_all_of(self, user_id: str) -> None:
        await self._delete(of_user(user_id))
        await self.forget_user(user_id)

    async def forget_user(self, user_id: str) -> None:
        """The user changed: cached sessions hold an old copy."""
        await self._once_kept(partial(self._cache.drop, user_id))

    async def forget(self, session_id: str) -> None:
        """The session changed, or is no more."""
        await self._once_kept(partial(self._cache.drop, session_id))

    async def forget_all(self) -> None:
        await self._once_kept(self._cache.clear)

    async def settled(self) -> None:
        """Waits for what requests have set off without waiting for it."""
        if self._renewal is not None:
            await self._renewal.settled()

    async def _once_kept(self, action: Callable[[], Awaitable[None]]) -> None:
        await once_kept(self._services.storage, action)

    async def _look_up(self, token: str) -> Session:
        row = await self.find_by_token(token)
        user_id = pointed_user(row)
        if row is None or user_id is None:
            raise errors.invalid_session_token()
        schema = await self._services.schemas.get("_User")
        user = await self._services.storage.get(schema, user_id, None)
        if user is None:
            raise errors.invalid_session_token()
        check_user_id(user_id)
        # Every request of the session carries this copy: it must hold no secret.
        strip_internal(user)
        user.pop(LEGACY_TOKEN, None)
        owner = RequestContext(self._services, Caller(user=user))
        await self._services.rules_of("_User").complete(owner, [user])
        expires_at = _iso(row.get("expiresAt"))
        return Session(str(row["objectId"]), user, str(row.get("updatedAt")), expires_at)

    async def _to_be_told(self, where: Where) -> list[ParseObject]:
        """The sessions whose end somebody may be told of."""
        schema = await self._services.schemas.get("_Session")
        if not schema.exists or not self._services.publisher.wants("_Session"):
            return []
        return await self._services.storage.find(schema, where)

    async def _delete(self, where: Where, told: list[ParseObject] | None = None) -> None:
        """`told`: those that were there, where they are known already."""
        schema = await self._services.schemas.get("_Session")
        if not schema.exists:
            return
        ended = await self._to_be_told(where) if told is None else told
        await self._services.storage.delete(schema, where)
        ctx = RequestContext(self._services, MASTER)
        for session in ended:
            await self.forget(str(session["objectId"]))
            await publish.deleted(ctx, schema, session)


def _topics_of(token: str, session: Session) -> tuple[str, str, str]:
    return token, session.object_id, str(session.user["objectId"])


def check_user_id(user_id: str) -> None:
    """Raises 1 for an id that every ACL would take for a role's."""
    if user_id.startswith("role:"):
        raise errors.ParseError(errors.Code.INTERNAL, "Invalid object ID.")


def of_user(user_id: str) -> Where:
    return tree.Equal(tree.Path("user", _USER_POINTER), values.pointer("_User", user_id))


def _of_installation(user_id: str, installation_id: str | None) -> Where:
    return tree.both(of_user(user_id), tree.Equal(tree.Path("installationId"), installation_id))


def _before(session: JSONObject) -> Where:
    """Of two log-ins in one millisecond one is the later all the same: they must not end each
    other."""
    created_at = values.date(str(session["createdAt"]))
    at_once = tree.And(
        (
            tree.Equal(_CREATED_AT, created_at),
            tree.Compare(tree.Path("objectId"), "<", session["objectId"]),
        )
    )
    return tree.Or((tree.Compare(_CREATED_AT, "<", created_at), at_once))


def pointed_user(row: ParseObject | None) -> str | None:
    user = row.get("user") if row else None
    object_id = user.get("objectId") if isinstance(user, dict) else None
    return object_id if isinstance(object_id, str) else None


def _iso(value: JSONValue) -> str | None:
    iso = value.get("iso") if isinstance(value, dict) else None
    return iso if isinstance(iso, str) else None
