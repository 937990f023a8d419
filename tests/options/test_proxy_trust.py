"""The client's address behind proxies."""

import pytest

from parsepy.options import OptionsError
from parsepy.options.proxy_trust import ProxyTrust


@pytest.mark.parametrize(
    ("trust", "peer", "forwarded", "client"),
    [
        ([], "10.0.0.1", "1.1.1.1", "10.0.0.1"),
        (False, "10.0.0.1", "1.1.1.1", "10.0.0.1"),
        (0, "10.0.0.1", "1.1.1.1", "10.0.0.1"),
        (True, "10.0.0.1", "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (True, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "1.1.1.1, 2.2.2.2", "2.2.2.2"),
        (2, "10.0.0.1", "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (9, "10.0.0.1", "1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (["10.0.0.0/8"], "10.0.0.1", "1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (["10.0.0.0/8"], "9.9.9.9", "1.1.1.1", "9.9.9.9"),
        ("loopback, 10.0.0.0/8", "127.0.0.1", "1.1.1.1, 10.0.0.2", "1.1.1.1"),
        ("loopback", "::ffff:127.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("uniquelocal", "fd00::1", "1.1.1.1", "1.1.1.1"),
        ("linklocal", "169.254.1.1", "1.1.1.1", "1.1.1.1"),
        ("loopback", "127.0.0.1", "nonsense", "nonsense"),
        ("loopback", "127.0.0.1", "127.0.0.1, nonsense", "nonsense"),
    ],
)
def test_only_trusted_hops_speak_for_the_client(
    trust: object, peer: str, forwarded: str, client: str
) -> None:
    assert ProxyTrust.parse("trustProxy", trust).client_address(peer, forwarded) == client


@pytest.mark.parametrize(("trust", "expected"), [(True, True), (1, True), (0, False), ([], False)])
def test_the_nearest_hop_is_trusted_by_the_same_rule(trust: object, expected: bool) -> None:
    assert ProxyTrust.parse("trustProxy", trust).trusts_peer("10.0.0.1") is expected


def test_an_unreadable_range_is_named() -> None:
    with pytest.raises(OptionsError, match='"trustProxy" contains an invalid IP address "nginx"'):
        ProxyTrust.parse("trustProxy", "loopback,nginx")
