"""Any OAuth 2 server that tells about its tokens (RFC 7662): `{id, access_token}`."""

from parsepy import errors
from parsepy.auth import credentials, provider_options
from parsepy.auth.base import ACCEPTED, AuthProvider, AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.auth.provider_http import ProviderFailed, ProviderHTTP
from parsepy.errors import ParseError
from parsepy.options.errors import OptionsError
from parsepy.types import JSONObject, JSONValue


class OAuth2Provider(AuthProvider):
    def __init__(self, settings: ProviderSettings) -> None:
        super().__init__(settings)
        address = settings.options.get("tokenIntrospectionEndpointUrl") or None
        if address is not None:
            address = provider_options.address(settings, "tokenIntrospectionEndpointUrl", address)
        self._endpoint = address
        self._user_field = provider_options.text(settings, "useridField") or "sub"
        self._app_field = provider_options.text(settings, "appidField")
        self._app_ids = provider_options.texts(settings, "appIds")
        self._authorization = provider_options.text(settings, "authorizationHeader")
        self._http = ProviderHTTP(settings.outbound)

    def check_options(self) -> None:
        name = self.settings.name
        if not self.settings.options:
            raise OptionsError(f"Option auth.{name}: OAuth2 options are required.")
        if self._app_ids and self._app_field is None:
            raise OptionsError(
                f"Option auth.{name}.appIds has no effect without appidField. Name there what "
                "holds the app's id in an answer to an introspection (often client_id)."
            )

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        if self._endpoint is None:
            raise errors.object_not_found("OAuth2 token introspection endpoint URL is missing.")
        if self._app_field is not None and not self._app_ids:
            raise errors.object_not_found("OAuth2 configuration is missing app IDs.")
        token = credentials.token(auth_data.get("access_token"))
        if token is None:
            raise _invalid()
        answer = await self._introspected(self._endpoint, token)
        if self._app_field is not None and not self._is_ours(answer.get(self._app_field)):
            raise errors.object_not_found("OAuth2: Invalid app ID.")
        user_id = credentials.identity(answer.get(self._user_field))
        if answer.get("active") is not True or user_id is None or user_id != auth_data.get("id"):
            raise _invalid()
        return ACCEPTED

    async def _introspected(self, endpoint: str, token: str) -> JSONObject:
        headers = {} if self._authorization is None else {"Authorization": self._authorization}
        try:
            return await self._http.post_form(endpoint, {"token": token}, headers=headers)
        except ProviderFailed:
            raise errors.object_not_found("OAuth2 token introspection request failed.") from None

    def _is_ours(self, apps: JSONValue) -> bool:
        listed = apps if isinstance(apps, list) else [apps]
        return any(credentials.identity(app) in self._app_ids for app in listed)


def _invalid() -> ParseError:
    return errors.object_not_found("OAuth2 access token is invalid for this user.")
