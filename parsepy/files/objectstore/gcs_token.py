"""Access tokens for Google Cloud Storage, by Google's own library: obstore keeps its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import google.auth
import urllib3
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.urllib3 import Request
from google.oauth2.service_account import Credentials

from parsepy.protocol import json

_SCOPES: Final = ("https://www.googleapis.com/auth/devstorage.read_write",)
"""Narrower than what obstore asks for."""
_TOKENS: Final = "https://oauth2.googleapis.com/token"
"""Stands in every key of Google's making, but is not asked: accounts with a key sign tokens
themselves, as with obstore."""


class AccessToken:
    """Gives a valid one each time it is called; `None` for an account that says `disable_oauth`,
    as emulators want it.

    Without an account and a file with one, it is whom Google's programs find. May wait for the
    network. Raises `OSError`.
    """

    def __init__(self, account: Mapping[str, object], key_file: str | None) -> None:
        self._account = account
        self._key_file = key_file
        self._credentials: Any = None

    def __call__(self) -> str | None:
        account = self._given()
        if account.get("disable_oauth") is True:
            return None
        try:
            if self._credentials is None:
                self._credentials = _credentials(account)
            if not self._credentials.valid:
                self._credentials.refresh(Request(urllib3.PoolManager()))
        except GoogleAuthError as error:
            # Its text may be an answer of somebody's.
            raise OSError(f"Google knows no such account: {type(error).__name__}") from None
        return str(self._credentials.token)

    def _given(self) -> Mapping[str, object]:
        if self._account or self._key_file is None:
            return self._account
        account = json.loads(Path(self._key_file).read_bytes())
        return account if isinstance(account, dict) else {}


def _credentials(account: Mapping[str, object]) -> Any:
    if account:
        with_defaults = {"token_uri": _TOKENS, **account}
        found = Credentials.from_service_account_info(with_defaults, scopes=_SCOPES)
    else:
        found, _ = google.auth.default(scopes=_SCOPES)
    signs = isinstance(found, Credentials)
    return found.with_always_use_jwt_access(True) if signs else found
