"""Signing up, logging in and linking by `authData` (users sheet, section 14)."""

from collections.abc import Mapping
from typing import cast

from parsepy import errors
from parsepy.auth.base import AuthProvider, AuthRequest, Stage
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Write
from parsepy.protocol import values
from parsepy.protocol.field_types import type_of
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.types import JSONObject, JSONValue, ParseObject


def unsupported() -> ParseError:
    return ParseError(Code.UNSUPPORTED_SERVICE, "This authentication method is unsupported.")


def already_used() -> ParseError:
    return ParseError(Code.ACCOUNT_ALREADY_LINKED, "this auth is already used")


class AuthData:
    def __init__(self, providers: Mapping[str, AuthProvider]) -> None:
        self._providers = providers

    def given(self, write: Write) -> JSONObject:
        """The `authData` of a body: provider → data or `None` (unlink). Raises 252, 111."""
        if "authData" not in write.body:
            return {}
        value = write.body["authData"]
        if value is None or value is False or value == "" or _is_operation(value):
            raise unsupported()
        if isinstance(value, list):
            return {}
        if not isinstance(value, dict):
            raise errors.schema_mismatch("_User", "authData", "Object", str(type_of(value)))
        return value

    async def validate(self, auth_data: JSONObject) -> None:
        """Every provider in the request is verified, always. Raises 252, 162."""
        for name in sorted(auth_data):
            data = auth_data[name]
            if data is None:
                continue
            provider = self._providers.get(name)
            if provider is None:
                raise unsupported()
            identity = data.get("id") if isinstance(data, dict) else None
            if not isinstance(identity, str) or not identity:
                raise ParseError(Code.INVALID_VALUE, f"Invalid authData id for provider '{name}'.")
            await provider.validate(Stage.SET_UP, cast("JSONObject", data), AuthRequest())

    async def users_with(self, ctx: RequestContext, auth_data: JSONObject) -> list[ParseObject]:
        """At most two users that one of the (validated) identities belongs to."""
        identities = [
            tree.Equal(tree.Path(f"authData.{name}.id"), data["id"])
            for name, data in auth_data.items()
            if isinstance(data, dict)
        ]
        if not identities:
            return []
        schema = await ctx.services.schemas.get("_User")
        return await ctx.services.storage.find(
            schema, tree.Or(tuple(identities)), FindOptions(limit=2)
        )


def proving(auth_data: JSONObject) -> JSONObject:
    """The providers with data; nulls unlink and prove nothing, nor do empty objects."""
    return {name: data for name, data in auth_data.items() if isinstance(data, dict) and data}


def canonical(proofs: JSONObject) -> JSONObject:
    """As they are stored. Raises 121 for keys that no store takes."""
    return {name: values.clean_nested(data) for name, data in proofs.items()}


def _is_operation(value: JSONValue) -> bool:
    return isinstance(value, dict) and "__op" in value
