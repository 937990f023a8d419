"""Addresses that File values may name (option `fileUpload.allowedFileUrlDomains`).

An address is taken apart as browsers do it: `https://evil.example\\@good.example` names the former.
"""

import re
from collections.abc import Iterable
from typing import Final, cast
from urllib.parse import unquote

from parsepy.errors import Code, ParseError
from parsepy.protocol.field_types import is_typed
from parsepy.types import JSONMapping, JSONValue

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(.*)", re.DOTALL)
_IGNORED: Final = str.maketrans("", "", "\t\r\n")
_AROUND: Final = "".join(map(chr, range(0x21)))
_WITH_HOST: Final = frozenset(("http", "https", "ws", "wss", "ftp"))
_HOST: Final = re.compile(r"[a-z0-9._~!$&'()*+,;=\-]+|\[[0-9a-f:.]+\]")
_BEHIND_AUTHORITY: Final = re.compile(r"[/?#]")
_PORT: Final = re.compile(r"[0-9]*")


class FileUrls:
    """Hosts, or `*.example.org` for every host below it."""

    __slots__ = ("_above", "_hosts")

    def __init__(self, domains: Iterable[str]) -> None:
        names = [domain.lower() for domain in domains]
        self._hosts = frozenset(names)
        self._above = tuple(name[1:] for name in names if name.startswith("*."))

    def check(self, data: JSONMapping) -> None:
        """Raises 130 for a File anywhere in `data` whose `url` is of another host, or is none."""
        pending: list[JSONValue] = [cast("JSONValue", data)]
        while pending:
            value = pending.pop()
            if isinstance(value, list):
                pending.extend(value)
            elif isinstance(value, dict):
                if is_typed(value, "File") and value.get("url"):
                    self.check_url(value["url"])
                pending.extend(value.values())

    def check_url(self, url: JSONValue) -> None:
        """Raises 130."""
        host = host_of(url) if isinstance(url, str) else None
        if host is None:
            raise ParseError(Code.FILE_SAVE_ERROR, "Invalid file URL.")
        if host not in self._hosts and not host.endswith(self._above or ("\0",)):
            raise ParseError(Code.FILE_SAVE_ERROR, f"File URL domain '{host}' is not allowed.")


def host_of(url: str) -> str | None:
    """The host in lower case, empty where the scheme has none; `None` for what is no address."""
    found = _SCHEME.fullmatch(url.strip(_AROUND).translate(_IGNORED))
    if found is None:
        return None
    scheme, rest = found[1].lower(), found[2]
    if scheme in _WITH_HOST:
        authority = rest.replace("\\", "/").lstrip("/")
    elif rest.startswith("//"):
        authority = rest[2:]
    else:
        return ""
    host = _host(_BEHIND_AUTHORITY.split(authority, maxsplit=1)[0])
    return None if host == "" and scheme in _WITH_HOST else host


def _host(authority: str) -> str | None:
    host = authority.rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    if colon and "]" not in port:
        if _PORT.fullmatch(port) is None:
            return None
        host = name
    host = _as_ascii(unquote(host)).lower()
    return host if not host or _HOST.fullmatch(host) else None


def _as_ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return "\0"
