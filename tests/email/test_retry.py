"""When a mail is tried again."""

from parsepy.email.retry import Retry


def test_delays_double_up_to_the_longest() -> None:
    retry = Retry(first_delay=10, longest_delay=3600)

    for attempt, most in ((1, 10), (2, 20), (5, 160), (10, 3600), (20, 3600), (5000, 3600)):
        delays = [retry.delay_after(attempt) for _ in range(100)]
        assert most / 2 <= min(delays) <= max(delays) <= most


def test_mails_that_failed_together_come_apart() -> None:
    assert len({Retry().delay_after(3) for _ in range(100)}) > 90


def test_the_defaults_try_for_about_half_a_day() -> None:
    retry = Retry()
    longest = sum(min(10 * 2 ** (n - 1), 3600) for n in range(1, retry.attempts))

    assert 10 < longest / 3600 < 14
