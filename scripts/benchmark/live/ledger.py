"""Which events are under way, and who has heard of them."""

from collections.abc import Callable, Mapping
from time import perf_counter_ns

STAMP = b'"t":'
STAMP_DIGITS = 16
_BASE = 1_000_000_000_000_000
"""Added to the clock's microseconds: every stamp has the same number of digits then."""


def now() -> int:
    """Microseconds, as stamps tell them."""
    return _BASE + perf_counter_ns() // 1000


def stamp_of(text: bytes) -> int | None:
    """The stamp of the object in an event's frame; `None` where there is none."""
    at = text.find(STAMP)
    if at < 0:
        return None
    at += len(STAMP)
    digits = text[at : at + STAMP_DIGITS]
    return int(digits) if len(digits) == STAMP_DIGITS and digits.isdigit() else None


class Event:
    """One write under way: whom it is for, how many have not heard, whether it was answered."""

    __slots__ = ("answered", "done", "left", "room", "stamp")

    def __init__(self, room: int, stamp: int, left: int, done: Callable[[], None]) -> None:
        self.room = room
        self.stamp = stamp
        self.left = left
        self.answered = False
        self.done = done


class Ledger:
    """`subscribers` says how many there are in each room. Whatever is heard by somebody else, or
    once more, is `wrong`: figures would mean nothing. `on_wrong` is told so at once."""

    def __init__(self, subscribers: Mapping[int, int], on_wrong: Callable[[], None]) -> None:
        self.latencies: list[int] = []
        """Microseconds from the write to the frame."""
        self.events = 0
        self.wrong: str | None = None
        self._subscribers = subscribers
        self._on_wrong = on_wrong
        self._under_way: dict[int, Event] = {}
        self._last = 0

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    def begin(self, room: int, done: Callable[[], None]) -> Event:
        """A write that is sent now; `done` is called when everybody has heard of it."""
        self._last = max(self._last + 1, now())
        event = Event(room, self._last, self._subscribers[room], done)
        self._under_way[event.stamp] = event
        return event

    def heard(self, stamp: int, room: int | None, at: int) -> None:
        """A subscriber of `room` has got a frame about the event."""
        event = self._under_way.get(stamp)
        if event is None:
            self.fail("an event was delivered once more than there are subscribers")
        elif event.room != room:
            self.fail(f"a subscriber of {_name(room)} was told of an event of {_name(event.room)}")
        else:
            self.latencies.append(at - stamp)
            event.left -= 1
            if not event.left and event.answered:
                self._end(event)

    def answered(self, event: Event) -> None:
        """The write was answered."""
        event.answered = True
        if not event.left:
            self._end(event)

    def fail(self, reason: str) -> None:
        if self.wrong is None:
            self.wrong = reason
            self._on_wrong()

    def miss(self, seconds: float) -> None:
        """What is still under way does not end any more."""
        for event in self._under_way.values():
            wanted = self._subscribers[event.room]
            answered = "" if event.answered else ", and the write was not answered"
            self.fail(
                f"an event was delivered to {wanted - event.left:,} of {wanted:,} subscribers"
                f" within {seconds:g} s{answered}"
            )

    def _end(self, event: Event) -> None:
        del self._under_way[event.stamp]
        self.events += 1
        event.done()


def _name(room: int | None) -> str:
    return "no room" if room is None else f"room {room}"
