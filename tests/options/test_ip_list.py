"""Who may use a key, by address."""

import pytest

from parsepy.options.ip_list import IpList


def ip_list(*entries: str) -> IpList:
    return IpList.parse("masterKeyIps", entries)


@pytest.mark.parametrize(
    ("entries", "address", "allowed"),
    [
        (("127.0.0.1", "::1"), "127.0.0.1", True),
        (("127.0.0.1", "::1"), "::1", True),
        (("127.0.0.1", "::1"), "0:0:0:0:0:0:0:1", True),
        (("127.0.0.1", "::1"), "::ffff:127.0.0.1", True),
        (("127.0.0.1", "::1"), "::ffff:7f00:1", True),
        (("127.0.0.1", "::1"), "127.0.0.2", False),
        (("127.0.0.1", "::1"), "::2", False),
        (("10.0.0.0/8",), "10.255.1.2", True),
        (("10.1.2.3/8",), "10.255.1.2", True),
        (("10.0.0.0/8",), "11.0.0.1", False),
        (("10.0.0.0/8",), "::ffff:10.0.0.1", True),
        (("2001:db8::/32",), "2001:db8:1::5", True),
        (("2001:db8::/32",), "2001:db9::5", False),
        (("0.0.0.0/0",), "203.0.113.9", True),
        (("0.0.0.0",), "203.0.113.9", True),
        (("0.0.0.0/0",), "2001:db8::1", False),
        (("0.0.0.0/0",), "::ffff:203.0.113.9", True),
        (("::/0",), "2001:db8::1", True),
        (("::",), "2001:db8::1", True),
        (("::0",), "2001:db8::1", True),
        (("::/0",), "203.0.113.9", False),
        (("::/0",), "::ffff:203.0.113.9", False),
        (("::ffff:10.0.0.0/104",), "10.9.9.9", True),
        (("::ffff:10.0.0.1",), "10.0.0.1", True),
        ((), "127.0.0.1", False),
        (("0.0.0.0/0", "::/0"), "", False),
        (("0.0.0.0/0", "::/0"), "testclient", False),
        (("0.0.0.0/0", "::/0"), "127.0.0.1 ", False),
        (("0.0.0.0/0", "::/0"), "127.0.0.1:80", False),
    ],
)
def test_an_address_is_judged_by_the_list(
    entries: tuple[str, ...], address: str, allowed: bool
) -> None:
    assert ip_list(*entries).allows(address) is allowed
