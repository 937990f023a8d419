"""Counts of events, beside everything else that looks at the same store."""

from pathlib import Path

import pytest

from parsepy.analytics.event import Key
from parsepy.analytics.rows import Rows
from parsepy.copying.places import Place
from parsepy.copying.run import Job, copy
from parsepy.doctor.run import examine_at
from parsepy.schema.system_classes import EVENT_CLASS
from parsepy.telemetry.progress import Silence

pytestmark = pytest.mark.anyio
DAY = "2026-11-30"


@pytest.fixture
def place(request: pytest.FixtureRequest, database_uri: str, tmp_path: Path) -> str:
    """A store that outlives whoever opened it."""
    return database_uri if "mongodb" in database_uri else f"sqlite:///{tmp_path}/source.sqlite"


async def count_one(uri: str) -> None:
    storage = Place(uri).storage()
    await storage.start()
    await Rows(storage).prepare()
    await Rows(storage).add({Key(DAY, "e", "city", "Rome"): 3})
    await storage.close()


async def test_a_copy_takes_them_along(place: str, tmp_path: Path) -> None:
    await count_one(place)
    target = Place(f"sqlite:///{tmp_path}/target.sqlite")

    report = await copy(Job(Place(place), target), Silence())

    assert report.is_complete
    assert not [warning for warning in report.warnings if EVENT_CLASS in warning]
    storage = target.storage()
    await storage.start()
    rows = await Rows(storage).of_event("e", "city", (DAY, DAY), 10)
    await Rows(storage).add({Key(DAY, "e", "city", "Rome"): 1})
    added = await Rows(storage).of_event("e", "city", (DAY, DAY), 10)
    await storage.close()
    assert [row["count"] for row in (*rows, *added)] == [3, 4]


async def test_a_doctor_finds_nothing_wrong_with_them(place: str) -> None:
    await count_one(place)

    diagnosis = await examine_at(place, "", Silence(), None)

    assert not [each for each in diagnosis.findings if each.class_name == EVENT_CLASS]
