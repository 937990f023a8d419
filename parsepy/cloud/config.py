"""The config of the app: values for clients, some of them for the master key only
(push-files-config sheet, section 6)."""

from contextlib import suppress
from copy import deepcopy
from typing import Final

from parsepy import errors
from parsepy.cloud.service import Cloud
from parsepy.errors import DuplicateValue
from parsepy.objects import nested_files
from parsepy.objects.context import ObjectServices, RequestContext
from parsepy.protocol import operations
from parsepy.protocol.operations import Changes, SetValue, is_operation
from parsepy.query import tree
from parsepy.types import JSONObject, JSONValue, Missing, ParseObject

CLASS_NAME: Final = "_GlobalConfig"
_ID: Final = "1"


class Config:
    """One row, read whenever somebody asks: it is always the one that is stored."""

    def __init__(self, services: ObjectServices, cloud: Cloud) -> None:
        self._services = services
        self._cloud = cloud

    async def read(self, ctx: RequestContext) -> JSONObject:
        """`params`, and which of them are for the master key only, as far as the caller may see."""
        row = await self._row()
        if row is None:
            return {"params": {}}
        params, closed = _object(row, "params"), _object(row, "masterKeyOnly")
        if ctx.services.signatures is not None:
            nested_files.sign(ctx, params)
        if ctx.caller.is_master:
            return {"params": params, "masterKeyOnly": closed}
        return {
            "params": {name: params[name] for name in params if not closed.get(name)},
            "masterKeyOnly": {name: flag for name, flag in closed.items() if not flag},
        }

    async def save(self, ctx: RequestContext, params: JSONValue, closed: JSONValue) -> None:
        """Changes the values that are named; each is open to all unless `closed` says otherwise.

        For the master key. Raises 403, 119, 141, 105 for a denied keyword, and what the triggers
        raise.
        """
        if not ctx.caller.is_master:
            raise errors.master_key_required()
        if ctx.caller.is_read_only:
            raise errors.read_only_key("update the config")
        if not isinstance(params, dict) or not params:
            raise errors.script_failed("Update document requires atomic operators")
        self._services.denylist.check(params)
        changes = _changes(params, closed if isinstance(closed, dict) else {})
        before = await self._row()
        original = None if before is None else _object(before, "params")
        await self._cloud.config_trigger("beforeSave", ctx, params, original)
        stored = await self._store(changes)
        after = params if original is None else _object(stored, "params")
        await self._cloud.config_trigger("afterSave", ctx, after, original)

    async def _row(self) -> ParseObject | None:
        schema = await self._services.schemas.get(CLASS_NAME)
        return await self._services.storage.get(schema, _ID, None)

    async def _store(self, changes: Changes) -> ParseObject:
        stored = await self._update(changes)
        if stored is None:
            schema = await self._services.schemas.get(CLASS_NAME)
            empty: ParseObject = {"objectId": _ID, "params": {}, "masterKeyOnly": {}}
            # Another request may be the first; then it is there all the same.
            with suppress(DuplicateValue):
                await self._services.storage.insert(schema, empty)
            stored = await self._update(changes)
        return stored or {}

    async def _update(self, changes: Changes) -> ParseObject | None:
        schema = await self._services.schemas.get(CLASS_NAME)
        where = tree.Equal(tree.Path("objectId"), _ID)
        return await self._services.storage.update(schema, where, changes)


def _changes(params: JSONObject, closed: JSONObject) -> Changes:
    """Raises 141 for a name that is none, 107 and 108 for an operation that is none."""
    changes: Changes = {}
    for name, value in params.items():
        if not name or any(char in name for char in ".$\0"):
            raise errors.script_failed(f"Invalid config parameter name: {name}")
        # Values are kept as they came, Files with their address.
        changes[f"params.{name}"] = (
            operations.decode(value) if is_operation(value) else SetValue(_unsigned(value))
        )
        changes[f"masterKeyOnly.{name}"] = SetValue(bool(closed.get(name)))
    return changes


def _unsigned(value: JSONValue) -> JSONValue:
    """What is stored of addresses does not expire."""
    kept = deepcopy(value)
    nested_files.unsign(kept)
    return kept


def _object(row: ParseObject, field: str) -> JSONObject:
    value: JSONValue | Missing = row.get(field)
    return value if isinstance(value, dict) else {}
