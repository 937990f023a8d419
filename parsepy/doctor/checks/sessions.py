"""Sessions that nobody can use any more."""

from typing import Final

from parsepy.doctor.base import Examined, Problem, Severity
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.telemetry.progress import Progress

CHECK: Final = "sessions"


async def check(
    database: Examined, diagnosis: Diagnosis, progress: Progress, sample: int | None
) -> None:
    if "_Session" not in diagnosis.sizes:
        return
    total = diagnosis.sizes["_Session"].objects
    progress.begin("users of sessions", min(total, sample or total))
    async for pairs in database.session_users(sample):
        users = await database.known_ids("_User", [pair.related_id for pair in pairs])
        for session_id, user_id in pairs:
            if user_id not in users:
                diagnosis.note(CHECK, "_Session", _of_nobody(session_id))
        progress.advance(len(pairs))


def _of_nobody(session_id: str) -> Problem:
    return Problem(
        session_id,
        Severity.WARNING,
        "sessions of users that are gone",
        "Their tokens are refused: delete them.",
    )
