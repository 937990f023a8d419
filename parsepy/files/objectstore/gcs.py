"""Google Cloud Storage, with the options of npm's `@parse/gcs-files-adapter`."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

from obstore.store import GCSStore

from parsepy.files.objectstore.multipart import MultipartApi, MultipartUploads
from parsepy.files.objectstore.settings import COMMON, Place, Service, Settings, endpoint_of
from parsepy.files.objectstore.signing import signed_by_client_encoded
from parsepy.options.errors import OptionsError
from parsepy.options.reading import OptionReader
from parsepy.protocol import json

_log = logging.getLogger(__name__)

NAMES: Final = ("bucket", "projectId", "keyFilename", "credentials", "endpoint", *COMMON)
_PUBLIC: Final = "https://storage.googleapis.com"
_KEYS_OF_OBSTORE: Final = (
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_PATH",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
)
_REGION: Final = "auto"
"""Said to a client that wants one; Google asks for none."""


def read_gcs(given: OptionReader) -> Place:
    """Without a key obstore looks where every program of Google's does. `projectId` says nothing:
    a bucket's name is enough. Raises `OptionsError`."""
    given.check_names(NAMES)
    settings = Settings(given, "GCS")
    bucket = settings.needed_text("bucket", "BUCKET")
    endpoint = endpoint_of(given, "endpoint", given.text("endpoint"))
    account = dict(given.mapping("credentials"))
    key_file = given.text("keyFilename") or settings.variable("GCP_KEYFILE_PATH")
    config = {
        "base_url": endpoint,
        "service_account": None if account else key_file,
        "service_account_key": json.dumps(account).decode() if account else None,
    }
    private_key = account.get("private_key")
    secrets = (private_key,) if isinstance(private_key, str) and private_key else ()
    host = endpoint or _PUBLIC

    def _sign_in() -> Callable[[], str | None]:
        from parsepy.files.objectstore.gcs_token import AccessToken

        return AccessToken(account, key_file)

    listed = MultipartApi(bucket, _REGION, host, by_path=True, sign_in=_sign_in)
    place = settings.place(
        f"{host}/{quote(bucket, safe='')}",
        Service(GCSStore, bucket, config, secrets, signed_by_client_encoded),
        MultipartUploads(listed),
    )
    if place.direct_access and place.expires is not None:
        if not _has_key(settings, account, key_file):
            raise OptionsError(
                f"Option {given.path}.presignedUrl needs keyFilename or credentials with a key:"
                " without, Google would be asked for every address."
            )
        if host != _PUBLIC and place.base_url is None:
            _log.warning(
                "filesAdapter: addresses are signed for the host storage.googleapis.com; at %s they"
                " open only if it is passed on so",
                host,
            )
    return place


def _has_key(settings: Settings, account: Mapping[str, object], key_file: str | None) -> bool:
    """Whether obstore finds a key to sign with, where it looks."""
    if account:
        return account.get("disable_oauth") is not True
    if key_file or any(settings.variable(name) for name in _KEYS_OF_OBSTORE):
        return True
    path = settings.variable("GOOGLE_APPLICATION_CREDENTIALS")
    if path is None:
        return False
    # obstore has read it, or else the start has ended before.
    found = json.loads(Path(path).read_bytes())
    return isinstance(found, dict) and found.get("type") == "service_account"
