"""The listening socket, bound before anything else so that a taken port is told at once."""

import errno
import socket

import msgspec

from parsepy.cli.failure import BadOptions, CannotStart
from parsepy.cli.launch import with_own_address
from parsepy.options.model import ServerOptions


def bind(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet: nobody can connect before the server is ready."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise BadOptions(f"Option host: {host} is no address of this machine.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise cannot_listen(host, port, error) from None
    return listener


def cannot_listen(host: str, port: int, error: OSError) -> CannotStart:
    """The line for a port or address that cannot be had."""
    if error.errno == errno.EADDRINUSE:
        reason = f"Port {port} on {host} is in use; stop what uses it or choose another --port."
    elif error.errno == errno.EADDRNOTAVAIL:
        return BadOptions(f"Option host: {host} is no address of this machine.")
    else:
        reason = f"Cannot listen on port {port} of {host}: {error.strerror}."
    return CannotStart(reason)


def with_bound_port(options: ServerOptions, listener: socket.socket) -> ServerOptions:
    """The options with the port that the system chose where `port` was 0."""
    if options.port != 0:
        return options
    port: int = listener.getsockname()[1]
    own_address = f"http://localhost:0{options.mount_path}"
    server_url = options.server_url
    if server_url == own_address:
        server_url = f"http://localhost:{port}{options.mount_path}"
    raw = {**options.raw, "port": port, "serverURL": server_url}
    return with_own_address(
        msgspec.structs.replace(options, port=port, server_url=server_url, raw=raw)
    )
