"""A server that takes connections and never says anything."""

import socket
from types import TracebackType
from typing import Self


class DeafServer:
    """Listens on a free port of the loopback address for the length of a with block."""

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._taken: list[socket.socket] = []
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in (*self._taken, self._socket):
            connection.close()

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def wait_for_caller(self, deadline: float = 30.0) -> None:
        """Returns when somebody has connected and said something; raises TimeoutError."""
        self._socket.settimeout(deadline)
        connection, _ = self._socket.accept()
        self._taken.append(connection)
        connection.settimeout(deadline)
        connection.recv(1)
