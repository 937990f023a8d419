"""Objects that are not as their class says."""

from collections.abc import Sequence
from typing import Final

from parsepy.doctor.base import Examined
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.schema.classes import ClassDefinition, ClassSchema, missing_class
from parsepy.schema.system_classes import SYSTEM_CLASSES, VOLATILE_CLASSES
from parsepy.telemetry.progress import Progress

CHECK: Final = "documents"


async def check(
    database: Examined,
    definitions: Sequence[ClassDefinition],
    diagnosis: Diagnosis,
    progress: Progress,
    sample: int | None,
) -> None:
    schemas = {definition.name: ClassSchema(definition) for definition in definitions}
    for name, size in diagnosis.sizes.items():
        schema = schemas.get(name)
        if schema is None and name in SYSTEM_CLASSES | VOLATILE_CLASSES:
            schema = missing_class(name)
        if schema is None:
            continue
        progress.begin(name, min(size.objects, sample or size.objects))
        diagnosis.looked_at[name] = 0
        async for number, problems in database.problems(schema, sample):
            for problem in problems:
                diagnosis.note(CHECK, name, problem)
            diagnosis.looked_at[name] += number
            progress.advance(number)
