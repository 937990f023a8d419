"""What is special about writing `_Installation`: one device has one row (push sheet, 1.3).

What a write is about is found out by one look-up, before permissions are asked; what else the
store holds of the device is put right when the write is stored.
"""

from dataclasses import dataclass
from typing import Final

from parsepy.errors import Code, ParseError
from parsepy.installations.clean_up import CleanUp
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """For when the write is stored."""

    superfluous: OthersWithToken | Merged | None
    is_devices_id: bool = False
    """The new row's id is that of its device."""


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
        own_id = self._id_of_device(write, registration)
        rows = await _look_up(write, registration, own_id)
        matches = sort_out(rows, registration, None)
        if registration.device_type is None and matches.known is None:
            raise _missing("deviceType must be specified")
        decision = self._decide(write, registration, matches)
        if decision.row is not None:
            _change(write, decision)
        elif own_id is not None and all(row["objectId"] != own_id for row in rows):
            write.object_id = own_id
            write.kept = _Kept(decision.superfluous, is_devices_id=True)

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

    async def conclude(self, write: Write) -> None:
        superfluous = write.kept.superfluous if isinstance(write.kept, _Kept) else None
        if isinstance(superfluous, Merged):
            await self._clean_up.merge(write, superfluous)
        elif superfluous is not None:
            await self._clean_up.settle(write, superfluous)

    def was_overtaken(self, write: Write, field: str | None) -> bool:
        return (
            isinstance(write.kept, _Kept)
            and write.kept.is_devices_id
            and field == "objectId"
            # It ends the transaction too, which is then done anew as a whole, or not at all.
            and write.ctx.services.storage.current_transaction is None
        )

    def _decide(self, write: Write, registration: Registration, matches: Matches) -> Decision:
        decision = decide(
            registration,
            matches,
            named_row=write.object_id if write.names_id else None,
            token_row_survives=self._token_row_survives,
        )
        write.kept = _Kept(decision.superfluous)
        if isinstance(decision.superfluous, OthersWithToken):
            _come_after(write, matches)
        return decision

    def _id_of_device(self, write: Write, registration: Registration) -> str | None:
        if write.names_id:
            return None
        if registration.sent_id is not None:
            return self._row_ids.of(INSTALLATION_ID, registration.sent_id)
        if registration.token is not None and registration.known_by is None:
            return self._row_ids.of(DEVICE_TOKEN, registration.token)
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


def _come_after(write: Write, matches: Matches) -> None:
    """Dates the write behind all that it replaces, whatever clock has dated those."""
    for row in matches.by_token:
        if (updated := str(row.get("updatedAt", ""))) >= write.now:
            write.now = dates.next_millisecond(updated)


def _missing(what: str) -> ParseError:
    return ParseError(Code.MISSING_REQUIRED_FIELD, f"{what} in this operation")
