"""Who may come in: keys, then the routes that are open, then limits and the session."""

from typing import Final

from starlette.types import Scope

from parsepy import errors
from parsepy.errors import ParseError, TooManyRequests
from parsepy.http.answer import Headers
from parsepy.http.authenticate import identify, privileged, same_key, verify_session
from parsepy.http.origin import is_internal
from parsepy.http.rate_limits import Asking
from parsepy.http.services import AppServices
from parsepy.permissions.caller import Caller
from parsepy.protocol import credentials as credential_rules
from parsepy.protocol.credentials import Credentials
from parsepy.types import JSONObject

_FURTHER_HEADERS: Final = "parsepy.headers"
"""Where the scope of a request keeps headers that its answer gets whatever it is."""


class Admission:
    def __init__(self, services: AppServices) -> None:
        self._services = services
        self._options = services.options

    async def admit(
        self,
        scope: Scope,
        headers: dict[bytes, bytes],
        address: str,
        method: str,
        segments: list[str],
        body: JSONObject,
    ) -> tuple[Caller, Asking | None]:
        """Who asks, and on whose account where there are limits. Takes credentials out of `body`.

        Raises 403, 119, 209, and 100 when a limit is exceeded.
        """
        credentials = self._credentials(headers, body)
        caller = identify(self._services, credentials, address)
        if self._services.allowed_routes is not None:
            self._services.allowed_routes.check(caller, method, segments)
        if not self._services.rate_limits.rules:
            await verify_session(self._services, caller, method, segments)
            return caller, None
        asking = Asking(caller, address, is_internal(scope, headers))
        await self._verify_within_limits(scope, method, segments, asking)
        return caller, asking

    def check_health(
        self, headers: dict[bytes, bytes], address: str, method: str, segments: list[str]
    ) -> None:
        """`/health` needs no application id, so only a header can bring a key. Raises 119."""
        if self._services.allowed_routes is None:
            return
        credentials = credential_rules.from_headers(headers, self._options.app_id)
        caller = privileged(self._services, credentials, address) or Caller()
        self._services.allowed_routes.check(caller, method, segments)

    async def _verify_within_limits(
        self, scope: Scope, method: str, segments: list[str], asking: Asking
    ) -> None:
        """A token that is wrong counts too: else tokens could be tried without end."""
        refused: ParseError | None = None
        try:
            await verify_session(self._services, asking.caller, method, segments)
        except ParseError as error:
            refused = error
        verdict = await self._services.rate_limits.check(method, segments, asking)
        if verdict is not None:
            scope[_FURTHER_HEADERS] = verdict.headers
            if verdict.refusal is not None:
                raise TooManyRequests(verdict.refusal)
        if refused is not None:
            raise refused

    def _credentials(self, headers: dict[bytes, bytes], body: JSONObject) -> Credentials:
        """From the headers, or from the body when these name no app that lives here."""
        app_id = self._options.app_id
        credentials = credential_rules.from_headers(headers, app_id)
        body.pop("_noBody", None)
        if credentials.application_id != app_id:
            credential_rules.take_from_body(credentials, body)
            if credentials.application_id != app_id:
                raise errors.unauthorized()
            given = headers.get(b"x-parse-master-key")
            if given is not None and not same_key(
                given.decode("latin-1"), self._options.master_key
            ):
                raise errors.unauthorized()
        return credentials


def further_headers(scope: Scope) -> Headers:
    """Headers that the answer gets whatever it is: how much of a limit is left."""
    headers: Headers = scope.get(_FURTHER_HEADERS, [])
    return headers
