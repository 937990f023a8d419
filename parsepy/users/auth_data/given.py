"""The `authData` of a request, before any provider has looked at it."""

import msgspec

from parsepy import errors
from parsepy.auth.base import PROVIDER_NAME
from parsepy.errors import Code, ParseError
from parsepy.protocol.field_types import type_of
from parsepy.protocol.operations import is_operation
from parsepy.types import JSONMapping, JSONObject, JSONValue


class Given(msgspec.Struct, frozen=True):
    """`proofs`: provider → what the client says; `unlinked`: providers that are to go."""

    proofs: dict[str, JSONObject] = msgspec.field(default_factory=dict)
    unlinked: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.proofs)

    def __bool__(self) -> bool:
        return bool(self.proofs or self.unlinked)


NOTHING = Given()


def claims_identity(body: JSONMapping) -> bool:
    """Whether a provider is to prove who it is; else it takes a name and a password."""
    value = body.get("authData")
    return isinstance(value, dict) and any(
        isinstance(data, dict) and data for data in value.values()
    )


def given(body: JSONMapping) -> Given:
    """Raises 252 for what is no authentication data at all, 111, 162."""
    if "authData" not in body:
        return NOTHING
    value = body["authData"]
    if _names_no_provider(value):
        raise unsupported()
    if not isinstance(value, dict):
        raise errors.schema_mismatch("_User", "authData", "Object", str(type_of(value)))
    unlinked = frozenset(name for name, data in value.items() if data is None)
    if not all(PROVIDER_NAME.fullmatch(name) for name in unlinked):
        raise unsupported()
    if not claims_identity(body):
        # Nulls and empty objects prove nothing: whoever sends no more has no credential.
        return Given(unlinked=unlinked)
    proofs: dict[str, JSONObject] = {}
    for name, data in value.items():
        if isinstance(data, dict) and _is_plain(data):
            proofs[name] = dict(data)
        elif data is not None:
            raise invalid_id(name)
    return Given(proofs, unlinked)


def _names_no_provider(value: JSONValue) -> bool:
    """What parse-server takes for nothing at all, or for providers called 0, 1, …"""
    if isinstance(value, list):
        return bool(value)
    return value is None or value == 0 or isinstance(value, str) or is_operation(value)


def _is_plain(data: JSONMapping) -> bool:
    """An operation would be carried out where the provider's data are stored, and a typed value
    stored as what it stands for."""
    return "__op" not in data and "__type" not in data


def unsupported() -> ParseError:
    return ParseError(Code.UNSUPPORTED_SERVICE, "This authentication method is unsupported.")


def invalid_id(name: str) -> ParseError:
    return ParseError(Code.INVALID_VALUE, f"Invalid authData id for provider '{name}'.")
