"""Rows of relations whose owner or member is gone: servers leave them behind."""

from collections.abc import Sequence
from typing import Final

from parsepy.doctor.base import Examined, Problem, Severity
from parsepy.doctor.checks.collections import joins_of
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.schema.classes import ClassDefinition
from parsepy.telemetry.progress import Progress

CHECK: Final = "relations"


async def check(
    database: Examined,
    definitions: Sequence[ClassDefinition],
    diagnosis: Diagnosis,
    progress: Progress,
    sample: int | None,
) -> None:
    for join, (owner, member) in joins_of(definitions).items():
        if join not in diagnosis.sizes:
            continue
        total = diagnosis.sizes[join].objects
        progress.begin(join, min(total, sample or total))
        async for pairs in database.pairs(join, sample):
            owners = await database.known_ids(owner, sorted({each.owning_id for each in pairs}))
            members = await database.known_ids(member, sorted({each.related_id for each in pairs}))
            for owning_id, related_id in pairs:
                if owning_id not in owners:
                    diagnosis.note(CHECK, join, _orphan(owning_id, owner, "owner"))
                elif related_id not in members:
                    diagnosis.note(CHECK, join, _orphan(related_id, member, "member"))
            progress.advance(len(pairs))


def _orphan(object_id: str, class_name: str, part: str) -> Problem:
    return Problem(
        object_id,
        Severity.WARNING,
        f"rows whose {part} in {class_name} is gone",
        "No answer shows them: delete the rows.",
    )
