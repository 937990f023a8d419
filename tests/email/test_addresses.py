"""Which texts are one address, and nothing else."""

import pytest

from parsepy.email.addresses import plain_address
from parsepy.errors import ParseError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann.Lee+games@Example.COM", "Ann.Lee+games@Example.COM"),
        ("a'b=c/d!e@x", "a'b=c/d!e@x"),
        ("a..b@docomo.test", "a..b@docomo.test"),
        ("jörg@exämple.de", "jörg@xn--exmple-cua.de"),
        ("ann@日本.test", "ann@xn--wgv71a.test"),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com"),
    ],
)
def test_an_address_keeps_its_name_and_gets_the_domain_of_dns(text: str, address: str) -> None:
    assert plain_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "ann", "@example.com", "ann@", "ann@@example.com", "ann@b@example.com"),
        *("ann@example.com, bob@example.com", "ann,bob@example.com", "ann@example.com;bob@x.y"),
        *("Ann <ann@example.com>", "<ann@example.com>", '"ann lee"@example.com', "a:b@c.d;"),
        *("ann lee@example.com", " ann@example.com", "ann@example.com ", "ann@exam ple.com"),
        *("ann@example.com\n", "ann@example.com\r\nBcc: bob@example.com", "ann\r\nTo: b@c.d"),
        *("ann\0@example.com", "ann\x85@example.com", "ann\u2028@example.com", "a\u00a0b@c.d"),
        *("ann@-example.com", "ann@example-.com", "ann@.example.com", "ann@example..com"),
        *("ann@example.com.", "ann@[127.0.0.1]", "ann@exa_mple.com", "ann@\u3002com"),
        *("=?utf-8?q?ann=0d=0aBcc=3a?=@example.com", "ann\ud800@example.com", "ann@\udfff.com"),
        *("x" * 65 + "@example.com", "ann@" + "x" * 64 + ".com", "ann@" + "x." * 200 + "com"),
        *(None, 5, ["ann@example.com"], {"$ne": None}, b"ann@example.com"),
    ],
)
def test_anything_else_is_none(text: object) -> None:
    with pytest.raises(ParseError) as caught:
        plain_address(text)

    assert (caught.value.code, caught.value.message) == (125, "Email address format is invalid.")
