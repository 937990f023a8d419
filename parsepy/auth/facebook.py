"""Facebook: `{id, access_token}` of a classic log-in, or `{id, token}` of a limited one (iOS)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar

from parsepy import errors
from parsepy.auth import credentials, provider_options
from parsepy.auth.base import ACCEPTED, AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.auth.id_token_provider import IdTokenProvider
from parsepy.auth.provider_http import ProviderFailed
from parsepy.errors import ParseError
from parsepy.types import JSONObject


class FacebookProvider(IdTokenProvider):
    """An access token is only good for the apps in `appIds`: Facebook is asked whose it is."""

    title = "Facebook"
    issuers = ("https://www.facebook.com",)
    default_endpoints: ClassVar[Mapping[str, str]] = {
        "keys": "https://www.facebook.com/.well-known/oauth/openid/jwks/",
        "graph": "https://graph.facebook.com",
    }
    token_field = "token"
    audience_option = "appIds"

    def __init__(self, settings: ProviderSettings) -> None:
        super().__init__(settings)
        self._app_secret = provider_options.text(settings, "appSecret")

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        if auth_data.get(self.token_field):
            return await super().validate(stage, auth_data, request)
        if not self.audience:
            raise errors.object_not_found(f"{self.title} auth is not configured.")
        token = credentials.token(auth_data.get("access_token"))
        if token is None:
            raise _invalid()
        if await self._id_of("app", token) not in self.audience:
            raise _invalid()
        user_id = await self._id_of("me", token, fields="id")
        if user_id is None or user_id != auth_data.get("id"):
            raise _invalid()
        return ACCEPTED

    async def _id_of(self, node: str, token: str, **query: str) -> str | None:
        """The id of the app or user that a token belongs to."""
        query["access_token"] = token
        if self._app_secret is not None:
            proof = hmac.new(self._app_secret.encode(), token.encode(), hashlib.sha256)
            query["appsecret_proof"] = proof.hexdigest()
        try:
            answer = await self.http.get(f"{self.endpoints['graph']}/{node}", query=query)
        except ProviderFailed as failed:
            if failed.is_refusal:
                raise _invalid() from None
            raise errors.script_failed(f"Facebook: {failed.reason}") from None
        return credentials.identity(answer.get("id"))


def _invalid() -> ParseError:
    return errors.object_not_found("Facebook auth is invalid for this user.")
