"""`trustProxy`: which hops in front of the server are believed about the client's address."""

from collections.abc import Iterable
from typing import Final

from parsepy.options.errors import OptionsError
from parsepy.options.ip_list import IpList

_NAMED: Final = {
    "loopback": ("127.0.0.1/8", "::1/128"),
    "linklocal": ("169.254.0.0/16", "fe80::/10"),
    "uniquelocal": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
}


class ProxyTrust:
    """Trusts all hops, the nearest `hops` ones, or those whose address is listed."""

    __slots__ = ("_addresses", "_everybody", "_hops")

    def __init__(self, *, everybody: bool = False, hops: int = 0, addresses: IpList | None = None):
        self._everybody = everybody
        self._hops = hops
        self._addresses = addresses if addresses is not None else IpList()

    @classmethod
    def parse(cls, name: str, value: object) -> "ProxyTrust":
        """`true`, a number of hops, a comma-separated text or an array of addresses."""
        if isinstance(value, bool):
            return cls(everybody=value)
        if isinstance(value, int) and value >= 0:
            return cls(hops=value)
        if isinstance(value, str):
            return cls(addresses=_addresses(name, value.split(",")))
        if isinstance(value, list | tuple):
            return cls(addresses=_addresses(name, value))
        raise OptionsError(f"Option {name} must be a boolean, a number, a string or an array.")

    def client_address(self, peer: str, forwarded_for: str) -> str:
        """The first address, seen from here, that is no trusted proxy.

        `peer` is the socket's address, `forwarded_for` the X-Forwarded-For header. Every entry
        left of an untrusted hop may be invented by the client and is not looked at.
        """
        if not forwarded_for:
            return peer
        address = peer
        nearest_first = (part.strip() for part in reversed(forwarded_for.split(",")))
        for distance, earlier in enumerate(nearest_first):
            if not self._trusts(address, distance):
                return address
            address = earlier
        return address

    def trusts_peer(self, peer: str) -> bool:
        """Whether the nearest hop may speak for the client, for X-Forwarded-Proto and -Host."""
        return self._trusts(peer, 0)

    def _trusts(self, address: str, distance: int) -> bool:
        return self._everybody or distance < self._hops or self._addresses.allows(address)


def _addresses(name: str, entries: Iterable[object]) -> IpList:
    ranges: list[object] = []
    for entry in entries:
        text = entry.strip() if isinstance(entry, str) else entry
        if isinstance(text, str) and text in _NAMED:
            ranges.extend(_NAMED[text])
        elif text != "":
            ranges.append(text)
    return IpList.parse(name, ranges)
