"""Children end for sure, and failures to start say why."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.processes import ProcessFailedError, RunningProcess

WAITS_FOREVER = "import signal; print('up', flush=True); signal.pause()"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS_FOREVER
STARTS_CHILD = (
    "import subprocess, sys, signal; "
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']); "
    "print(child.pid, flush=True); signal.pause()"
)


def python(code: str) -> RunningProcess:
    return RunningProcess([sys.executable, "-c", code])


def test_child_that_ends_before_it_is_ready_is_reported_with_its_output() -> None:
    with (
        python("print('no disk'); raise SystemExit(3)") as process,
        pytest.raises(ProcessFailedError, match=r"(?s)ended with code 3.*no disk"),
    ):
        process.wait_for_line(lambda line: line == "up")


def test_child_that_misses_its_deadline_is_reported() -> None:
    with (
        python(WAITS_FOREVER) as process,
        pytest.raises(ProcessFailedError, match="not ready in time"),
    ):
        process.wait_for_line(lambda line: line == "never", deadline=0.01)


def test_lines_are_searched_once_each() -> None:
    with python("print('a1'); print('b'); print('a2')") as process:
        starts_with_a = [process.wait_for_line(lambda line: line.startswith("a")) for _ in "12"]
        with pytest.raises(ProcessFailedError):
            process.wait_for_line(lambda line: line == "b")

    assert starts_with_a == ["a1", "a2"]


def test_stop_kills_a_child_that_ignores_the_request() -> None:
    with python(IGNORES_SIGTERM) as process:
        process.wait_for_line(lambda line: line == "up")
        process.stop(deadline=0.01)

        assert process.poll() == -signal.SIGKILL


def test_stop_ends_grandchildren_too() -> None:
    with python(STARTS_CHILD) as process:
        grandchild = psutil.Process(int(process.wait_for_line(str.isdigit)))
        process.stop()

        gone, _alive = psutil.wait_procs([grandchild], timeout=10)
        assert gone == [grandchild]


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_child_dies_with_a_killed_test_run() -> None:
    root = Path(__file__).parents[2]
    run = (
        "import signal, sys; from tests.support.processes import RunningProcess; "
        f"child = RunningProcess([sys.executable, '-c', {WAITS_FOREVER!r}]); "
        "print(child.pid, flush=True); signal.pause()"
    )
    with RunningProcess([sys.executable, "-c", run], folder=root) as process:
        child = psutil.Process(int(process.wait_for_line(str.isdigit)))
        os.kill(process.pid, signal.SIGKILL)

        gone, _alive = psutil.wait_procs([child], timeout=10)
        assert gone == [child]
