"""Taking away what a registration has made superfluous, once it is stored.

After it, not before as in parse-server: what is refused takes nothing away. And whoever looks
after his own row is stored sees what others have stored before: of requests at once, on whichever
servers, the last one to look sees all rows. All judge them by the same order, so one row stays.
"""

import logging
from collections.abc import Iterable
from typing import Final

import msgspec

from parsepy.errors import Code, ParseError, PreconditionFailed
from parsepy.installations.decision import DEVICE_TOKEN, INSTALLATION_ID, Merged, OthersWithToken
from parsepy.objects import access, delete, write
from parsepy.objects.conditions import Condition, is_no_later_than
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.options.model import Installations
from parsepy.permissions.caller import Caller
from parsepy.protocol.field_types import STRING
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, Where
from parsepy.types import JSONObject, ParseObject

_log = logging.getLogger(__name__)

CLASS_NAME: Final = "_Installation"
_JUDGED: Final = FindOptions(
    fields=frozenset(("objectId", INSTALLATION_ID, DEVICE_TOKEN, "createdAt", "updatedAt"))
)
_NOT_DONE: Final = (Code.OBJECT_NOT_FOUND, Code.OPERATION_FORBIDDEN)


class Device(msgspec.Struct, frozen=True):
    """What a new row is known by: all rows that have it are the same device's."""

    field: str
    value: str

    @property
    def known_by(self) -> tuple[str, str]:
        return self.field, self.value

    @property
    def where(self) -> Where:
        return _equal(self.field, self.value)


class CleanUp:
    def __init__(self, options: Installations) -> None:
        self._options = options

    async def merge(self, written: Write, merged: Merged) -> None:
        await self._take_away(written, merged.row, merged.field, EVERYTHING)

    async def settle(
        self, written: Write, others: OthersWithToken | None, device: Device | None
    ) -> bool:
        """Whether the row that was written is gone: another request has made one of that device."""
        wanted = [
            *([_where(others)] if others is not None else ()),
            *([device.where] if device is not None else ()),
        ]
        where = wanted[0] if len(wanted) == 1 else tree.Or(tuple(wanted))
        rows = await written.ctx.services.storage.find(written.schema, where, _JUDGED)
        own = written.stored or {}
        if device is not None:
            twins = [row for row in rows if row.get(device.field) == device.value]
            if await self._leave_first(written, device, _with(own, twins)):
                return True
            rows = [row for row in rows if row not in twins]
        if others is not None:
            await self._leave_last(written, others, _with(own, rows))
        return False

    async def _leave_first(self, written: Write, device: Device, twins: list[ParseObject]) -> bool:
        """Of several new rows of one device the oldest stays; those without id yield to others."""
        ctx = written.ctx.as_master().unheard()
        twins.sort(key=lambda row: (not row.get(INSTALLATION_ID), *_times(row, "createdAt")))
        for twin in twins[1:]:
            row_id = str(twin["objectId"])
            where = tree.both(_equal("objectId", row_id), device.where)
            await delete.take_away(ctx, written.schema, row_id, where)
        return twins[0]["objectId"] != written.object_id

    async def _leave_last(
        self, written: Write, others: OthersWithToken, rows: list[ParseObject]
    ) -> None:
        """Leaves the token to the row that was written last: to this one, unless another request
        was at it meanwhile."""
        ids_first = others.installation_id is not None
        rows.sort(
            key=lambda row: (
                ids_first and bool(row.get(INSTALLATION_ID)),
                *_times(row, "updatedAt"),
            )
        )
        for row in rows[:-1]:
            unchanged = is_no_later_than(str(row["updatedAt"])).where
            still = tree.both(_equal(DEVICE_TOKEN, others.token), unchanged)
            await self._take_away(written, str(row["objectId"]), DEVICE_TOKEN, still)

    async def _take_away(self, written: Write, row_id: str, field: str, where: Where) -> None:
        ctx = self._acting(written.ctx)
        try:
            if self._options.clears_field:
                body: JSONObject = {field: {"__op": "Delete"}}
                await write.update(ctx, CLASS_NAME, row_id, body, Condition(where))
            else:
                await _delete(ctx, written, row_id, where)
        except PreconditionFailed:
            # It is another device's by now, or again.
            return
        except ParseError as error:
            if error.code not in _NOT_DONE:
                raise
            _log.warning("a superfluous installation stays: %s [%s]", error.message, ctx.request_id)

    def _acting(self, ctx: RequestContext) -> RequestContext:
        """In whose name. No trigger hears of it, as in parse-server."""
        if not self._options.enforce_auth:
            return ctx.as_master().unheard()
        caller, acting = ctx.caller, ctx.unheard()
        # Without the request's installation: it is not what these changes are about.
        acting.caller = Caller(
            caller.is_master,
            caller.is_read_only,
            caller.is_maintenance,
            caller.user,
            caller.session_token,
            group=caller.group,
        )
        return acting


async def _delete(ctx: RequestContext, written: Write, row_id: str, where: Where) -> None:
    """Past the door for clients, who may not delete installations: their rights on this one are
    asked for where the option wants it."""
    permitted = await access.check_class(ctx, written.schema, "delete")
    writable = tree.both(permitted, await access.accessible(ctx, "write"))
    selected = tree.both(_equal("objectId", row_id), tree.both(writable, where))
    if not await delete.take_away(ctx, written.schema, row_id, selected):
        _log.debug("no superfluous installation to delete [%s]", ctx.request_id)


def _with(own: ParseObject, rows: Iterable[ParseObject]) -> list[ParseObject]:
    return [own, *(row for row in rows if row["objectId"] != own["objectId"])]


def _times(row: ParseObject, time: str) -> tuple[str, str]:
    return str(row.get(time, "")), str(row["objectId"])


def _where(others: OthersWithToken) -> Where:
    where: Where = _equal(DEVICE_TOKEN, others.token)
    if others.installation_id is not None:
        not_own = tree.NotEqual(tree.Path(INSTALLATION_ID, STRING), others.installation_id)
        where = tree.both(where, not_own)
    if others.kept_row is not None:
        where = tree.both(where, tree.NotEqual(tree.Path("objectId"), others.kept_row))
    if others.app_identifier is not None:
        where = tree.both(where, _equal("appIdentifier", others.app_identifier))
    return where


def _equal(name: str, value: str) -> tree.Equal:
    return tree.Equal(tree.Path(name, None if name == "objectId" else STRING), value)
