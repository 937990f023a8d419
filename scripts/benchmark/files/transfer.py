"""A client that sends and takes files, and does little besides: its CPU is not the server's, but
the machine is one."""

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Self

from scripts.benchmark.exchange import APP_ID, WrongAnswerError
from tests.support.reference import MOUNT_PATH

LOOPBACK = "127.0.0.1"
ANSWER_SECONDS = 120
_TAKEN_AT_ONCE = 1 << 20


class Connection:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((LOOPBACK, port), timeout=ANSWER_SECONDS)
        # A body goes out right behind its head.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = f"{LOOPBACK}:{port}"
        self._buffer = bytearray(_TAKEN_AT_ONCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def upload(self, name: str, headers: dict[str, str], body: bytes) -> str:
        """The stored name. Raises WrongAnswerError."""
        self._ask("POST", f"/files/{name}", {**headers, "Content-Length": str(len(body))})
        self._socket.sendall(body)
        head, rest, length = self._head()
        while len(rest) < length:
            rest += self._take()
        if not head.startswith(b"HTTP/1.1 201 "):
            raise WrongAnswerError(f"an upload was answered with {head + rest!r}")
        return str(json.loads(rest)["name"])

    def download(self, name: str, *, whole: bool = False) -> tuple[int, bytes]:
        """The number of its bytes, and their digest, which is made where `whole` is asked for.

        Raises WrongAnswerError.
        """
        self._ask("GET", f"/files/{APP_ID}/{name}", {})
        head, rest, length = self._head()
        if not head.startswith(b"HTTP/1.1 200 "):
            raise WrongAnswerError(f"a download was answered with {head + rest!r}")
        digest, taken = sha256(rest if whole else b""), len(rest)
        while taken < length:
            part = self._take()
            taken += len(part)
            if whole:
                digest.update(part)
        return taken, digest.digest()

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> None:
        lines = [f"{method} {MOUNT_PATH}{path} HTTP/1.1", f"Host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def _head(self) -> tuple[bytes, bytes, int]:
        """The head of an answer, what came with it, and how long its body is."""
        taken = b""
        while b"\r\n\r\n" not in taken:
            taken += self._take()
        head, _, rest = taken.partition(b"\r\n\r\n")
        _, found, value = head.lower().partition(b"\r\ncontent-length:")
        if not found:
            raise WrongAnswerError(f"an answer without Content-Length: {head!r}")
        return head, rest, int(value.partition(b"\r\n")[0])

    def _take(self) -> memoryview:
        count = self._socket.recv_into(self._buffer)
        if not count:
            raise WrongAnswerError("the connection was closed in the middle of an answer")
        return memoryview(self._buffer)[:count]


def at_once(port: int, connections: int, times: int, ask: Callable[[Connection], object]) -> int:
    """`ask` is called `times`, over as many connections at once; gives the number of calls."""
    shares = [
        times // connections + (number < times % connections) for number in range(connections)
    ]

    def one(share: int) -> int:
        with Connection(port) as connection:
            for _ in range(share):
                ask(connection)
        return share

    with ThreadPoolExecutor(connections) as pool:
        return sum(pool.map(one, shares))
