"""Azure Blob Storage."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from obstore.store import AzureStore

from parsepy.files.objectstore.azure_sas import BlobSigner
from parsepy.files.objectstore.settings import (
    COMMON,
    Place,
    Service,
    Settings,
    Signer,
    endpoint_of,
)
from parsepy.files.objectstore.signing import signed_by_client_unless_encoded
from parsepy.files.objectstore.unfinished import Hidden
from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader

NAMES: Final = ("account", "container", "accessKey", "sasToken", "endpoint", *COMMON)
_KEY_OF_ROLE_KEPT: Final = timedelta(hours=2)
"""For longer signatures obstore asks for another key each time."""
_UNFINISHED: Final = "Azure shows none of them, and discards them itself within a week"


def read_azure(given: OptionReader) -> Place:
    """Without a key obstore looks where Microsoft's programs do. Raises `OptionsError`."""
    given.check_names(NAMES)
    settings = Settings(given, "AZURE_STORAGE")
    account = settings.needed_text("account", "ACCOUNT_NAME")
    container = settings.needed_text("container", "CONTAINER")
    endpoint = endpoint_of(given, "endpoint", given.text("endpoint"))
    key, token = _credentials(settings)
    host = endpoint or f"https://{quote(account, safe='')}.blob.core.windows.net"
    address = f"{host}/{quote(container, safe='')}"
    config = {
        "account_name": account,
        "account_key": key,
        "sas_key": token,
        # Else a variable of another kind might count more.
        "credential_type": "access_key" if key else "sas_token" if token else None,
        "endpoint": endpoint,
    }
    service = Service(
        AzureStore,
        container,
        config,
        secrets=tuple(secret for secret in (key, *_tokens(token)) if secret),
        sign=_signer(account, container, address, key),
    )
    place = settings.place(address, service, Hidden(_UNFINISHED))
    if key is None and place.direct_access and place.expires is not None:
        _check_signing(given, place.expires, token)
    return place


def _check_signing(given: OptionReader, expires: timedelta, token: str | None) -> None:
    """Raises `OptionsError` where nobody could sign an address, or only by a request for each."""
    if token is not None:
        raise OptionsError(
            f"Option {given.path}.presignedUrl needs an accessKey: a sasToken cannot sign."
        )
    if expires > _KEY_OF_ROLE_KEPT:
        raise OptionsError(
            f"Option {given.path}.presignedUrlExpires must be 7200 at most without an accessKey."
        )


def _credentials(settings: Settings) -> tuple[str | None, str | None]:
    """The key of the account, or else a token. Options go before variables."""
    given = settings.given
    key, token = given.text("accessKey"), given.text("sasToken")
    if key is None and token is None:
        key = settings.variable("AZURE_STORAGE_ACCOUNT_KEY")
        token = settings.variable("AZURE_STORAGE_SAS_TOKEN")
    return key, None if key else token


def _signer(account: str, container: str, address: str, key: str | None) -> Signer:
    if key is not None:
        return BlobSigner(account, container, address, key)
    parts = urlsplit(address)
    # obstore signs for the account that it sees in the address.
    if account in (parts.hostname or "") or parts.path.startswith(f"/{account}/"):
        return signed_by_client_unless_encoded
    return _unsigned


def _unsigned(_store: Any, _key: str, _expires: timedelta) -> None:
    return None


def _tokens(token: str | None) -> Iterator[str]:
    """A token as it is given, and the signature in it as it may be written elsewhere."""
    if token is not None:
        yield token
        yield from (value for name, value in parse_qsl(token.lstrip("?")) if name == "sig")
