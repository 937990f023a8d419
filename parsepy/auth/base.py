"""What an authentication provider is."""

from typing import Protocol

from parsepy.types import JSONObject


class AuthProvider(Protocol):
    async def validate(self, auth_data: JSONObject) -> None:
        """Raises a `ParseError` unless `auth_data` proves the identity it names in `id`."""
