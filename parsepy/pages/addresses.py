"""Pages that live elsewhere: option `pages.customUrls`."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from parsepy.options.errors import OptionsError

_IS_PATH: Final = re.compile(r"\.{0,2}/")
_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*")


def read_addresses(given: Mapping[str, str]) -> Mapping[str, str]:
    """Page → address. A path is none, as with parse-server: the page is the folder's. Raises
    `OptionsError` for what is neither."""
    found = {page: url for page, url in given.items() if url and not _IS_PATH.match(url)}
    for page, url in found.items():
        if not _is_address(url):
            raise OptionsError(
                f"Option pages.customUrls.{page} must be an address such as https://example.com/."
            )
    return found


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(_SCHEME.fullmatch(parts.scheme) and parts.netloc) and url.isprintable()
    except ValueError:
        return False
