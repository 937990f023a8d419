"""What a stored password looks like."""

import re
from typing import Final

from parsepy.doctor.base import Problem, Severity

_BCRYPT: Final = re.compile(r"\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}")


def problem_of(object_id: str, hashed: object) -> Problem | None:
    """Never tells the hash."""
    if hashed is None or (isinstance(hashed, str) and _BCRYPT.fullmatch(hashed)):
        return None
    return Problem(
        object_id,
        Severity.ERROR,
        "passwords are stored in a form that is not bcrypt",
        "These users cannot log in: let them reset their passwords.",
    )
