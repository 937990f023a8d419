"""Addresses of blobs that are signed with the account's key (a service SAS).

obstore signs the encoded name where Azure looks at the name itself
(https://learn.microsoft.com/rest/api/storageservices/create-service-sas): its addresses of names
with a space or an umlaut do not open.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

_VERSION: Final = "2020-12-06"
_NOTHING_MORE: Final = ("",) * 7
"""No snapshot, no scope of encryption, and no other response headers."""


@dataclass(frozen=True, slots=True)
class BlobSigner:
    """A `Signer`. `address` is the container's; `account_key` is in base64, as Azure shows it."""

    account: str
    container: str
    address: str
    account_key: str = field(repr=False)

    def __call__(self, _store: Any, key: str, expires: timedelta) -> str:
        # No beginning: Azure's clock may be behind ours.
        until = f"{datetime.now(UTC) + expires:%Y-%m-%dT%H:%M:%SZ}"
        name = f"/blob/{self.account}/{self.container}/{key}"
        text = "\n".join(("r", "", until, name, "", "", "", _VERSION, "b", *_NOTHING_MORE))
        said = {"sv": _VERSION, "se": until, "sr": "b", "sp": "r", "sig": self._signature(text)}
        return f"{self.address}/{quote(key, safe='/')}?{urlencode(said)}"

    def _signature(self, text: str) -> str:
        account_key = base64.b64decode(self.account_key)
        return base64.b64encode(hmac.digest(account_key, text.encode(), hashlib.sha256)).decode()
