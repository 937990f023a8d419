"""The load generator, a real process, against a server that answers as it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.benchmark.exchange import Request, WrongAnswerError
from scripts.benchmark.load import LoadGenerator
from scripts.benchmark.load_generator import Job, Stream

GOOD = [b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n", b'{"createdAt":1}']


class Answering:
    """Takes connections in a thread; each request, which has no body, gets `parts` one by one.

    Those for other paths than `first` wait until the second one for it has come.
    """

    def __init__(self, parts: list[bytes], first: bytes | None) -> None:
        self.seen: list[bytes] = []
        self._first = first
        self._second_came = threading.Event()
        self._parts = parts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            while request := connection.recv(65536):
                self.seen.append(request)
                self._wait_for_first(request)
                if not self._parts:
                    return
                for part in self._parts:
                    connection.sendall(part)

    def _wait_for_first(self, request: bytes) -> None:
        if self._first is None:
            return
        if self.asked_for(self._first) > 1:
            self._second_came.set()
        elif request.split()[1] != self._first:
            self._second_came.wait()

    def asked_for(self, path: bytes) -> int:
        return sum(request.split()[1] == path for request in self.seen)


@contextmanager
def answering(*parts: bytes, first: bytes | None = None) -> Iterator[Answering]:
    server = Answering(list(parts), first)
    try:
        yield server
    finally:
        server.close()


def job(port: int, **changes: object) -> Job:
    texts = [Request("GET", f"/{name}").on_the_wire("h", "/parse").decode() for name in "ab"]
    plain: Job = {
        "port": port,
        "connections": 2,
        "requests": texts,
        "status": 200,
        "fragment": '"createdAt"',
        "times": 1,
        "seconds": 20,
        "max_requests": 10,
        "beside": None,
    }
    return {**plain, **changes}  # type: ignore[typeddict-item]


@pytest.fixture(scope="module")
def generator() -> Iterator[LoadGenerator]:
    with LoadGenerator() as running:
        yield running


def test_load_ends_at_its_number_of_requests_between_two_readings(generator: LoadGenerator) -> None:
    with answering(*GOOD) as server:
        loaded = generator.run(job(server.port), lambda: len(server.seen))

    assert (loaded.requests, loaded.before, loaded.after) == (10, 0, 10)
    assert len(loaded.latencies) == 10
    assert all(0 < latency < loaded.seconds for latency in loaded.latencies)


def test_requests_are_sent_in_turn(generator: LoadGenerator) -> None:
    with answering(*GOOD) as server:
        generator.run(job(server.port, connections=1, max_requests=4), lambda: None)

    assert [request.split()[1] for request in server.seen] == [b"/parse/a", b"/parse/b"] * 2


@pytest.mark.parametrize("length", [1, 7, 53])
def test_answer_in_pieces_counts_once(generator: LoadGenerator, length: int) -> None:
    answer = b"".join(GOOD)
    pieces = [answer[start : start + length] for start in range(0, len(answer), length)]
    with answering(*pieces) as server:
        loaded = generator.run(job(server.port, max_requests=3), lambda: None)

    assert loaded.requests == 3


def test_load_ends_when_its_time_is_over(generator: LoadGenerator) -> None:
    with answering(*GOOD) as server:
        loaded = generator.run(job(server.port, seconds=0.05, max_requests=10**9), lambda: None)

    assert loaded.requests == len(server.seen) > 0


def beside(path: str, **changes: object) -> Stream:
    """A stream of requests for one path, over a connection of its own."""
    text = Request("GET", path).on_the_wire("h", "/parse").decode()
    stream: Stream = {
        "connections": 1,
        "requests": [text],
        "status": 200,
        "fragment": '"createdAt"',
        "times": 1,
    }
    return {**stream, **changes}  # type: ignore[typeddict-item]


def test_what_is_asked_beside_is_counted_and_not_measured(generator: LoadGenerator) -> None:
    with answering(*GOOD, first=b"/parse/c") as server:
        loaded = generator.run(job(server.port, beside=beside("/c")), lambda: None)

    assert len(loaded.latencies) == loaded.requests == 10
    assert server.asked_for(b"/parse/c") >= loaded.beside >= 1


def test_load_ends_with_its_own_requests_whatever_runs_beside(generator: LoadGenerator) -> None:
    with answering(*GOOD) as server:
        loaded = generator.run(
            job(server.port, max_requests=1, beside=beside("/c", connections=4)), lambda: None
        )

    assert loaded.requests == 1
    assert loaded.seconds < 20


def test_wrong_answer_beside_aborts_too(generator: LoadGenerator) -> None:
    with answering(*GOOD) as server, pytest.raises(WrongAnswerError, match="createdAt"):
        generator.run(job(server.port, beside=beside("/c", fragment="sessionToken")), lambda: None)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nnope"], "nope"),
        ([GOOD[0], b'{"createdA_":1}'], "createdA_"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], "Content-Length"),
        ([], "closed"),
    ],
    ids=["status", "fragment", "length", "closed"],
)
def test_wrong_answer_aborts_with_what_was_answered(
    generator: LoadGenerator, parts: list[bytes], reason: str
) -> None:
    with answering(*parts) as server, pytest.raises(WrongAnswerError, match=reason):
        generator.run(job(server.port), lambda: None)
