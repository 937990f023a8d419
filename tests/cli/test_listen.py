"""Binding the port before anything else."""

import socket

import pytest

from parsepy.cli.failure import BadOptions, CannotStart
from parsepy.cli.launch import OwnAddress
from parsepy.cli.listen import bind, with_bound_port
from parsepy.options import load_options
from parsepy.options.public_url import public_url

KEYS = {"appId": "app", "masterKey": "master"}


def test_a_taken_port_is_told_with_its_fix() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CannotStart) as caught:
            bind("127.0.0.1", port)

    assert str(caught.value) == (
        f"Port {port} on 127.0.0.1 is in use; stop what uses it or choose another --port."
    )
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("host", ["203.0.113.77", "no such host", "a" * 70 + ".example"])
def test_an_address_that_is_not_ours_is_a_wrong_option(host: str) -> None:
    with pytest.raises(BadOptions, match=r"^Option host: .* is no address of this machine\.$"):
        bind(host, 0)


def test_nobody_can_connect_before_the_server_listens() -> None:
    with (
        bind("127.0.0.1", 0) as listener,
        socket.socket() as client,
        pytest.raises(ConnectionRefusedError),
    ):
        client.connect(listener.getsockname())


def test_the_wildcard_of_ipv6_takes_ipv4_too() -> None:
    with bind("::", 0) as listener:
        listener.listen()

        with socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=10):
            pass


def test_port_0_becomes_the_port_that_the_system_chose() -> None:
    options = load_options({**KEYS, "port": 0}).options
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        found = with_bound_port(options, listener)

    assert (found.port, found.raw["port"]) == (port, port)
    assert found.server_url == found.raw["serverURL"] == f"http://localhost:{port}/parse"


@pytest.mark.anyio
async def test_port_0_becomes_the_port_of_links_too() -> None:
    given = load_options({**KEYS, "port": 0, "publicServerURL": OwnAddress()}).options
    theirs = load_options({**KEYS, "port": 0, "publicServerURL": "https://game.test"}).options
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        assert await public_url(with_bound_port(given, listener)) == (
            f"http://127.0.0.1:{port}/parse"
        )
        assert await public_url(with_bound_port(theirs, listener)) == "https://game.test"


def test_a_server_url_of_ones_own_stays() -> None:
    options = load_options({**KEYS, "port": 0, "serverURL": "http://parse.internal/"}).options
    with bind("127.0.0.1", 0) as listener:
        assert with_bound_port(options, listener).server_url == "http://parse.internal/"
