"""What the body of a write says of the device: the ids by which an installation is known."""

from typing import Final

import msgspec

from parsepy.objects.write_begin import change_field
from parsepy.objects.write_state import Write
from parsepy.protocol.operations import is_operation
from parsepy.schema import enforcement
from parsepy.types import JSONObject

APNS_LENGTH: Final = 64
"""Of a device token of Apple's in hexadecimal digits, whose case means nothing."""
_COMPARED: Final = ("deviceToken", "installationId", "deviceType", "appIdentifier")


class Registration(msgspec.Struct, frozen=True):
    """All are texts that are not empty, or `None`.

    `known_by` is the installation that the write is about: the one that is sent, else the one that
    the request says it comes from.
    """

    token: str | None
    sent_id: str | None
    known_by: str | None
    device_type: str | None
    app_identifier: str | None


def read_registration(write: Write) -> Registration:
    """Puts the ids into the form in which they are stored. Raises 111 for what is no text: it
    would be a condition where installations are looked up by it."""
    given: JSONObject = {name: write.body[name] for name in _COMPARED if name in write.body}
    enforcement.wanted_types(write.schema, given)
    token, sent_id = _text(write, "deviceToken"), _text(write, "installationId")
    if token is not None and len(token) == APNS_LENGTH:
        token = _lower(write, "deviceToken", token)
    if sent_id is not None:
        sent_id = _lower(write, "installationId", sent_id)
    return Registration(
        token,
        sent_id,
        sent_id or _of_request(write),
        _text(write, "deviceType"),
        _text(write, "appIdentifier"),
    )


def _of_request(write: Write) -> str | None:
    caller = write.ctx.caller
    if caller.is_privileged or not caller.installation_id:
        return None
    return caller.installation_id.lower()


def _text(write: Write, name: str) -> str | None:
    value = write.body.get(name)
    return value if isinstance(value, str) and value and not is_operation(value) else None


def _lower(write: Write, name: str, text: str) -> str:
    lowered = text.lower()
    if lowered != text:
        change_field(write, name, lowered)
    return lowered
