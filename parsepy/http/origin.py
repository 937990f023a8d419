"""Where a request comes from, and under which address the API is for whoever sent it."""

import logging
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from parsepy.options.ip_list import parse_address
from parsepy.options.model import ServerOptions
from parsepy.options.public_url import public_url

_log = logging.getLogger(__name__)

_FORWARDING: Final = frozenset((b"x-forwarded-for", b"forwarded", b"x-real-ip"))


class Origins:
    """What the peer's address and, where they are trusted, a proxy's headers tell."""

    def __init__(self, options: ServerOptions) -> None:
        self._options = options
        self._trusted = options.trust_proxy
        given = options.public_server_url
        self._public_url = given.rstrip("/") if isinstance(given, str) else ""
        self._is_asked = given is not None and not isinstance(given, str)

    def address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """The peer's address, or what a trusted proxy says of it."""
        client = scope.get("client")
        peer = client[0] if client else ""
        forwarded = headers.get(b"x-forwarded-for")
        if forwarded is None:
            return peer
        return self._trusted.client_address(peer, forwarded.decode("latin-1"))

    async def mount_url(self, scope: Scope, headers: dict[bytes, bytes], mount: str) -> str:
        """The API's address, without a final slash: option `publicServerURL`, or the address that
        the request was sent to where there is none."""
        if self._public_url:
            return self._public_url
        return await self._asked() or self._requested(scope, headers, mount)

    async def _asked(self) -> str | None:
        if not self._is_asked:
            return None
        try:
            return await public_url(self._options)
        except Exception:
            _log.exception("Option publicServerURL does not answer.")
            return None

    def _requested(self, scope: Scope, headers: dict[bytes, bytes], mount: str) -> str:
        scheme, host = scope["scheme"], headers.get(b"host", b"localhost").decode("latin-1")
        client = scope.get("client")
        if b"x-forwarded-proto" in headers and client is not None:
            forwarded = headers[b"x-forwarded-proto"].decode("latin-1").split(",")[0].strip()
            if forwarded in ("http", "https") and self._trusted.trusts_peer(client[0]):
                scheme = forwarded
        return f"{scheme}://{host}{mount}"


def is_internal(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether this machine asks on its own behalf: a proxy on it asks for others."""
    if not _FORWARDING.isdisjoint(headers):
        return False
    client = scope.get("client")
    return client is not None and _is_loopback(client[0])


@lru_cache(4096)
def _is_loopback(address: str) -> bool:
    peer = parse_address(address)
    return peer is not None and peer.is_loopback
