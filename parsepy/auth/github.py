"""GitHub: `{code}` of an OAuth app. Users are numbers there, and texts here."""

from collections.abc import Mapping
from typing import ClassVar

from parsepy import errors
from parsepy.auth import credentials
from parsepy.auth.code_exchange import CodeExchangeProvider, Grant
from parsepy.auth.provider_http import ProviderFailed
from parsepy.errors import ParseError
from parsepy.types import JSONObject


class GitHubProvider(CodeExchangeProvider):
    title = "GitHub"
    default_endpoints: ClassVar[Mapping[str, str]] = {
        "token": "https://github.com/login/oauth/access_token",
        "user": "https://api.github.com/user",
    }

    async def exchange(self, auth_data: JSONObject) -> Grant:
        fields: JSONObject = {**self.exchange_fields(auth_data)}
        try:
            return self.grant(await self.http.post_json(self.endpoints["token"], fields))
        except ProviderFailed as failed:
            raise self.exchange_failed(failed) from None

    async def user_id(self, grant: Grant, auth_data: JSONObject) -> str | None:
        profile = await self.profile(grant)
        user_id = credentials.identity(profile.get("id"))
        if user_id is None or not profile.get("login"):
            raise errors.validation_failed("Invalid GitHub user data received.")
        return user_id

    def exchange_failed(self, failed: ProviderFailed) -> ParseError:
        return errors.validation_failed(f"Failed to exchange code for token: {failed.reason}")

    def profile_failed(self, failed: ProviderFailed) -> ParseError:
        return errors.validation_failed(f"Failed to fetch GitHub user: {failed.reason}")
