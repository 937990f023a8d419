"""Damage below the data: pages of a file that contradict each other."""

from typing import Final

from parsepy.doctor.base import Examined, Severity
from parsepy.doctor.diagnosis import Diagnosis

CHECK: Final = "damage"


async def check(database: Examined, diagnosis: Diagnosis) -> None:
    for message in await database.damage():
        diagnosis.find(
            CHECK,
            Severity.ERROR,
            "",
            message,
            "Stop the server, keep the file, and go back to a backup.",
        )
