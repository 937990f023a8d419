"""What an address of a file may end with, when it opens the file by itself."""

from typing import Final

EXPIRES: Final = "X-Parse-Expires"
SIGNATURE: Final = "X-Parse-Signature"

_SIGNED: Final = f"?{EXPIRES}="


def unsigned(url: str) -> str:
    """The address without its signature: what is stored of it, and compared."""
    return url.partition(_SIGNED)[0]


def query_of(url: str) -> str:
    """What follows the address of a file."""
    return url.partition("?")[2]
