"""Microsoft: `{code, redirect_uri}` of an app registration, asked about at Microsoft Graph."""

from collections.abc import Mapping
from typing import ClassVar

from parsepy.auth.code_exchange import CodeExchangeProvider


class MicrosoftProvider(CodeExchangeProvider):
    title = "Microsoft"
    default_endpoints: ClassVar[Mapping[str, str]] = {
        "token": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "user": "https://graph.microsoft.com/v1.0/me",
    }
