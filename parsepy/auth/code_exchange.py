"""The base of providers whose users bring a code, which the app's own credentials turn into a
token (RFC 6749, section 4.1): only codes that were given to this app can be turned.

A subclass has its name and addresses, and overrides what differs from the standard.
"""

import logging
from collections.abc import Mapping
from typing import ClassVar, Final, NamedTuple

from parsepy import errors
from parsepy.auth import credentials, provider_options
from parsepy.auth.base import ACCEPTED, AuthProvider, AuthRequest, ProviderSettings, Stage, Verdict
from parsepy.auth.proofs import Proofs
from parsepy.auth.provider_http import ProviderFailed, ProviderHTTP
from parsepy.errors import ParseError
from parsepy.options.errors import OptionsError
from parsepy.types import JSONObject

GOOD_ONCE: Final = ("code", "redirect_uri", "redirectUri", "code_verifier")
"""What a client sends for the exchange, and nobody needs any longer."""

_log = logging.getLogger(__name__)


class Grant(NamedTuple):
    """A token, and what else the provider said when it gave it (nothing where a client brought
    the token)."""

    access_token: str
    answer: JSONObject


class CodeExchangeProvider(AuthProvider):
    """Stores `{id, access_token, …}` and shows `{id}` to everybody."""

    title: ClassVar[str]
    """Its name in messages."""
    default_endpoints: ClassVar[Mapping[str, str]]
    """Its addresses by name: `token`, where codes are exchanged, and `user`, whose token it is."""

    reveals_as_stored = False

    def __init__(self, settings: ProviderSettings) -> None:
        super().__init__(settings)
        self.endpoints = provider_options.endpoints(settings, self.default_endpoints)
        self.client_id = provider_options.text(settings, "clientId")
        self.client_secret = provider_options.text(settings, "clientSecret")
        self.is_insecure = provider_options.switch(settings, "enableInsecureAuth")
        self.http = ProviderHTTP(settings.outbound)
        self._proofs = Proofs()

    # -- what a provider may do its own way

    def check_options(self) -> None:
        if not self.settings.options:
            raise self._lacks("options are")
        if self.is_insecure:
            _log.warning("auth.%s takes access tokens that any app was given", self.settings.name)
            return
        if self.client_id is None:
            raise self._lacks("clientId is")
        if self.client_secret is None:
            raise self._lacks("clientSecret is")

    async def exchange(self, auth_data: JSONObject) -> Grant:
        """Turns the code into a token. Raises 101, 142."""
        fields = {"grant_type": "authorization_code", **self.exchange_fields(auth_data)}
        try:
            answer = await self.http.post_form(self.endpoints["token"], fields)
        except ProviderFailed as failed:
            raise self.exchange_failed(failed) from None
        return self.grant(answer)

    async def user_id(self, grant: Grant, auth_data: JSONObject) -> str | None:
        """Whose token it is, as the provider says. Raises 101, 142."""
        return credentials.identity((await self.profile(grant)).get("id"))

    def exchange_failed(self, failed: ProviderFailed) -> ParseError:
        return errors.object_not_found(f"{self.title} API request failed.")

    def profile_failed(self, failed: ProviderFailed) -> ParseError:
        return errors.object_not_found(f"{self.title} API request failed.")

    # -- what they have in common

    @property
    def can_exchange(self) -> bool:
        return self.client_id is not None and self.client_secret is not None

    def exchange_fields(self, auth_data: JSONObject) -> dict[str, str]:
        """Who exchanges what. Raises 101 for what cannot be a code or an address."""
        fields = {"client_id": self.client_id or "", "client_secret": self.client_secret or ""}
        for name in ("code", "redirect_uri", "code_verifier"):
            if auth_data.get(name):
                value = credentials.token(auth_data[name])
                if value is None:
                    raise self.invalid()
                fields[name] = value
        return fields

    def grant(self, answer: JSONObject) -> Grant:
        """The token in an answer. Raises 101 with what the provider says instead."""
        if answer.get("error"):
            raise self._refused(answer)
        token = credentials.token(answer.get("access_token"))
        if token is None:
            raise self.invalid()
        return Grant(token, answer)

    async def profile(self, grant: Grant) -> JSONObject:
        """What is at `user` for the bearer of the token."""
        headers = {"Authorization": f"Bearer {grant.access_token}"}
        try:
            return await self.http.get(self.endpoints["user"], headers=headers)
        except ProviderFailed as failed:
            raise self.profile_failed(failed) from None

    def _refused(self, answer: JSONObject) -> ParseError:
        said = credentials.text(answer, "error_description") or credentials.text(answer, "error")
        secret = self.client_secret
        if said is None or (secret is not None and secret in said):
            return self.invalid()
        return errors.object_not_found(said)

    def invalid(self) -> ParseError:
        return errors.object_not_found(f"{self.title} auth is invalid for this user.")

    def code_required(self) -> ParseError:
        return errors.validation_failed(f"{self.title} code is required.")

    # -- an authentication provider

    async def identify(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject:
        grant = await self._grant(auth_data)
        user_id = await self.user_id(grant, auth_data)
        claimed = auth_data.get("id")
        if user_id is None or (claimed is not None and claimed != user_id):
            raise self.invalid()
        self._proofs.add(user_id, grant.access_token)
        kept = {name: value for name, value in auth_data.items() if name not in GOOD_ONCE}
        return {**kept, "id": user_id, "access_token": grant.access_token}

    async def validate(self, stage: Stage, auth_data: JSONObject, request: AuthRequest) -> Verdict:
        """Believes nothing that `identify` has not shown, except to a user who is logged in what
        he has already."""
        if self._proofs.hold(auth_data.get("id"), auth_data.get("access_token")):
            return ACCEPTED
        if stage is Stage.UPDATE and self._is_stored(auth_data, request):
            return ACCEPTED
        raise self.code_required()

    async def after_find(self, auth_data: JSONObject, request: AuthRequest) -> JSONObject | None:
        return {"id": auth_data.get("id")}

    async def _grant(self, auth_data: JSONObject) -> Grant:
        if auth_data.get("code") and self.can_exchange:
            return await self.exchange(auth_data)
        if not self.is_insecure:
            raise self.code_required()
        token = credentials.token(auth_data.get("access_token"))
        if token is None or not auth_data.get("id"):
            raise self.invalid()
        return Grant(token, {})

    def _is_stored(self, auth_data: JSONObject, request: AuthRequest) -> bool:
        providers = (request.original or {}).get("authData")
        stored = providers.get(self.settings.name) if isinstance(providers, dict) else None
        return isinstance(stored, dict) and bool(auth_data) and auth_data.items() <= stored.items()

    def _lacks(self, what: str) -> OptionsError:
        return OptionsError(f"Option auth.{self.settings.name}: {self.title} {what} required.")
