"""Users whom the servers cannot tell apart."""

from typing import Final

from parsepy.doctor.base import Examined, Problem, Severity
from parsepy.doctor.diagnosis import Diagnosis

CHECK: Final = "users"


async def check(database: Examined, diagnosis: Diagnosis) -> None:
    if "_User" not in diagnosis.sizes:
        return
    for field in ("username", "email"):
        for ids in await database.duplicates(field):
            diagnosis.note(
                CHECK,
                "_User",
                Problem(
                    " = ".join(ids),
                    Severity.ERROR,
                    f"users share their {field} but for its case",
                    f"Give all but one another {field}: the servers refuse to change these users,"
                    " and a unique index cannot be made.",
                ),
            )
