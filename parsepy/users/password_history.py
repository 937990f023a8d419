"""Which earlier passwords a user may not take again (users sheet, section 12).

`_password_history` holds hashes, the oldest first, without that of the present password.
"""

from parsepy.types import JSONValue, ParseObject


def compared(user: ParseObject, most: int) -> list[str]:
    """The hashes that a new password must not fit: the last `most` passwords, the present first."""
    earlier = _hashes(user.get("_password_history"))
    # A list that parse-server kept for a greater number is longer: its end counts.
    last = earlier[-(most - 1) :] if most > 1 else []
    return _hashes([user.get("_hashed_password")]) + last[::-1]


def continued(user: ParseObject, most: int) -> list[JSONValue]:
    """The list to store with the next password: the last `most - 1`, and one at least."""
    hashes = _hashes(user.get("_password_history")) + _hashes([user.get("_hashed_password")])
    return [*hashes[-max(most - 1, 1) :]]


def _hashes(values: JSONValue) -> list[str]:
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []
