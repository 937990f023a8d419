"""Azure Blob Storage."""

from typing import Final
from urllib.parse import quote

from obstore.store import AzureStore

from parsepy.files.objectstore.settings import COMMON, Place, Service, Settings, endpoint_of
from parsepy.files.objectstore.unfinished import Hidden
from parsepy.options.reading import OptionReader

NAMES: Final = ("account", "container", "accessKey", "sasToken", "endpoint", *COMMON)
_UNFINISHED: Final = "Azure shows none of them, and discards them itself within a week"


def read_azure(given: OptionReader) -> Place:
    """Without a key obstore looks where Microsoft's programs do. Raises `OptionsError`."""
    given.check_names(NAMES)
    settings = Settings(given, "AZURE_STORAGE")
    account = settings.needed_text("account", "ACCOUNT_NAME")
    container = settings.needed_text("container", "CONTAINER")
    endpoint = endpoint_of(given, "endpoint", given.text("endpoint"))
    key, token = given.text("accessKey"), given.text("sasToken")
    config = {
        "account_name": account,
        "account_key": key,
        "sas_key": token,
        "endpoint": endpoint,
    }
    secrets = tuple(secret for secret in (key, token) if secret)
    host = endpoint or f"https://{quote(account, safe='')}.blob.core.windows.net"
    address = f"{host}/{quote(container, safe='')}"
    service = Service(AzureStore, container, config, secrets)
    return settings.place(address, service, Hidden(_UNFINISHED))
