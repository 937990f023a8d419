"""Which secrets are hard to guess."""

import pytest

from parsepy.security_check.strength import is_strong


@pytest.mark.parametrize(
    "secret",
    [
        "aMoreSecur3Passwor7!",
        "Abcdefghijklm1",
        "abcdefghijkl-1",
        "ABCDEFGHIJKL-1",
        "Abcdefghijklm-",
    ],
)
def test_long_secrets_of_three_kinds_of_letters_are_strong(secret: str) -> None:
    assert is_strong(secret)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "insecure",
        "Short-1",
        "Abcdefghijkl1",
        "abcdefghijklmnopqrstuvwxyz",
        "Abcdefghijklmnopqrst",
        "12345678901234567890-",
        # Parse-server counts an underscore among the letters.
        "abcdefghijkl_1",
    ],
)
def test_short_and_uniform_secrets_are_not(secret: str) -> None:
    assert not is_strong(secret)
