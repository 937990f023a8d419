"""Addresses that requests on a client's account must not reach."""

import asyncio
from ipaddress import ip_address
from typing import Any

import pytest

from parsepy.outbound import Outbound
from parsepy.outbound.client import OutboundError
from parsepy.outbound.public_network import is_public
from tests.support.answering_server import answering_server
from tests.support.deaf_server import DeafServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
async def test_a_private_host_is_not_connected_to_by_any_name(host: str) -> None:
    outbound = Outbound(public_only=True)
    with answering_server({}) as server:
        port = server.url.rpartition(":")[2]
        with pytest.raises(OutboundError):
            await outbound.post(f"http://{host}:{port}", b"{}", {})
        assert server.asked == []
    await outbound.close()


async def test_a_name_is_judged_by_what_it_means_when_it_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that was public a moment ago."""
    outbound = Outbound(public_only=True)
    with answering_server({}) as server:

        async def found(*_args: Any, **_named: Any) -> list[Any]:
            return [(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", found)
        with pytest.raises(OutboundError, match=r"evil\.test is no public address"):
            await outbound.post("http://evil.test/", b"{}", {})
        assert server.asked == []
    await outbound.close()


async def test_a_whole_answer_has_a_deadline() -> None:
    outbound = Outbound(deadline=0.1)
    with DeafServer() as deaf, pytest.raises(OutboundError, match="takes too long"):
        await outbound.post(f"http://127.0.0.1:{deaf.port}/", b"{}", {})
    await outbound.close()
