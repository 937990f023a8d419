"""Random identifiers."""

import re
from collections import Counter

import pytest

from parsepy.protocol import ids


@pytest.mark.parametrize("length", [0, 1, 10, 25, 1000])
def test_a_random_text_has_its_length_and_alphabet(length: int) -> None:
    assert re.fullmatch(rf"[A-Za-z0-9]{{{length}}}", ids.random_text(length))


def test_every_character_is_about_as_likely() -> None:
    counted = Counter(ids.random_text(62_000))
    assert len(counted) == 62
    # 1000 each are expected; 200 is more than six standard deviations.
    assert all(abs(count - 1000) < 200 for count in counted.values())


def test_ids_do_not_repeat() -> None:
    assert len({ids.new_object_id(10) for _ in range(10_000)}) == 10_000


def test_a_session_token_is_revocable_in_form() -> None:
    tokens = {ids.new_session_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"r:[0-9a-f]{32}", token) for token in tokens)
