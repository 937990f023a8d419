"""Taking away what a registration has made superfluous, once it is stored.

After it, not before as in parse-server: what is refused takes nothing away, and of two devices
that claim a token at once one keeps it. The row that was written last does. Each request looks
at the rows of the token after its own is stored, so the last one to look sees them all.
"""

import logging
from typing import Final

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
_TIMES: Final = FindOptions(fields=frozenset(("objectId", "updatedAt")))
_NOT_DONE: Final = (Code.OBJECT_NOT_FOUND, Code.OPERATION_FORBIDDEN)


class CleanUp:
    def __init__(self, options: Installations) -> None:
        self._options = options

    async def merge(self, written: Write, merged: Merged) -> None:
        await self._take_away(written, merged.row, merged.field, EVERYTHING)

    async def settle(self, written: Write, others: OthersWithToken) -> None:
        """Leaves the token to the row that was written last: to this one, unless another request
        was at it meanwhile."""
        rows = await written.ctx.services.storage.find(written.schema, _where(others), _TIMES)
        own = _order(written.stored or {})
        found = sorted({own, *(_order(row) for row in rows)})
        for seen, row_id in found[:-1]:
            still = tree.both(_equal(DEVICE_TOKEN, others.token), is_no_later_than(seen).where)
            await self._take_away(written, row_id, DEVICE_TOKEN, still)

    async def _take_away(self, written: Write, row_id: str, field: str, where: Where) -> None:
        ctx = self._acting(written.ctx)
        try:
            if self._options.clears_field:
                body: JSONObject = {field: {"__op": "Delete"}}
                await write.update(ctx, CLASS_NAME, row_id, body, Condition(where))
            else:
                await self._delete(ctx, written, row_id, where)
        except PreconditionFailed:
            # It is another device's by now, or again.
            return
        except ParseError as error:
            if error.code not in _NOT_DONE:
                raise
            _log.warning("a superfluous installation stays: %s [%s]", error.message, ctx.request_id)

    async def _delete(self, ctx: RequestContext, written: Write, row_id: str, where: Where) -> None:
        """Past the door for clients, who may not delete installations: their rights on this one
        are asked for where the option wants it."""
        permitted = await access.check_class(ctx, written.schema, "delete")
        writable = tree.both(permitted, await access.accessible(ctx, "write"))
        selected = tree.both(_equal("objectId", row_id), tree.both(writable, where))
        if not await delete.take_away(ctx, written.schema, row_id, selected):
            _log.debug("no superfluous installation to delete [%s]", ctx.request_id)

    def _acting(self, ctx: RequestContext) -> RequestContext:
        """In whose name. No trigger hears of it, as in parse-server."""
        if not self._options.enforce_auth:
            return ctx.as_master().unheard()
        caller = ctx.caller
        # Without the request's installation: it is not what these changes are about.
        acting = Caller(
            caller.is_master,
            caller.is_read_only,
            caller.is_maintenance,
            caller.user,
            caller.session_token,
            group=caller.group,
        )
        quiet = ctx.unheard()
        quiet.caller = acting
        return quiet


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


def _order(row: ParseObject) -> tuple[str, str]:
    return str(row.get("updatedAt", "")), str(row["objectId"])


def _equal(name: str, value: str) -> tree.Equal:
    return tree.Equal(tree.Path(name, None if name == "objectId" else STRING), value)
