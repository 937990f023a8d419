"""One rule: which requests it counts, and on whose account."""

import hashlib
from functools import lru_cache
from ipaddress import IPv6Address

from msgspec import Struct

from parsepy.http.rate_limits.counters import Counters
from parsepy.http.rate_limits.path_pattern import compile_path
from parsepy.options.ip_list import parse_address
from parsepy.options.model import RateLimit
from parsepy.options.patterns import compile_pattern
from parsepy.permissions.caller import Caller

_NETWORK_BITS = 64


class Asking(Struct, frozen=True):
    """Who asks. `caller` is verified: its user is the one of a token that was looked up.

    `internal`: the request was made on this machine and passed on by nobody.
    """

    caller: Caller
    address: str
    internal: bool


class Rule:
    def __init__(self, given: RateLimit, counters: Counters, name: str) -> None:
        self.given = given
        self.counters = counters
        self._name = name
        self._path = compile_path(given.path)
        self._methods = (
            frozenset(method.upper() for method in given.methods)
            if isinstance(given.methods, tuple)
            else None
        )
        self._pattern = compile_pattern(given.methods) if isinstance(given.methods, str) else None

    def counts(self, paths: tuple[str, ...], methods: tuple[str, ...], asking: Asking) -> bool:
        """`paths` are the names of one route; `methods` the request's own, and a batch's."""
        given = self.given
        matches = self._path.fullmatch
        if not (matches(paths[0]) or any(map(matches, paths[1:]))):
            return False
        if asking.internal and not given.include_internal:
            return False
        if given.include_master_key:
            # As in parse-server: then the methods are not looked at.
            return True
        return self._counts_method(methods) and not asking.caller.is_master

    def key(self, asking: Asking, *, with_session: bool) -> str:
        """One account for each rule and caller; texts of clients and tokens go in as digests."""
        return f"{self._name}:{self._account(asking, with_session=with_session)}"

    def _counts_method(self, methods: tuple[str, ...]) -> bool:
        if self._methods is not None:
            return not self._methods.isdisjoint(methods)
        return self._pattern is None or any(map(self._pattern.search, methods))

    def _account(self, asking: Asking, *, with_session: bool) -> str:
        zone, caller = self.given.zone, asking.caller
        if zone == "global":
            return "all"
        if with_session and caller.user_id is not None:
            # A token that nobody has verified makes no account: who invents tokens would have
            # as many accounts as he likes.
            if zone == "user":
                return f"user:{caller.user_id}"
            if zone == "session" and caller.session_token:
                return f"session:{_digest(caller.session_token)}"
        return f"address:{_network(asking.address)}"


def rule_digest(given: RateLimit) -> str:
    """The same in all processes with this rule, whatever other rules they have."""
    return _digest(repr(given))[:16]


@lru_cache(4096)
def _network(address: str) -> str:
    """An IPv6 host owns a whole network of addresses: they count as one."""
    found = parse_address(address)
    if not isinstance(found, IPv6Address):
        return address if found is None else str(found)
    return str(IPv6Address(int(found) >> _NETWORK_BITS << _NETWORK_BITS))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
