"""Address lists of the keys: who may use them."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from parsepy.options.errors import OptionsError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# parse-server reads these addresses as "everybody", not as the one host they name.
_EVERYBODY: Final = {"0.0.0.0": "0.0.0.0/0", "::": "::/0", "::0": "::/0"}  # noqa: S104


class IpList:
    """Addresses and CIDR ranges; IPv4 and IPv6 are judged separately, an empty list lets
    nobody in."""

    __slots__ = ("_exact", "_networks_v4", "_networks_v6")

    def __init__(self, networks: Iterable[Network] = ()) -> None:
        found = tuple(networks)
        single = [n for n in found if n.prefixlen == n.max_prefixlen]
        self._exact = frozenset(str(n.network_address) for n in single)
        self._networks_v4 = tuple(n for n in found if isinstance(n, IPv4Network))
        self._networks_v6 = tuple(n for n in found if isinstance(n, IPv6Network))

    @classmethod
    def parse(cls, name: str, entries: Iterable[object]) -> "IpList":
        """The list of option `name`; raises `OptionsError` with parse-server's message."""
        return cls(_network(name, entry) for entry in entries)

    def allows(self, address: str) -> bool:
        """Whether the peer `address` is in the list; what is no IP address never is."""
        if address in self._exact:
            return True
        peer = parse_address(address)
        if peer is None:
            return False
        if isinstance(peer, IPv4Address):
            return any(peer in network for network in self._networks_v4)
        return any(peer in network for network in self._networks_v6)


def parse_address(text: str) -> Address | None:
    """An IP address, with an IPv4 address that was mapped into IPv6 as the former.

    A dual-stack listener sees IPv4 peers as `::ffff:a.b.c.d`; they stay IPv4 for every rule.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return address


def _network(name: str, entry: object) -> Network:
    text = _EVERYBODY.get(str(entry), str(entry))
    address, slash, _ = text.partition("/")
    if not isinstance(entry, str) or parse_address(address) is None:
        raise _invalid(name, address)
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise _invalid(name, text) from None
    mapped = parse_address(address)
    if isinstance(network, IPv6Network) and isinstance(mapped, IPv4Address):
        return ip_network((mapped, max(network.prefixlen - 96, 0) if slash else 32), strict=False)
    return network


def _invalid(name: str, entry: str) -> OptionsError:
    return OptionsError(
        f'The Parse Server option "{name}" contains an invalid IP address "{entry}".'
    )
