"""Google Cloud Storage, with the options of npm's `@parse/gcs-files-adapter`."""

from typing import Final
from urllib.parse import quote

from obstore.store import GCSStore

from parsepy.files.objectstore.settings import COMMON, Place, Service, Settings, endpoint_of
from parsepy.options.reading import OptionReader
from parsepy.protocol import json

NAMES: Final = ("bucket", "projectId", "keyFilename", "credentials", "endpoint", *COMMON)
_PUBLIC: Final = "https://storage.googleapis.com"


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
    address = f"{endpoint or _PUBLIC}/{quote(bucket, safe='')}"
    return settings.place(address, Service(GCSStore, bucket, config, secrets))
