"""Several worker processes behind one socket."""

import os
import signal

import psutil
import pytest

from tests.cli.tiny_client import answering_process, running_tiny_server, tiny_server

MANY_CONNECTIONS = 2000


def answering_processes(port: int, wanted: int) -> set[int]:
    """The workers that answer, until `wanted` different ones have."""
    found: set[int] = set()
    for _ in range(MANY_CONNECTIONS):
        found.add(answering_process(port))
        if len(found) == wanted:
            break
    return found


def workers_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children()


def test_all_workers_serve() -> None:
    with running_tiny_server(2) as (process, port):
        workers = {worker.pid for worker in workers_of(process.pid)}

        assert len(workers) == 2
        assert answering_processes(port, 2) <= workers


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_parent_ends_all_cleanly(ending: signal.Signals) -> None:
    with running_tiny_server(2) as (process, _):
        workers = workers_of(process.pid)

        os.kill(process.pid, ending)

        assert process.wait() == 0
        assert not any(worker.is_running() for worker in workers)
        assert process.output.count("closed the store") == 2


def test_ctrl_c_in_a_terminal_reaches_all_and_ends_cleanly() -> None:
    with running_tiny_server(2) as (process, _):
        process.interrupt()

        assert process.wait() == 0
        assert "Traceback" not in process.output


def test_a_worker_that_dies_is_replaced() -> None:
    with running_tiny_server(2) as (process, port):
        victim, survivor = workers_of(process.pid)

        victim.kill()
        process.wait_for_line(lambda line: f"worker {victim.pid} died" in line)
        survivor.suspend()  # so that only the new one can answer
        answered = answering_process(port)
        survivor.resume()

        assert answered not in (victim.pid, survivor.pid)
        assert answered in {worker.pid for worker in workers_of(process.pid)}


def test_workers_end_when_their_parent_is_killed() -> None:
    with running_tiny_server(2) as (process, _):
        workers = workers_of(process.pid)

        os.kill(process.pid, signal.SIGKILL)

        _, alive = psutil.wait_procs(workers, timeout=20)
        assert alive == []


def test_workers_that_cannot_start_end_the_server() -> None:
    with tiny_server("2", "broken") as process:
        assert process.wait() == 1
        assert "no store" in process.output
        assert "ready" not in process.output


def test_a_signal_ends_workers_that_do_not_get_on() -> None:
    with tiny_server("2", "stuck") as process:
        process.wait_for_line(lambda line: line == "waiting for the store")
        os.kill(process.pid, signal.SIGTERM)

        assert process.wait() == 0
        assert "ready" not in process.output
