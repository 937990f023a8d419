"""Which hashes a new password is compared with, and which are kept."""

import pytest

from parsepy.types import JSONValue
from parsepy.users.password_history import compared, continued


@pytest.mark.parametrize(
    ("history", "most", "looked_at", "kept"),
    [
        (None, 1, ["now"], ["now"]),
        ([], 3, ["now"], ["now"]),
        (["a"], 1, ["now"], ["now"]),
        (["a"], 2, ["now", "a"], ["now"]),
        (["a", "b"], 3, ["now", "b", "a"], ["b", "now"]),
        (["a", "b", "c"], 3, ["now", "c", "b"], ["c", "now"]),
        (["a", "b"], 20, ["now", "b", "a"], ["a", "b", "now"]),
        ([None, "b", 1], 5, ["now", "b"], ["b", "now"]),
        ("text", 5, ["now"], ["now"]),
    ],
)
def test_the_last_passwords_count(
    history: JSONValue, most: int, looked_at: list[str], kept: list[str]
) -> None:
    user = {"_hashed_password": "now", "_password_history": history}

    assert compared(user, most) == looked_at
    assert continued(user, most) == kept


def test_who_had_no_password_has_nothing_to_keep() -> None:
    assert compared({}, 3) == []
    assert continued({}, 3) == []
