"""The ACLs of files, one row each in the app's database, beside whichever store has the bytes.

A file without a row is open to all, as an object without ACL: those that were uploaded before
there were ACLs, or by parse-server. So a row comes before the bytes that it guards, and goes after
them. Rows are no objects of an app: no permission, trigger or schema has a say.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from parsepy import errors
from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.objects.context import RequestContext
from parsepy.options.definitions.files import OWNER
from parsepy.permissions.caller import Caller
from parsepy.protocol import acl as acls
from parsepy.protocol import dates, ids
from parsepy.protocol.acl import PUBLIC
from parsepy.protocol.field_types import STRING
from parsepy.protocol.operations import Changes, SetValue
from parsepy.query import tree
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.system_classes import FILE_ACCESS_CLASS
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, JSONValue, Missing

SCHEMA: Final = ClassSchema(ClassDefinition(FILE_ACCESS_CLASS, {"upload": Field(STRING)}))
_UPLOAD_LENGTH: Final = 16


class FileAcls:
    """The id of a row is the file's name, `upload` names the upload that wrote it."""

    def __init__(self, storage: Storage, default: str) -> None:
        """`default` is whose a file without a given ACL is: `owner` or `public`."""
        self._storage = storage
        self._owned = default == OWNER

    # -- reading

    async def shows(self, ctx: RequestContext, name: str) -> bool:
        """Whether the caller may read the file, as far as its ACL says. Looked up at each call:
        an ACL holds from the next request on."""
        acl = await self._of(name)
        return acl is None or acls.grants(acl, "read", await ctx.group())

    async def names(self, ctx: RequestContext, name: str) -> bool:
        """Whether the ACL lets just this caller read the file, or a role of his."""
        acl = await self._of(name)
        group = [entry for entry in await ctx.group() if entry != PUBLIC]
        return acl is not None and acls.grants(acl, "read", group)

    async def _of(self, name: str) -> JSONObject | None:
        """`None`: it has none."""
        row = await self._storage.get(SCHEMA, name, None)
        acl = None if row is None else row.get("ACL")
        return acl if isinstance(acl, dict) else None

    # -- uploads and removals

    @asynccontextmanager
    async def guarding(
        self,
        ctx: RequestContext,
        name: str,
        given: JSONValue | Missing,
        has_ended: Callable[[], bool],
    ) -> AsyncIterator[None]:
        """An upload that is stored inside gets the ACL that was given with it, else the default.

        While it is stored, and if the server is killed then, neither the old bytes nor the new
        ones are open to more than they were given to. So it stays where storing fails after the
        content `has_ended`: from then on nobody knows which of them are there.
        Raises 108, 119, and 123 for a wrong ACL.
        """
        if self._storage.current_transaction is not None:
            # It might be given up, and the bytes stay where they are.
            raise ParseError(
                Code.COMMAND_UNAVAILABLE, "A file with an ACL cannot be stored in a transaction."
            )
        before = await self._of(name)
        if before is not None and not ctx.caller.is_privileged:
            await _check_overwriting(ctx, before)
        after = checked(given) if not isinstance(given, Missing) else self._default(ctx.caller)
        upload = ids.random_text(_UPLOAD_LENGTH)
        meanwhile = narrower(before, after)
        if meanwhile is not None:
            await self._put(name, meanwhile, upload)
        try:
            yield
        except BaseException:
            if not has_ended():
                await asyncio.shield(self._become(name, before, upload))
            raise
        if meanwhile != after:
            await self._become(name, after, upload)

    async def forget(self, names: Sequence[str]) -> None:
        """The files are gone."""
        await self._storage.delete(SCHEMA, tree.In(tree.Path("objectId"), tuple(names)))

    def _default(self, caller: Caller) -> JSONObject | None:
        if not self._owned:
            return None
        user_id = caller.user_id
        return {} if user_id is None else {user_id: {"read": True, "write": True}}

    async def _put(self, name: str, acl: JSONObject, upload: str) -> None:
        if await self._update(tree.Equal(tree.Path("objectId"), name), acl, upload):
            return
        now = dates.now()
        row: JSONObject = {"objectId": name, "createdAt": now, "updatedAt": now}
        with suppress(DuplicateValue):
            await self._storage.insert(SCHEMA, {**row, "ACL": acl, "upload": upload})
            return
        await self._update(tree.Equal(tree.Path("objectId"), name), acl, upload)

    async def _become(self, name: str, acl: JSONObject | None, upload: str) -> None:
        """Unless another upload of the name has begun since: then that one decides."""
        mine = tree.And(
            (
                tree.Equal(tree.Path("objectId"), name),
                tree.Equal(tree.Path("upload", STRING), upload),
            )
        )
        if acl is None:
            await self._storage.delete(SCHEMA, mine)
        else:
            await self._update(mine, acl, upload)

    async def _update(self, where: tree.Where, acl: JSONObject, upload: str) -> bool:
        changes: Changes = {
            "ACL": SetValue(acl),
            "upload": SetValue(upload),
            "updatedAt": SetValue(dates.now()),
        }
        return await self._storage.update(SCHEMA, where, changes) is not None


def checked(given: JSONValue) -> JSONObject:
    """The ACL that came with an upload. Raises 123."""
    if not isinstance(given, dict):
        raise errors.invalid_acl()
    return acls.clean(given) or {}


def narrower(one: JSONObject | None, other: JSONObject | None) -> JSONObject | None:
    """Whom both let read, or write. `None` is everybody."""
    if one is None or other is None:
        return other if one is None else one
    sides = zip(acls.to_lists(one), acls.to_lists(other), strict=True)
    readers, writers = (_common(left, right) for left, right in sides)
    return acls.from_lists(readers, writers)


def _common(one: list[str], other: list[str]) -> list[str]:
    if PUBLIC in one:
        return other
    return one if PUBLIC in other else [entry for entry in one if entry in other]


async def _check_overwriting(ctx: RequestContext, acl: JSONObject) -> None:
    if not acls.grants(acl, "write", await ctx.group()):
        raise ParseError(Code.OPERATION_FORBIDDEN, "A file of this name belongs to somebody else.")
