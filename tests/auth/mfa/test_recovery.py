"""Recovery codes."""

import pytest

from parsepy.auth.mfa import recovery
from parsepy.types import JSONValue


def test_codes_are_two_of_thirty_random_characters() -> None:
    codes = recovery.new_codes() + recovery.new_codes()

    assert [len(code) for code in codes] == [30] * 4
    assert all(code.isascii() and code.isalnum() for code in codes)
    assert len(set(codes)) == 4


def test_stored_are_hashes() -> None:
    codes = recovery.new_codes()
    stored: list[JSONValue] = [recovery.hashed(code) for code in codes]

    assert not any(code in str(stored) for code in codes)
    assert recovery.without(stored, codes[0]) == stored[1:]
    assert recovery.without(stored, codes[1]) == stored[:1]


def test_codes_of_parse_server_are_stored_in_clear_and_work() -> None:
    assert recovery.without(["a" * 30, "b" * 30], "b" * 30) == ["a" * 30]


def test_a_hash_is_no_code() -> None:
    stored: list[JSONValue] = [recovery.hashed("a" * 30)]

    assert recovery.without(stored, str(stored[0])) is None


@pytest.mark.parametrize(
    "stored", [None, [], "a" * 30, {"0": "a" * 30}, [None], [["a" * 30]], [1], [""]]
)
@pytest.mark.parametrize("code", ["a" * 30, "", "1", "None", "\ud800"])
def test_nothing_else_is_a_code(stored: JSONValue, code: str) -> None:
    assert recovery.without(stored, code) is None
