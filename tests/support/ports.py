"""Ports for servers that tests start."""

import socket


def free_port() -> int:
    """Return a TCP port on the loopback address that nothing listens on at this moment.

    The kernel hands out ephemeral ports in a wandering order, so two callers that ask at the
    same time practically never get the same one.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
