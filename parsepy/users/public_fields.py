"""What of a user an app's own code gets to see: no hash, no token, no internal column."""

from typing import Final

from parsepy.types import JSONMapping, ParseObject

_SECRET: Final = frozenset(("password", "sessionToken"))


def without_secrets(user: JSONMapping) -> ParseObject:
    """For providers, whose own the proofs of identity are. Also of a part of a user."""
    return {
        name: value
        for name, value in user.items()
        if not name.startswith("_") and name not in _SECRET
    }


def public_fields(user: JSONMapping) -> ParseObject:
    """For mail adapters and functions of options: no proof of identity either."""
    shown = without_secrets(user)
    shown.pop("authData", None)
    return shown
