"""What is special about writing `_Installation`: one device has one row (push sheet, 1.3).

What a write is about is found out by one look-up, before permissions are asked; what else the
store holds of the device is put right when the write is stored.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from parsepy.errors import Code, ParseError
from parsepy.installations.clean_up import CleanUp, Device
from parsepy.installations.decision import (
    DEVICE_TOKEN,
    INSTALLATION_ID,
    Decision,
    Matches,
    Merged,
    OthersWithToken,
    check_update,
    decide,
    sort_out,
)
from parsepy.installations.registration import Registration, read_registration
from parsepy.installations.row_ids import RowIds
from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassRules
from parsepy.objects.write_begin import turn_into_update
from parsepy.objects.write_state import Write
from parsepy.options.model import ServerOptions
from parsepy.protocol import dates
from parsepy.protocol.field_types import STRING
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.types import ParseObject

_COMPARED: Final = FindOptions(
    fields=frozenset(
        ("objectId", DEVICE_TOKEN, INSTALLATION_ID, "deviceType", "createdAt", "updatedAt")
    )
)


class _Kept(msgspec.Struct, frozen=True):
    """For when the write is stored."""

    superfluous: OthersWithToken | Merged | None
    device: Device | None = None
    """Of a new row."""
    has_devices_id: bool = False
    """The new row's id is that of its device."""


_NOTHING: Final = _Kept(None)


class InstallationRules(ClassRules):
    def __init__(self, options: ServerOptions) -> None:
        self._token_row_survives = options.installations.token_row_survives
        self._clean_up = CleanUp(options.installations)
        self._row_ids = RowIds(options.app_id, options.master_key, options.object_id_size)

    async def before_create(self, write: Write) -> None:
        registration = read_registration(write)
        if not (registration.token or registration.sent_id or write.ctx.caller.installation_id):
            raise _missing("at least one ID field (deviceToken, installationId) must be specified")
        if not (registration.token or registration.known_by):
            return
        device = _device(registration)
        own_id = None if device is None or write.names_id else self._row_ids.of(*device.known_by)
        rows = await _look_up(write, registration, own_id)
        matches = sort_out(rows, registration, None)
        if registration.device_type is None and matches.known is None:
            raise _missing("deviceType must be specified")
        decision = self._decide(write, registration, matches)
        if decision.row is not None:
            _change(write, decision)
            return
        # A row may have lost what it was known by, and kept the id.
        is_free = own_id is not None and all(row["objectId"] != own_id for row in rows)
        if own_id is not None and is_free:
            write.object_id = own_id
        write.kept = _Kept(decision.superfluous, device, has_devices_id=is_free)

    async def before_update(self, write: Write) -> None:
        registration = read_registration(write)
        if not (registration.token or registration.known_by or registration.device_type):
            return
        rows = await _look_up(write, registration, write.object_id)
        matches = sort_out(rows, registration, write.object_id)
        check_update(registration, matches.target)
        decision = self._decide(write, registration, matches)
        if decision.row is not None:
            write.object_id = str(decision.row["objectId"])

    async def before_insert(self, write: Write) -> None:
        await _come_after_triggers(write)

    async def before_modify(self, write: Write) -> None:
        await _come_after_triggers(write)

    async def after_delete(self, ctx: RequestContext, object_id: str) -> None:
        self._row_ids.forget(object_id)

    def was_overtaken(self, write: Write, field: str | None) -> bool:
        return (
            isinstance(write.kept, _Kept)
            and write.kept.has_devices_id
            and field == "objectId"
            # It ends the transaction too, which is then done anew as a whole, or not at all.
            and write.ctx.services.storage.current_transaction is None
        )

    async def conclude(self, write: Write) -> bool:
        kept = write.kept
        if not isinstance(kept, _Kept) or kept == _NOTHING:
            return False
        if isinstance(kept.superfluous, Merged):
            await self._clean_up.merge(write, kept.superfluous)
            return False
        return await self._clean_up.settle(write, kept.superfluous, kept.device)

    def _decide(self, write: Write, registration: Registration, matches: Matches) -> Decision:
        decision = decide(
            registration,
            matches,
            named_row=write.object_id if write.names_id else None,
            token_row_survives=self._token_row_survives,
        )
        write.kept = _Kept(decision.superfluous)
        if isinstance(decision.superfluous, OthersWithToken):
            _come_after(write, matches.by_token)
        return decision


def _device(registration: Registration) -> Device | None:
    """What a new row is known by. It does not have the id that only the request knows."""
    if registration.sent_id is not None:
        return Device(INSTALLATION_ID, registration.sent_id)
    if registration.token is not None and registration.known_by is None:
        return Device(DEVICE_TOKEN, registration.token)
    return None


async def _look_up(
    write: Write, registration: Registration, object_id: str | None
) -> list[ParseObject]:
    """All rows of the device, in one query."""
    wanted: list[tree.Where] = []
    if object_id is not None:
        wanted.append(tree.Equal(tree.Path("objectId"), object_id))
    if registration.known_by is not None:
        wanted.append(tree.Equal(tree.Path(INSTALLATION_ID, STRING), registration.known_by))
    if registration.token is not None:
        wanted.append(tree.Equal(tree.Path(DEVICE_TOKEN, STRING), registration.token))
    where = tree.Or(tuple(wanted))
    return await write.ctx.services.storage.find(write.schema, where, _COMPARED)


def _change(write: Write, decision: Decision) -> None:
    """The row is there: it is changed, and the app on the device told which one it is."""
    assert decision.row is not None
    turn_into_update(write, str(decision.row["objectId"]))
    if decision.tells_id:
        # parse-server tells neither, and SDKs then register anew at every start or fail.
        write.answer["objectId"] = write.object_id
        write.answer["createdAt"] = decision.row["createdAt"]


def _come_after(write: Write, rows: Iterable[ParseObject]) -> None:
    """Dates the write behind all that it replaces, whatever clock has dated those."""
    for row in rows:
        if (updated := str(row.get("updatedAt", ""))) >= write.now:
            write.now = dates.next_millisecond(updated)


async def _come_after_triggers(write: Write) -> None:
    """A trigger may have taken its time, and have registered the device itself a moment ago."""
    superfluous = write.kept.superfluous if isinstance(write.kept, _Kept) else None
    if not isinstance(superfluous, OthersWithToken):
        return
    if write.ctx.triggers_of(write.class_name, "beforeSave") is None:
        return
    token = tree.Equal(tree.Path(DEVICE_TOKEN, STRING), superfluous.token)
    _come_after(write, await write.ctx.services.storage.find(write.schema, token, _COMPARED))


def _missing(what: str) -> ParseError:
    return ParseError(Code.MISSING_REQUIRED_FIELD, f"{what} in this operation")
