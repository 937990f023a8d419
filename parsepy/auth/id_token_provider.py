"""The base of providers whose users bring a signed token: a subclass says whose and which."""

from collections.abc import Mapping
from typing import ClassVar

from parsepy import errors
from parsepy.auth import credentials, provider_options
from parsepy.auth.base import ACCEPTED, AuthProvider, AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.auth.id_token import Expected, IdTokens
from parsepy.auth.jwks import MAX_AGE, KeySet
from parsepy.auth.provider_http import ProviderHTTP
from parsepy.types import JSONObject


class IdTokenProvider(AuthProvider):
    title: ClassVar[str]
    """Its name in messages."""
    issuers: tuple[str, ...] = ()
    default_endpoints: ClassVar[Mapping[str, str]]
    """With the address of its `keys`."""
    token_field: ClassVar[str] = "id_token"
    """Where `authData` has the token."""
    audience_option: ClassVar[str] = "clientId"
    """The option with the app's ids at the provider."""
    subject_claim: str = "sub"
    """The claim that is the user's id."""

    def __init__(self, settings: ProviderSettings) -> None:
        super().__init__(settings)
        self.endpoints = provider_options.endpoints(settings, self.default_endpoints)
        self.audience = provider_options.texts(settings, self.audience_option)
        self.http = ProviderHTTP(settings.outbound)
        max_age = provider_options.seconds(settings, "cacheMaxAge", MAX_AGE)
        self.keys = KeySet(self.http, self.key_address, max_age=max_age)

    def expected(self) -> Expected:
        return Expected(self.issuers, self.audience)

    async def key_address(self) -> str:
        return self.endpoints["keys"]

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        await self.claims(auth_data)
        return ACCEPTED

    async def claims(self, auth_data: JSONObject) -> JSONObject:
        """What the token says of the user whose `id` was sent. Raises 101."""
        if not self.audience:
            raise errors.object_not_found(f"{self.title} auth is not configured.")
        token = auth_data.get(self.token_field)
        if not token:
            raise errors.object_not_found("id token is invalid for this user.")
        claims = await IdTokens(self.keys, self.expected()).claims(token)
        subject = credentials.identity(claims.get(self.subject_claim))
        if subject is None or subject != auth_data.get("id"):
            raise errors.object_not_found("auth data is invalid for this user.")
        return claims
