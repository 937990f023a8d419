"""Any issuer of OpenID Connect: `{id, id_token}`. Where its keys are is what it says itself."""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from parsepy.auth import provider_options
from parsepy.auth.base import ProviderSettings
from parsepy.auth.id_token import ASYMMETRIC, Expected
from parsepy.auth.id_token_provider import IdTokenProvider
from parsepy.auth.provider_http import ProviderFailed
from parsepy.options.errors import OptionsError
from parsepy.types import JSONObject


class OidcProvider(IdTokenProvider):
    """Options: `issuer` and `clientId`; `algorithms` (RS256), `useridField` (`sub`)."""

    title = "OpenID Connect"
    # Empty: found by discovery.
    default_endpoints: ClassVar[Mapping[str, str]] = {"keys": ""}

    def __init__(self, settings: ProviderSettings) -> None:
        super().__init__(settings)
        issuer = settings.options.get("issuer")
        self.issuers = () if not issuer else (provider_options.address(settings, "issuer", issuer),)
        self.subject_claim = provider_options.text(settings, "useridField") or "sub"
        chosen = provider_options.one_of_each(settings, "algorithms", ASYMMETRIC)
        self._algorithms = chosen or ("RS256",)

    def check_options(self) -> None:
        for name, value in (("issuer", self.issuers), ("clientId", self.audience)):
            if not value:
                raise OptionsError(f"Option auth.{self.settings.name}.{name} is required.")

    def expected(self) -> Expected:
        return Expected(self.issuers, self.audience, self._algorithms)

    async def key_address(self) -> str:
        return self.endpoints["keys"] or await self._discovered()

    async def _discovered(self) -> str:
        """Raises `ProviderFailed`."""
        issuer = self.issuers[0]
        document = await self.http.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        address = self.keys_in(document)
        if address is None:
            raise ProviderFailed("the document of the issuer does not say where they are")
        return address

    def keys_in(self, document: JSONObject) -> str | None:
        """Where the keys are; `None` unless the document is the issuer's own and keeps to TLS."""
        issuer, address = self.issuers[0], document.get("jwks_uri")
        if document.get("issuer") != issuer:
            return None
        if not isinstance(address, str) or not provider_options.is_address(address):
            return None
        if urlsplit(issuer).scheme == "https" and urlsplit(address).scheme != "https":
            return None
        return address
