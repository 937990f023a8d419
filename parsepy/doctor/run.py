"""All checks, in the order in which a person would want to hear of them."""

from parsepy.doctor.base import Examined
from parsepy.doctor.checks import (
    collections,
    documents,
    indexes,
    pages,
    relations,
    schema,
    sessions,
    users,
)
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.doctor.opening import opened
from parsepy.telemetry.progress import Progress


async def examine_at(
    uri: str, prefix: str, progress: Progress, sample: int | None = None
) -> Diagnosis:
    """Raises `ParseError` 1 when there is nothing to examine."""
    async with opened(uri, prefix) as database:
        return await examine(database, progress, sample)


async def examine(database: Examined, progress: Progress, sample: int | None = None) -> Diagnosis:
    """Changes nothing. Raises `ParseError` when the database stops answering."""
    diagnosis = Diagnosis(database.description)
    definitions = await database.definitions()
    diagnosis.sizes = await database.sizes()
    diagnosis.files = await database.file_size()
    await pages.check(database, diagnosis)
    await schema.check(database, definitions, diagnosis)
    collections.check(definitions, diagnosis)
    await indexes.check(database, definitions, diagnosis)
    await users.check(database, diagnosis)
    await documents.check(database, definitions, diagnosis, progress, sample)
    await sessions.check(database, diagnosis, progress, sample)
    await relations.check(database, definitions, diagnosis, progress, sample)
    return diagnosis
