"""Who a subscriber is now: since the last event a session may have ended, or a role come."""

from parsepy.errors import ParseError
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.objects.sight import Sight, is_alike_to_all, sight_of
from parsepy.permissions.caller import Caller
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject
from parsepy.users.sessions import Sessions


class Readers:
    def __init__(self, objects: ObjectServices, sessions: Sessions, mount_url: str) -> None:
        self._objects = objects
        self._sessions = sessions
        self._mount_url = mount_url

    async def context_of(
        self,
        token: str | None,
        *,
        is_master: bool = False,
        installation_id: str | None = None,
        context: JSONObject | None = None,
    ) -> RequestContext:
        """Nobody's, for a token that is none any more."""
        caller = Caller(
            is_master=is_master, installation_id=installation_id, context=dict(context or {})
        )
        if token is not None and not is_master:
            try:
                caller.user = await self._sessions.resolve(token, is_use=False)
                caller.session_token = token
            except ParseError:
                pass
        return RequestContext(self._objects, caller, self._mount_url)

    def are_alike(self, schema: ClassSchema, *, by_id: bool) -> bool:
        """Whether all of them see the same of an object that everybody may read."""
        return is_alike_to_all(self._objects, schema, by_id=by_id)

    def public_message(self, error: ParseError) -> str:
        return error.public_message(sanitise=self._objects.options.enable_sanitized_error_response)


class Sights:
    """Those of all who are told of one event; each is asked for once."""

    def __init__(self, readers: Readers, class_name: str) -> None:
        self._readers = readers
        self._class_name = class_name
        self._known: dict[tuple[str | None, bool, bool], Sight | ParseError] = {}

    async def of(self, token: str | None, *, is_master: bool, by_id: bool) -> Sight:
        """Raises what `sight_of` raises."""
        key = (token, is_master, by_id)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = await self._ask(token, is_master=is_master, by_id=by_id)
        if isinstance(known, ParseError):
            raise known
        return known

    async def _ask(self, token: str | None, *, is_master: bool, by_id: bool) -> Sight | ParseError:
        ctx = await self._readers.context_of(token, is_master=is_master)
        try:
            return await sight_of(ctx, self._class_name, by_id=by_id)
        except ParseError as refusal:
            return refusal
