"""What is special about reading and writing `_Session` (users sheet, section 7)."""

from typing import Final

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects import access
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.objects.present import strip_internal
from parsepy.objects.write_state import Write
from parsepy.permissions.protected_fields import strip
from parsepy.protocol import ids
from parsepy.protocol.operations import is_operation
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.types import ParseObject
from parsepy.users.sessions import Sessions, of_user

_NEVER_UPDATED: Final = ("installationId", "sessionToken")
_SERVER_ONLY: Final = ("expiresAt", "createdWith")
_SERVER_MADE: Final = (*_NEVER_UPDATED, *_SERVER_ONLY, "user")


class SessionRules(ClassRules):
    """A session belongs to its user: nobody else sees or changes it, but the master key."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def before_create(self, write: Write) -> None:
        caller = write.ctx.caller
        if caller.user is None and not caller.is_privileged:
            raise errors.session_token_required()
        _check_acl(write)
        options = write.ctx.services.options
        if options.allow_custom_object_id and not caller.is_privileged:
            write.object_id = ids.new_object_id(options.object_id_size)

    async def before_insert(self, write: Write) -> None:
        """A client's new session is his own, whatever he says of it. It is of no installation:
        else it would end the one that asks for it."""
        user_id = write.ctx.caller.user_id
        if user_id is None:
            return
        for name in [name for name in write.changes if name.partition(".")[0] in _SERVER_MADE]:
            write.drop(name)
        for name, value in self._sessions.fields_of(user_id, {"action": "create"}).items():
            write.set(name, value)

    async def after_create(self, write: Write) -> None:
        """Its maker is told all of it, the token above all."""
        if write.ctx.caller.user_id is None:
            return
        source, token = write.ctx.caller.session_token, str(write.value_of("sessionToken"))
        await self._sessions.check_source(source, token)
        stored = write.stored or {}
        told = {name: stored[name] for name in stored if name not in ("updatedAt", "ACL")}
        hidden = await access.hidden_fields(write.ctx, write.schema)
        strip(told, hidden - {"sessionToken"})
        write.answer.update(told)

    async def before_update(self, write: Write) -> None:
        caller = write.ctx.caller
        if caller.user is None and not caller.is_privileged:
            raise errors.session_token_required()
        _check_acl(write)
        for key in write.body:
            field = key.partition(".")[0]
            if field in _NEVER_UPDATED or (field in _SERVER_ONLY and not caller.is_privileged):
                raise errors.invalid_key_name(field)
        if not caller.is_privileged:
            _check_user(write)
            await self._check_owner(write)

    async def before_delete(self, ctx: RequestContext, object_id: str) -> None:
        if ctx.caller.user is None and not ctx.caller.is_privileged:
            raise errors.invalid_session_token(sanitised=True)
        if not ctx.caller.is_privileged and not await self._owns(ctx, object_id):
            raise self.not_writable(ctx, "delete")

    async def after_update(self, write: Write) -> None:
        await self._sessions.forget(write.object_id)

    async def after_delete(self, ctx: RequestContext, object_id: str) -> None:
        await self._sessions.forget(object_id)

    async def after_purge(self, ctx: RequestContext) -> None:
        await self._sessions.forget_all()

    async def restrict(self, ctx: RequestContext, where: Where) -> Where:
        caller = ctx.caller
        if caller.is_master:
            return where
        if caller.user_id is None:
            raise errors.invalid_session_token(sanitised=True)
        return tree.both(where, of_user(caller.user_id))

    def present(self, ctx: RequestContext, document: ParseObject) -> None:
        strip_internal(document)

    def not_writable(self, ctx: RequestContext, operation: str) -> ParseError:
        if operation == "delete":
            return errors.object_not_found("Object not found for delete.")
        return errors.object_not_found()

    async def _check_owner(self, write: Write) -> None:
        if not await self._owns(write.ctx, write.object_id):
            raise errors.object_not_found()

    async def _owns(self, ctx: RequestContext, object_id: str) -> bool:
        services = ctx.services
        schema = await services.schemas.get("_Session")
        row = await services.storage.get(schema, object_id, None)
        user = row.get("user") if row else None
        return isinstance(user, dict) and user.get("objectId") == ctx.caller.user_id


def _check_acl(write: Write) -> None:
    if "ACL" in write.body:
        raise ParseError(Code.INVALID_KEY_NAME, "Cannot set ACL on a Session.")


def _check_user(write: Write) -> None:
    """His own id may be sent back. In an operation it is none: that would take the user away."""
    for key, user in write.body.items():
        if key.partition(".")[0] != "user":
            continue
        own = isinstance(user, dict) and user.get("objectId") == write.ctx.caller.user_id
        if key != "user" or not own or is_operation(user):
            raise errors.invalid_key_name("user")
