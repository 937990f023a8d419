"""Addresses that open a file for a while, as obstore signs them: `Signer`s.

It signs an address as it writes it. That is right at S3, and elsewhere for the names that these
are for.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import obstore


def signed_by_client(store: Any, key: str, expires: timedelta) -> str:
    return str(obstore.sign(store, "GET", key, expires))


def signed_by_client_encoded(store: Any, key: str, expires: timedelta) -> str:
    """For Google, who wants more letters encoded than obstore encodes, `@` among them
    (https://docs.cloud.google.com/storage/docs/authentication/canonical-requests); it leaves
    alone what is encoded already."""
    return signed_by_client(store, quote(key, safe="/"), expires)


def signed_by_client_unless_encoded(store: Any, key: str, expires: timedelta) -> str | None:
    """For Azure, who looks at the name without any encoding; `None` where there is one."""
    address = signed_by_client(store, key, expires)
    return None if "%" in urlsplit(address).path else address
