"""A healthy database to be poisoned, and what is then found in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database

from parsepy.doctor.base import Finding, Severity
from parsepy.doctor.diagnosis import Diagnosis
from parsepy.doctor.run import examine_at
from parsepy.options.load import load_options
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.wanted_indexes import wanted_indexes
from parsepy.telemetry.progress import Silence
from tests.copying.samples import DEFINITIONS, JOINS, OBJECTS, schema_of

Raw = dict[str, Any]


async def make_healthy(storage: MongoStorage | SQLiteStorage) -> None:
    """As a server leaves it: every row of a relation has its owner and its members."""
    options = load_options({"appId": "app", "masterKey": "master"}).options
    shared = storage.capabilities.parse_server_layout
    await storage.ensure_indexes(wanted_indexes(options, shared=shared))
    for definition in DEFINITIONS:
        await storage.create_class(definition)
    for class_name, documents in OBJECTS.items():
        await storage.insert_many(schema_of(class_name), documents)
    for join, rows in JOINS.items():
        for owning_id, related in rows:
            await storage.change_relation(join, owning_id, related, [])


async def diagnose(uri: str, sample: int | None = None) -> Diagnosis:
    return await examine_at(uri, "", Silence(), sample)


def worst(diagnosis: Diagnosis) -> list[Finding]:
    return [each for each in diagnosis.findings if each.severity is not Severity.NOTE]


def told(diagnosis: Diagnosis) -> list[str]:
    """`error Thing number holds String instead of Number [t1]`, without notes."""
    return [
        f"{each.severity.value} {each.class_name} {each.message} {sorted(each.object_ids)}"
        for each in worst(diagnosis)
    ]


@contextmanager
def raw_database(uri: str) -> Iterator[Database[Raw]]:
    with MongoClient[Raw](uri) as client:
        yield client.get_default_database()
