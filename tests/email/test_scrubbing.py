"""What a log may tell of a failure."""

import pytest

from parsepy.email.scrubbing import reason_of, scrubbed


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("550 5.1.1 <ann@example.com>: no such user", "550 5.1.1 <…>: no such user"),
        ("see https://game.test/apps/x/verify_email?token=a now", "see … now"),
        ("bad token AbCdEfGhIjKlMnOpQrStUvWxY here", "bad token … here"),
        ("421\r\nline two\nERROR parsepy: x", "421 line two ERROR parsepy: x"),
        (
            "queued as 4bX2k11rZ3z on mx-7.mail.example.com",
            "queued as 4bX2k11rZ3z on mx-7.mail.example.com",
        ),
        ("a b " * 100, ("a b " * 100)[:200]),
    ],
)
def test_addresses_links_and_tokens_are_left_out(text: str, shown: str) -> None:
    assert scrubbed(text) == shown


def test_a_reason_begins_with_its_kind() -> None:
    assert reason_of(ValueError("no ann@example.com")) == "ValueError: no …"
    assert reason_of(TimeoutError()) == "TimeoutError"
