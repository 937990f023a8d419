"""Sign in with Apple: `{id, token}`, the token as Apple signed it."""

from collections.abc import Mapping
from typing import ClassVar

from parsepy.auth.id_token_provider import IdTokenProvider


class AppleProvider(IdTokenProvider):
    title = "Apple"
    issuers = ("https://appleid.apple.com",)
    default_endpoints: ClassVar[Mapping[str, str]] = {"keys": "https://appleid.apple.com/auth/keys"}
    token_field = "token"
