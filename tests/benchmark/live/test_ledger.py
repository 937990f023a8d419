"""Who has heard of what."""

from scripts.benchmark.live.ledger import Event, Ledger, now, stamp_of


class Kept:
    """A ledger for two rooms, with two subscribers and one, and what it has told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.ledger = Ledger({0: 2, 1: 1}, lambda: self.told.append("wrong"))

    def begin(self, room: int = 0) -> Event:
        return self.ledger.begin(room, lambda: self.told.append("done"))

    def heard(self, event: Event, room: int | None = 0) -> None:
        self.ledger.heard(event.stamp, room, event.stamp + 5)


def test_event_is_over_when_all_have_heard_and_the_write_is_answered() -> None:
    kept = Kept()
    event = kept.begin()

    kept.heard(event)
    kept.ledger.answered(event)
    assert kept.told == []
    kept.heard(event)

    assert kept.told == ["done"]
    assert (kept.ledger.events, kept.ledger.latencies) == (1, [5, 5])
    kept.ledger.miss(1)
    assert kept.ledger.wrong is None


def test_answer_that_comes_last_ends_the_event_too() -> None:
    kept = Kept()
    event = kept.begin(1)

    kept.heard(event, 1)
    assert kept.told == []
    kept.ledger.answered(event)

    assert kept.told == ["done"]


def test_events_of_one_moment_are_told_apart() -> None:
    kept = Kept()

    stamps = [kept.begin().stamp for _ in range(1000)]

    assert len(set(stamps)) == 1000
    assert stamps == sorted(stamps)


def test_what_is_heard_once_more_is_wrong() -> None:
    kept = Kept()
    event = kept.begin(1)
    kept.ledger.answered(event)

    kept.heard(event, 1)
    kept.heard(event, 1)

    assert kept.told == ["done", "wrong"]
    assert kept.ledger.wrong == "an event was delivered once more than there are subscribers"


def test_what_another_room_or_nobody_may_hear_is_wrong() -> None:
    for room, name in ((1, "room 1"), (None, "no room")):
        kept = Kept()

        kept.heard(kept.begin(), room)

        assert kept.ledger.wrong == f"a subscriber of {name} was told of an event of room 0"


def test_who_has_not_heard_in_time_is_counted() -> None:
    kept = Kept()
    event = kept.begin()
    kept.heard(event)

    kept.ledger.miss(60)

    assert kept.ledger.wrong == (
        "an event was delivered to 1 of 2 subscribers within 60 s, and the write was not answered"
    )


def test_first_reason_is_kept_and_told_once() -> None:
    kept = Kept()

    kept.ledger.fail("a")
    kept.ledger.fail("b")

    assert (kept.ledger.wrong, kept.told) == ("a", ["wrong"])


def test_stamp_is_found_in_a_frame() -> None:
    stamp = now()

    assert stamp_of(b'{"op":"create","object":{"t":%d,"room":1}}' % stamp) == stamp
    assert stamp_of(b'{"op":"create","object":{"t":%d.0}}' % stamp) == stamp
    assert stamp_of(b'{"op":"subscribed","requestId":1}') is None
    assert stamp_of(b'{"object":{"t":12}}') is None
