"""Several worker processes behind one listening socket, watched by their parent.

Workers are forked before there is an event loop or a driver, share the bound socket, and report
through a pipe of their own when they serve. A worker that dies is replaced; one that dies before
it ever served is a fault of the configuration and ends the whole server.
"""

import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeAlias

import click

RunWorker: TypeAlias = Callable[[Callable[[], None], int], bool]
"""Serves until told to end: gets what to call when ready, and the lifeline to the parent."""

_ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)
_READY: Final = b"1"


class Supervisor:
    """Runs `count` workers until a signal ends them all."""

    def __init__(self, count: int, run_worker: RunWorker, on_ready: Callable[[], None]) -> None:
        self._count = count
        self._run_worker = run_worker
        self._on_ready = on_ready
        self._starting: dict[int, int] = {}  # read end of the ready pipe -> process id
        self._serving: set[int] = set()
        self._announced = self._ending = self._failed = False
        self._lifeline, self._parent_end = os.pipe()
        self._wakeup, self._signalled = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def run(self) -> bool:
        """True after an orderly end, False if a worker could not start."""
        self._listen_for_signals()
        for _ in range(self._count):
            self._fork()
        while self._starting or self._serving:
            events = [key for key, _ in self._selector.select()]
            # Signals come last: to bury a worker closes the pipe that another event is about.
            for key in events:
                if key.fileobj is not self._wakeup:
                    self._take_ready(key.fd)
            if any(key.fileobj is self._wakeup for key in events):
                self._take_signals(self._wakeup.recv(64))
        self._close()
        os.close(self._lifeline)
        return not self._failed

    def _listen_for_signals(self) -> None:
        for end in (self._wakeup, self._signalled):
            end.setblocking(False)
        for number in (*_ENDINGS, signal.SIGCHLD):
            signal.signal(number, _noted)
        signal.set_wakeup_fd(self._signalled.fileno())
        self._selector.register(self._wakeup, selectors.EVENT_READ)

    def _fork(self) -> None:
        ready, report = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if process == 0:
            os.close(ready)
            self._become_worker(report)
        os.close(report)
        self._starting[ready] = process
        self._selector.register(ready, selectors.EVENT_READ)

    def _become_worker(self, report: int) -> None:
        """Never returns: a worker must not run on into its parent's code."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._close()
            os.close(self._parent_end)
            served = self._run_worker(lambda: _report(report), self._lifeline)
            code = 0 if served else 1
        except BaseException:  # whatever it is, it ends this process and only this one
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _take_ready(self, ready: int) -> None:
        if not os.read(ready, 1):
            return  # ended without a word: SIGCHLD brings the rest
        self._serving.add(self._forget(ready))
        if len(self._serving) == self._count and not self._announced:
            self._announced = True
            self._on_ready()

    def _forget(self, ready: int) -> int:
        self._selector.unregister(ready)
        os.close(ready)
        return self._starting.pop(ready)

    def _take_signals(self, numbers: bytes) -> None:
        if not self._ending and any(number in _ENDINGS for number in numbers):
            self._end()
        if signal.SIGCHLD in numbers:
            self._reap()

    def _end(self) -> None:
        self._ending = True
        # A worker that is too young to hear the signal sees that its lifeline is gone.
        os.close(self._parent_end)
        for process in (*self._starting.values(), *self._serving):
            os.kill(process, signal.SIGTERM)

    def _reap(self) -> None:
        for ready, process in list(self._starting.items()):
            if os.waitpid(process, os.WNOHANG)[0]:
                # It may have served and died before its word was read.
                served = os.read(ready, 1) == _READY
                self._forget(ready)
                self._replace(process, served)
        for process in list(self._serving):
            if os.waitpid(process, os.WNOHANG)[0]:
                self._serving.discard(process)
                self._replace(process, served=True)

    def _replace(self, process: int, served: bool) -> None:
        if self._ending:
            return
        if served:
            click.echo(f"parsepy: worker {process} died; starting another.", err=True)
            self._fork()
            return
        self._failed = True
        self._end()

    def _close(self) -> None:
        self._selector.close()
        self._wakeup.close()
        self._signalled.close()
        for ready in self._starting:
            os.close(ready)


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The wake-up descriptor carries the signal; a handler only has to exist."""


def _report(descriptor: int) -> None:
    os.write(descriptor, _READY)
    os.close(descriptor)
