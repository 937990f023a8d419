"""What is special about writing `_Installation`: one device has one row (push sheet, 1.3).

What a write is about is found out by one look-up, before permissions are asked; what else the
store holds of the device is put right when the write is stored.
"""

from dataclasses import dataclass
from typing import Final

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
    device: Device | None = None
    """Of a new row."""


_NOTHING: Final = _Kept(None)


class InstallationRules(ClassRules):
    def __init__(self, options: ServerOptions) -> None:
        self._token_row_survives = options.installations.token_row_survives
        self._clean_up = CleanUp(options.installations)

    async def before_create(self, write: Write) -> None:
        registration = read_registration(write)
        if not (registration.token or registration.sent_id or write.ctx.caller.installation_id):
            raise _missing("at least one ID field (deviceToken, installationId) must be specified")
        if not (registration.token or registration.known_by):
            return
        rows = await _look_up(write, registration, None)
        matches = sort_out(rows, registration, None)
        if registration.device_type is None and matches.known is None:
            raise _missing("deviceType must be specified")
        decision = self._decide(write, registration, matches)
        if decision.row is not None:
            _change(write, decision)
        else:
            write.kept = _Kept(decision.superfluous, _device(registration))

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
            _come_after(write, matches)
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


def _come_after(write: Write, matches: Matches) -> None:
    """Dates the write behind all that it replaces, whatever clock has dated those."""
    for row in matches.by_token:
        if (updated := str(row.get("updatedAt", ""))) >= write.now:
            write.now = dates.next_millisecond(updated)


def _missing(what: str) -> ParseError:
    return ParseError(Code.MISSING_REQUIRED_FIELD, f"{what} in this operation")
