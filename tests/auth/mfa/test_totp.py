"""Codes of authenticator apps."""

import hashlib
import hmac
from dataclasses import replace

import pyotp
import pytest

from parsepy.auth.mfa import totp
from parsepy.auth.mfa.options import MfaOptions
from tests.auth.mfa.enrolment import NOW, SECRET

OPTIONS = MfaOptions(True, False, 6, 30, "sha1", None)

# RFC 6238, appendix B: the secret of SHA1 there, at 59 seconds.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("moment", "code"), [(59, "94287082"), (1111111109, "07081804"), (20000000000, "65353130")]
)
def test_codes_are_those_of_the_standard(moment: int, code: str) -> None:
    options = replace(OPTIONS, digits=8)

    assert totp.end_of_code(code, RFC_SECRET, options, moment) == (moment // 30 + 1) * 30


@pytest.mark.parametrize(
    ("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_taken_one_step_early_or_late(steps: int, taken: bool) -> None:
    code = pyotp.TOTP(SECRET).at(int(NOW), counter_offset=steps)

    end = totp.end_of_code(code, SECRET, OPTIONS, NOW)

    assert end == (int(NOW) + (steps + 1) * 30 if taken else None)


def test_a_spent_code_opens_nothing_and_neither_do_older_ones() -> None:
    codes = [pyotp.TOTP(SECRET).at(int(NOW), counter_offset=steps) for steps in (-1, 0, 1)]

    spent = totp.end_of_code(codes[1], SECRET, OPTIONS, NOW)

    assert spent is not None
    found = [totp.end_of_code(each, SECRET, OPTIONS, NOW, used_until=spent) for each in codes]
    assert found == [None, None, spent + 30]


def test_what_was_spent_is_spent_when_the_period_changes() -> None:
    code = pyotp.TOTP(SECRET, interval=60).at(int(NOW))
    minutes = replace(OPTIONS, period=60)

    assert totp.end_of_code(code, SECRET, minutes, NOW, used_until=NOW + 30) is None
    assert totp.end_of_code(code, SECRET, minutes, NOW, used_until=NOW - 30) == int(NOW) + 60


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 10])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("period", [10, 30, 300])
def test_digits_algorithm_and_period_are_the_apps_choice(
    digits: int, algorithm: str, period: int
) -> None:
    options = replace(OPTIONS, digits=digits, algorithm=algorithm, period=period)
    longest = pyotp.HOTP(SECRET, digits=10, digest=getattr(hashlib, algorithm))
    code = longest.at(int(NOW) // period)[-digits:]

    assert totp.end_of_code(code, SECRET, options, NOW) is not None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "\ud800" * 6])
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert totp.end_of_code(code, SECRET, OPTIONS, NOW) is None


@pytest.mark.parametrize(
    "written",
    [
        SECRET.lower(),
        "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP",
        SECRET + "====",
        SECRET + "A",
    ],
)
def test_a_secret_means_the_same_however_apps_write_it(written: str) -> None:
    code = pyotp.TOTP(SECRET).at(int(NOW))

    assert totp.is_secret(written)
    assert totp.end_of_code(code, written, OPTIONS, NOW) is not None
    assert totp.same_secret(written, SECRET)


def test_a_secret_of_the_shortest_length_that_parse_server_takes_works() -> None:
    """Libraries advise longer ones; who has enrolled has to get in."""
    secret = "GEZDGNBVGY3TQOJQGEZA"
    digest = hmac.digest(b"123456789012", (int(NOW) // 30).to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF

    assert totp.is_secret(secret)
    assert totp.end_of_code(str(number)[-6:], secret, OPTIONS, NOW) is not None


@pytest.mark.parametrize(
    "secret",
    [None, 5, [], "", "A" * 19, " " * 40, "=" * 40, "A" * 18 + "==", "0" * 32, "Ä" * 32, "A" * 501],
)
def test_what_is_no_secret(secret: object) -> None:
    assert not totp.is_secret(secret)


def test_a_stored_secret_that_is_none_opens_nothing() -> None:
    assert totp.end_of_code("000000", "not base 32!", OPTIONS, NOW) is None


def test_a_clock_at_its_beginning_counts_no_steps_before_it() -> None:
    assert totp.end_of_code("755224", RFC_SECRET, OPTIONS, 0) == 30
