"""Which row a registration is about, and which others it makes superfluous. Pure.

The cases are those of parse-server (push sheet, section 1.3), with one exception: a row is a match
of a token only where a token was sent.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.installations.registration import Registration
from parsepy.types import ParseObject

DEVICE_TOKEN: Final = "deviceToken"
INSTALLATION_ID: Final = "installationId"


class OthersWithToken(msgspec.Struct, frozen=True):
    """The rows that hold a token which is another's now; `app_identifier`: only those of that app.

    Kept are those of the same installation, or the row `kept_row` where no installation is named.
    """

    token: str
    installation_id: str | None
    app_identifier: str | None
    kept_row: str | None = None


class Merged(msgspec.Struct, frozen=True):
    """A row that was the same device's, and what it has of it."""

    row: str
    field: str


class Decision(msgspec.Struct, frozen=True):
    """`row` is the one to change; `None`: a new one is made. `tells_id`: whether the caller may
    learn which one it is, for he knows it by more than a token."""

    row: ParseObject | None
    superfluous: OthersWithToken | Merged | None = None
    tells_id: bool = False


class Matches(msgspec.Struct, frozen=True):
    """The rows that the look-up has found. `target` is the one that an update names."""

    target: ParseObject | None
    by_id: ParseObject | None
    by_token: Sequence[ParseObject]

    @property
    def known(self) -> ParseObject | None:
        return self.by_id or self.target


def sort_out(
    rows: Sequence[ParseObject], registration: Registration, target_id: str | None
) -> Matches:
    target = by_id = None
    by_token: list[ParseObject] = []
    for row in rows:
        if target_id is not None and row["objectId"] == target_id:
            target = row
        if registration.known_by and row.get(INSTALLATION_ID) == registration.known_by:
            by_id = row
        if registration.token and row.get(DEVICE_TOKEN) == registration.token:
            by_token.append(row)
    return Matches(target, by_id, by_token)


def check_update(registration: Registration, target: ParseObject | None) -> None:
    """What must not change in the row that an update names. Raises 101, 136."""
    if target is None:
        raise errors.object_not_found("Object not found for update.")
    has_id = target.get(INSTALLATION_ID)
    if registration.sent_id and has_id and registration.sent_id != has_id:
        raise _fixed(INSTALLATION_ID)
    has_token = target.get(DEVICE_TOKEN)
    is_other_token = registration.token and has_token and registration.token != has_token
    if is_other_token and not registration.sent_id and not has_id:
        raise _fixed(DEVICE_TOKEN)
    if registration.device_type and registration.device_type != target.get("deviceType"):
        raise _fixed("deviceType")


def decide(
    registration: Registration, matches: Matches, *, named_row: str | None, token_row_survives: bool
) -> Decision:
    """`named_row` is the object's id in the body. Raises 132."""
    if matches.known is None:
        return _by_token(registration, matches.by_token)
    return _by_id(registration, matches, named_row=named_row, token_row_survives=token_row_survives)


def _by_token(registration: Registration, found: Sequence[ParseObject]) -> Decision:
    row = _only_one(registration, found)
    if row is not None:
        return Decision(row, tells_id=not row.get(INSTALLATION_ID))
    if found and not registration.sent_id:
        raise ParseError(
            132,
            "Must specify installationId when deviceToken matches multiple Installation objects",
        )
    if registration.token is None or registration.sent_id is None:
        return Decision(None)
    return Decision(
        None,
        OthersWithToken(registration.token, registration.sent_id, registration.app_identifier),
    )


def _only_one(registration: Registration, found: Sequence[ParseObject]) -> ParseObject | None:
    """The row that a token alone leads to. Where parse-server sees several, it may be one all the
    same: rows without installation are the device's of the one that has one, or of nobody else."""
    if len(found) > 1 and registration.sent_id:
        return None
    of_installations = [row for row in found if row.get(INSTALLATION_ID)]
    if not of_installations:
        return min(found, key=lambda row: (row["createdAt"], row["objectId"]), default=None)
    if len(of_installations) > 1 or registration.known_by:
        return None
    return of_installations[0]


def _by_id(
    registration: Registration, matches: Matches, *, named_row: str | None, token_row_survives: bool
) -> Decision:
    known, found = matches.known, matches.by_token
    assert known is not None
    if len(found) == 1 and not found[0].get(INSTALLATION_ID):
        return _merged(known, found[0], token_row_survives=token_row_survives)
    if registration.token is None or registration.token == known.get(DEVICE_TOKEN):
        return Decision(known, tells_id=True)
    kept_row = named_row if named_row == known["objectId"] else None
    if registration.sent_id is None and kept_row is None:
        return Decision(known, tells_id=True)
    superfluous = OthersWithToken(
        registration.token, registration.sent_id, registration.app_identifier, kept_row
    )
    return Decision(known, superfluous, tells_id=True)


def _merged(known: ParseObject, token_row: ParseObject, *, token_row_survives: bool) -> Decision:
    if known["objectId"] == token_row["objectId"]:
        return Decision(known, tells_id=True)
    if token_row_survives:
        return Decision(token_row, Merged(str(known["objectId"]), INSTALLATION_ID), tells_id=True)
    return Decision(known, Merged(str(token_row["objectId"]), DEVICE_TOKEN), tells_id=True)


def _fixed(field: str) -> ParseError:
    return ParseError(Code.CHANGED_IMMUTABLE_FIELD, f"{field} may not be changed in this operation")
