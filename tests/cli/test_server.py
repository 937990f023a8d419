"""One server process: how it starts, serves and ends."""

import os
import signal
import socket
from contextlib import suppress

import pytest
import uvicorn
from websockets.sync.client import connect

from parsepy.cli import server
from parsepy.cli.server import SAME_CTRL_C_SECONDS
from tests.cli.tiny_client import answering_process, running_tiny_server, tiny_server
from tests.cli.tiny_server import TinyApp


def test_it_listens_when_it_says_so() -> None:
    with running_tiny_server(1) as (process, port):
        assert answering_process(port) == process.pid


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(ending: signal.Signals) -> None:
    with running_tiny_server(1) as (process, _):
        os.kill(process.pid, ending)

        assert process.wait() == 0
        process.wait_for_line(lambda line: line == "closed the store")
        assert "Traceback" not in process.output


def test_a_ctrl_c_that_comes_twice_still_waits_for_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moments = iter((10.0, 10.0 + SAME_CTRL_C_SECONDS / 2, 10.0 + SAME_CTRL_C_SECONDS * 2))
    monkeypatch.setattr(server, "monotonic", lambda: next(moments))
    under_test = server._Server(uvicorn.Config(TinyApp("")), lambda: None, None)

    forced = []
    for _ in range(3):
        under_test.handle_exit(signal.SIGINT, None)
        forced.append(under_test.force_exit)

    assert under_test.should_exit
    assert forced == [False, False, True]


def test_the_end_of_the_parent_and_its_ctrl_c_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent that hears the Ctrl-C first ends its workers before they hear it."""
    moments = iter((10.0, 10.0 + SAME_CTRL_C_SECONDS / 2, 10.0 + SAME_CTRL_C_SECONDS * 2))
    monkeypatch.setattr(server, "monotonic", lambda: next(moments))
    under_test = server._Server(uvicorn.Config(TinyApp("")), lambda: None, None)
    under_test.end()

    forced = []
    for _ in range(2):
        under_test.handle_exit(signal.SIGINT, None)
        forced.append(under_test.force_exit)

    assert under_test.should_exit
    assert forced == [False, True]


def test_a_request_in_flight_is_answered_before_it_ends() -> None:
    with (
        running_tiny_server(1) as (process, port),
        socket.create_connection(("127.0.0.1", port), timeout=10) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
        process.wait_for_line(lambda line: line == "request begun")
        process.interrupt()

        client.sendall(b"world")
        answer = client.recv(4096)

        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert process.wait() == 0


def test_websockets_stay_until_requests_in_flight_are_answered() -> None:
    with (
        running_tiny_server(1) as (process, port),
        connect(f"ws://127.0.0.1:{port}/") as websocket,
        socket.create_connection(("127.0.0.1", port), timeout=10) as client,
    ):
        client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
        process.wait_for_line(lambda line: line == "request begun")
        process.interrupt()
        wait_until_nobody_listens(port)
        websocket.send("still here")

        assert websocket.recv(timeout=10) == "still here"
        client.sendall(b"world")
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
        assert process.wait() == 0


def wait_until_nobody_listens(port: int) -> None:
    with suppress(ConnectionRefusedError, ConnectionResetError):
        while True:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()


def test_answers_do_not_name_the_server() -> None:
    with (
        running_tiny_server(1) as (_, port),
        socket.create_connection(("127.0.0.1", port), timeout=10) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        with client.makefile("rb") as stream:
            head = stream.read().lower()

        assert b"\r\ndate: " in head
        assert b"\r\nserver: " not in head


def test_websockets_work_though_their_protocol_is_imported_late() -> None:
    with running_tiny_server(1) as (_, port), connect(f"ws://127.0.0.1:{port}/") as websocket:
        websocket.send("hello")

        assert websocket.recv(timeout=10) == "hello"


def test_an_app_that_cannot_start_ends_it_with_a_reason() -> None:
    with tiny_server("1", "broken") as process:
        assert process.wait() == 1
        process.wait_for_line(lambda line: "no store" in line)
        assert "ready" not in process.output


def test_a_signal_ends_a_start_that_does_not_get_on() -> None:
    with tiny_server("1", "stuck") as process:
        process.wait_for_line(lambda line: line == "waiting for the store")
        process.interrupt()

        assert process.wait() == 0
        assert "Traceback" not in process.output
