"""Signatures of files' addresses: what is accepted, and for how long it stays the same."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs

import pytest

from parsepy.options.model import SignedUrls
from parsepy.permissions import file_signatures
from parsepy.permissions.file_signatures import FileSignatures
from parsepy.protocol import clock

HOUR = 3600
START = 1_764_500_400


@dataclass
class Hand:
    """A clock that a test moves."""

    seconds: int = START

    def now_ms(self) -> int:
        return self.seconds * 1000

    def monotonic(self) -> float:
        return float(self.seconds)


@cache
def signatures(app_id: str = "app", key: str = "secret", expires_in: int = HOUR) -> FileSignatures:
    return FileSignatures(app_id, SignedUrls(expires_in=expires_in, key=key))


def expiry(query: str) -> int:
    return int(parse_qs(query)["X-Parse-Expires"][0])


def test_a_signature_opens_its_file_and_no_other() -> None:
    query = signatures().query("a.txt")

    assert signatures().holds("a.txt", query)
    for other in ("b.txt", "d/a.txt", "a.txt ", "A.txt", ""):
        assert not signatures().holds(other, query), other


def test_another_app_or_key_signs_otherwise() -> None:
    query = signatures().query("a.txt")

    assert not signatures(app_id="other").holds("a.txt", query)
    assert not signatures(key="other").holds("a.txt", query)


def test_the_end_of_an_id_is_not_the_beginning_of_a_name() -> None:
    query = signatures(app_id="app").query("x:a.txt")

    assert not signatures(app_id="app:x").holds("a.txt", query)
    assert not signatures(app_id="app:3").holds("app:x:a.txt", query)


@pytest.mark.parametrize(
    "change",
    [
        lambda expires, _: f"X-Parse-Expires={expires}",
        lambda _, signature: f"X-Parse-Signature={signature}",
        lambda expires, signature: f"X-Parse-Expires={expires + 1}&X-Parse-Signature={signature}",
        lambda expires, signature: f"X-Parse-Expires=0{expires}&X-Parse-Signature={signature}",
        lambda expires, signature: f"X-Parse-Expires=+{expires}&X-Parse-Signature={signature}",
        lambda expires, signature: f"X-Parse-Expires={expires}&X-Parse-Signature={signature}=",
        lambda expires, signature: f"X-Parse-Expires={expires}&X-Parse-Signature={signature[:-1]}",
        lambda expires, signature: (
            f"X-Parse-Expires={expires}&X-Parse-Signature={signature.swapcase()}"
        ),
        lambda expires, signature: (
            f"X-Parse-Expires={expires}&X-Parse-Expires={expires}&X-Parse-Signature={signature}"
        ),
        lambda expires, signature: (
            f"X-Parse-Expires={expires}&X-Parse-Signature=x&X-Parse-Signature={signature}"
        ),
        lambda expires, _: f"X-Parse-Expires={expires}&X-Parse-Signature=",
        lambda expires, _: f"X-Parse-Expires={expires}&X-Parse-Signature=%C3%A9%00%FF",
        lambda _, signature: f"X-Parse-Expires=%D9%A3&X-Parse-Signature={signature}",
        lambda _, signature: f"X-Parse-Expires={'9' * 5000}&X-Parse-Signature={signature}",
        lambda expires, signature: f"x-parse-expires={expires}&x-parse-signature={signature}",
        lambda *_: "",
        lambda *_: "&&==%",
    ],
)
def test_what_is_changed_opens_nothing(change: object) -> None:
    query = signatures().query("a.txt")
    assert callable(change)

    forged = change(expiry(query), parse_qs(query)["X-Parse-Signature"][0])

    assert not signatures().holds("a.txt", forged)


def test_other_parameters_do_no_harm() -> None:
    query = signatures().query("a.txt")

    assert signatures().holds("a.txt", f"width=100&{query}&x")


def test_an_address_ends_at_its_second() -> None:
    with clock.using(hand := Hand()):
        query = signatures().query_for("a.txt", 10)

        hand.seconds = START + 9
        assert signatures().holds("a.txt", query)
        hand.seconds = START + 10
        assert not signatures().holds("a.txt", query)


@pytest.mark.parametrize("expires_in", [1, 2, 3, 4, 5, 60, HOUR])
def test_an_address_is_good_for_its_time_less_a_quarter_at_most(expires_in: int) -> None:
    signing = signatures(expires_in=expires_in)
    with clock.using(hand := Hand()):
        for hand.seconds in range(START, START + min(expires_in, 200) + 2):
            left = expiry(signing.query("a.txt")) - hand.seconds
            assert expires_in - expires_in // 4 <= left <= expires_in


def test_an_address_stays_the_same_for_a_quarter_of_its_time() -> None:
    signing = signatures()
    with clock.using(hand := Hand()):
        first = signing.query("a.txt")
        hand.seconds = START + HOUR // 4 - 1
        assert signing.query("a.txt") == first
        other_server = FileSignatures("app", SignedUrls(expires_in=HOUR, key="secret"))
        assert other_server.query("a.txt") == first
        hand.seconds += 1
        assert signing.query("a.txt") != first


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_signatures, "_KEPT", 10)
    signing = signatures()

    for number in range(100):
        assert signing.holds(str(number), signing.query(str(number)))
        assert len(signing._kept) <= 10


def test_names_that_are_no_unicode_are_signed_too() -> None:
    assert signatures().holds("\ud800é", signatures().query("\ud800é"))
