"""Child processes of tests: started in a group of their own, awaited, and surely ended."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

PR_SET_PDEATHSIG = 1
KEPT_LINES = 400


class ProcessFailedError(RuntimeError):
    """The child ended, or missed its deadline, before it said that it was ready."""


class RunningProcess:
    """A child process whose output is drained, remembered and searched for a readiness line.

    As a context manager it stops the child on exit.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.command = list(command)
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._changed = threading.Condition()
        self._output_ended = False
        self._searched = 0
        self._seen = 0
        self._process = subprocess.Popen(
            self.command,
            env={**os.environ, **(environment or {})},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_death_signal_setter(),
        )
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=self._drain, args=(self._process.stdout,), daemon=True
        )
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id, which is the id of the process group too."""
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code, None while the child runs."""
        return self._process.poll()

    @property
    def output(self) -> str:
        """The last lines the child wrote to standard output and standard error."""
        with self._changed:
            return "\n".join(self._lines)

    def wait_for_line(self, matches: Callable[[str], bool], deadline: float = 30.0) -> str:
        """Return the next line that matches; lines before it are not searched again.

        Raises ProcessFailedError with the output so far when the child ends, or `deadline` seconds
        pass, without such a line.
        """
        found: list[str] = []

        def decided() -> bool:
            found.extend(self._next_match(matches))
            return bool(found) or self._output_ended

        with self._changed:
            in_time = self._changed.wait_for(decided, timeout=deadline)
        if found:
            return found[0]
        reason = f"ended with code {self._exit_code_soon()}" if in_time else "is not ready in time"
        raise ProcessFailedError(f"{self.command[0]} {reason} ({deadline:g} s):\n{self.output}")

    def wait(self, deadline: float = 30.0) -> int:
        """Wait for the child to end by itself and return its exit code."""
        return self._process.wait(timeout=deadline)

    def interrupt(self) -> None:
        """Send what Ctrl-C sends."""
        self._signal_group(signal.SIGINT)

    def kill(self) -> None:
        """End the whole group at once, as kill -9 does."""
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        self._reader.join()

    def stop(self, deadline: float = 10.0) -> None:
        """Ask the group to end, and kill what has not ended within `deadline` seconds."""
        self._signal_group(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=deadline)
        self.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _drain(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                with self._changed:
                    self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))
                    self._seen += 1
                    self._changed.notify_all()
        with self._changed:
            self._output_ended = True
            self._changed.notify_all()

    def _next_match(self, matches: Callable[[str], bool]) -> list[str]:
        unread = min(self._seen - self._searched, len(self._lines))
        for line in list(self._lines)[len(self._lines) - unread :]:
            unread -= 1
            if matches(line):
                self._searched = self._seen - unread
                return [line]
        self._searched = self._seen
        return []

    def _exit_code_soon(self) -> int | None:
        try:
            return self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return None

    def _signal_group(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _death_signal_setter() -> Callable[[], None] | None:
    """Make the kernel end the child when the test run itself is killed (Linux only).

    The signal follows the death of the thread that started the child, so it is left out for
    children that a passing worker thread starts.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_for_death_signal() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask_for_death_signal
