"""What time it is: the machine's, or in tests of an app what they say.

Who asks may be deep inside (a session's age, a token, a condition on dates), so the clock of the
running app is found by a context variable, as its transaction is. Nothing is kept in the module.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from time import monotonic as machine_monotonic
from time import time_ns
from typing import Final, Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""

    def monotonic(self) -> float:
        """Seconds since any moment, for measuring how long something takes."""


_CLOCK: Final[ContextVar[Clock | None]] = ContextVar("parsepy_clock", default=None)


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    clock = _CLOCK.get()
    return time_ns() // 1_000_000 if clock is None else clock.now_ms()


def now_seconds() -> float:
    """Seconds since 1970, UTC, in whole milliseconds."""
    return now_ms() / 1000


def monotonic() -> float:
    """As `time.monotonic`, for what an app's rules call time: not for waiting by."""
    clock = _CLOCK.get()
    return machine_monotonic() if clock is None else clock.monotonic()


@contextmanager
def using(clock: Clock) -> Iterator[None]:
    """What is called inside, and the tasks begun in it, go by `clock`."""
    token = _CLOCK.set(clock)
    try:
        yield
    finally:
        _CLOCK.reset(token)


def fresh_context() -> Context:
    """For a task that may outlive the request that starts it: nothing of that but the clock."""
    context = Context()
    clock = _CLOCK.get()
    if clock is not None:
        context.run(_CLOCK.set, clock)
    return context
