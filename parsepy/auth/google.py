"""Google: `{id, id_token}`. An access token says nothing of the app that it was given to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from parsepy.auth.id_token import Expected
from parsepy.auth.id_token_provider import IdTokenProvider


class GoogleProvider(IdTokenProvider):
    title = "Google"
    issuers = ("accounts.google.com", "https://accounts.google.com")
    default_endpoints: ClassVar[Mapping[str, str]] = {
        "keys": "https://www.googleapis.com/oauth2/v3/certs"
    }

    def expected(self) -> Expected:
        return replace(super().expected(), provider_name="provider")
