"""A copy from its checks to its verification."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from parsepy.copying import relations
from parsepy.copying.indexes import copy_indexes
from parsepy.copying.inventory import (
    Inventory,
    first_class_with_data,
    size_of,
    take_inventory,
)
from parsepy.copying.objects import ObjectCopy
from parsepy.copying.places import Place
from parsepy.copying.report import Part, Report
from parsepy.copying.schema import copy_schema, differences, drop_strays
from parsepy.copying.state import State, begin_state, end_state, read_state
from parsepy.copying.verify import Verification
from parsepy.errors import Code, ParseError
from parsepy.options.database_uri import shown
from parsepy.schema.system_classes import MAIL_CLASS
from parsepy.storage.base import Storage
from parsepy.telemetry.progress import Progress

_EXPIRING: Final = frozenset(("_Idempotency",))
"""Their objects go by themselves: a difference says nothing."""


class Mode(Enum):
    FRESH = "fresh"
    RESUME = "resume"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Job:
    source: Place
    target: Place
    mode: Mode = Mode.FRESH


Contents: TypeAlias = Callable[[Report], Awaitable[None]]
"""Copies, or compares, what is in the files that are kept with the database."""


async def copy(job: Job, progress: Progress, contents: Contents | None = None) -> Report:
    """Without `contents` those are left out, which the report says.

    Raises `ParseError` 1, with what to do about it, when the copy cannot be begun.
    """
    _check(job)
    report = Report()
    began = time.perf_counter()
    async with _started(job.source) as source, _started(job.target) as target:
        await _check_source(source)
        state = await _state(job, target)
        inventory = await take_inventory(source)
        if job.mode is not Mode.VERIFY:
            await copy_schema(inventory.definitions, target)
            await _copy_rows(job, source, target, inventory, report, progress)
            await copy_indexes(inventory.definitions, source, target, report)
        report.seconds = time.perf_counter() - began
        if inventory.files and contents is not None:
            # Behind the objects: each that was copied finds its files.
            await contents(report)
        await _verify(source, target, inventory, report, progress, state)
        _tell_left_behind(inventory, report)
        if inventory.files and contents is None:
            report.warnings.append(_files_left_behind(job, inventory))
        if state is not None and job.mode is not Mode.VERIFY and report.is_identical:
            await end_state(target)
    return report


def _check(job: Job) -> None:
    job.source.check(must_exist=True)
    job.target.check(must_exist=job.mode is Mode.VERIFY)
    if job.source.identity == job.target.identity:
        raise ParseError(Code.INTERNAL, "Source and target are the same store.")


async def _check_source(source: Storage) -> None:
    if await read_state(source) is not None:
        raise ParseError(
            Code.INTERNAL, "The source is itself an unfinished copy. Finish that one with --resume."
        )


@asynccontextmanager
async def _started(place: Place) -> AsyncIterator[Storage]:
    storage = place.storage()
    await storage.start()
    try:
        yield storage
    finally:
        await storage.close()


async def _state(job: Job, target: Storage) -> State | None:
    """The mark of this copy. Raises for a target that holds anything else."""
    state = await read_state(target)
    identity = job.source.identity
    if job.mode is Mode.VERIFY:
        return state
    if state is not None and state.source != identity:
        raise ParseError(
            Code.INTERNAL,
            f"The target holds an unfinished copy of {state.source}. Finish that one with --resume,"
            " or copy into an empty database.",
        )
    if state is not None and job.mode is not Mode.RESUME:
        raise ParseError(
            Code.INTERNAL,
            "The target holds an unfinished copy of this source. Continue it with --resume.",
        )
    if state is None:
        class_name = await first_class_with_data(target)
        if class_name is not None:
            raise ParseError(
                Code.INTERNAL,
                f"The target is not empty: it has {class_name}. Copy into an empty database;"
                " to compare the two, use --verify-only.",
            )
        state = await begin_state(target, identity)
    return state


async def _copy_rows(
    job: Job,
    source: Storage,
    target: Storage,
    inventory: Inventory,
    report: Report,
    progress: Progress,
) -> None:
    resumed = job.mode is Mode.RESUME
    if resumed:
        await drop_strays(inventory.definitions, target)
        await relations.delete_strays(inventory, target)
    for schema in inventory.classes:
        part = _part(report, schema.name)
        progress.begin(schema.name, await size_of(source, schema.name))
        objects = ObjectCopy(source, target, schema, part, report, progress)
        await (objects.reconcile() if resumed else objects.fill())
    for join_class in inventory.relations:
        part = _part(report, join_class)
        progress.begin(join_class, await size_of(source, join_class))
        step = relations.reconcile if resumed else relations.fill
        await step(source, target, join_class, part, progress)


async def _verify(
    source: Storage,
    target: Storage,
    inventory: Inventory,
    report: Report,
    progress: Progress,
    state: State | None,
) -> None:
    since = None if state is None else state.started_at
    verification = Verification(source, target, report, progress, since)
    made = {definition.name: definition for definition in await target.load_classes()}
    for definition in inventory.definitions:
        for difference in differences(definition, made.get(definition.name)):
            report.note(definition.name, "the schema differs", difference)
    for schema in inventory.classes:
        if schema.name not in _EXPIRING:
            progress.begin(f"verify {schema.name}", 2 * await size_of(source, schema.name))
            await verification.of_class(schema, _part(report, schema.name))
    for join_class in inventory.relations:
        progress.begin(f"verify {join_class}", 2 * await size_of(source, join_class))
        await verification.of_relation(join_class, _part(report, join_class))


def _part(report: Report, name: str) -> Part:
    for part in report.parts:
        if part.name == name:
            return part
    report.parts.append(Part(name))
    return report.parts[-1]


def _left_behind(name: str) -> str:
    if name == MAIL_CLASS:
        return f"Mails that wait in {name} were not copied: the source's server sends them."
    return f"{name} belongs to no class and was not copied."


def _tell_left_behind(inventory: Inventory, report: Report) -> None:
    for name in inventory.strangers:
        report.warnings.append(_left_behind(name))
    for class_name, field in inventory.riddles:
        report.note(class_name, "fields of unknown type are not in the schema of the copy", field)


def _files_left_behind(job: Job, inventory: Inventory) -> str:
    command = f"parsepy files copy {shown(job.source.uri)} {shown(job.target.uri)}"
    return f"The contents of files ({', '.join(inventory.files)}) were left out. Next: {command}"
