"""Arbitrary objects come back from the other store as they were."""

from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsepy.copying.places import Place
from parsepy.copying.run import Job, copy
from parsepy.protocol.values import date, pointer
from parsepy.query.tree import EVERYTHING
from parsepy.telemetry.progress import Silence
from parsepy.types import ParseObject
from tests.contract.samples import EVERY_TYPE
from tests.copying.samples import AREA, BLOB, PLACE, made, opened
from tests.support.mongod import RunningMongod

pytestmark = pytest.mark.anyio

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
numbers = st.one_of(
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda each: not each.is_integer()),
)
days = st.datetimes().map(lambda day: date(day.isoformat(timespec="milliseconds") + "Z"))
typed = st.one_of(days, st.sampled_from([pointer("Thing", "x"), PLACE, AREA, BLOB]))
plain = st.one_of(st.none(), st.booleans(), numbers, texts, typed)
nested = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys.filter(lambda key: key != "__type"), inner, max_size=4)
    ),
    max_leaves=8,
)
maps = st.dictionaries(keys.filter(lambda key: key != "__type"), nested, max_size=4)
rights = st.sampled_from([{"read": True}, {"write": True}, {"read": True, "write": True}])
objects = st.fixed_dictionaries(
    {},
    optional={
        "text": st.none() | texts,
        "number": st.none() | numbers,
        "flag": st.none() | st.booleans(),
        "day": st.none() | days,
        "map": st.none() | maps,
        "list": st.none() | st.lists(nested, max_size=4),
        "place": st.sampled_from([None, PLACE]),
        "area": st.sampled_from([None, AREA]),
        "blob": st.sampled_from([None, BLOB]),
        "owner": st.none() | texts.filter(bool).map(lambda each: pointer("_User", each)),
        "ACL": st.dictionaries(st.sampled_from(["*", "u1", "role:A"]), rights, max_size=3),
    },
)


@given(st.lists(objects, min_size=1, max_size=60))
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_objects_of_sqlite_come_back_from_mongodb(
    tmp_path: Path, mongod: RunningMongod, drawn: list[ParseObject]
) -> None:
    name = f"parsepy_test_{uuid4().hex}"
    first, last = (Place(f"sqlite:///{tmp_path}/{name}-{each}") for each in ("first", "last"))
    middle = Place(mongod.database_uri(name))
    documents = [made(f"o{number}", **fields) for number, fields in enumerate(drawn)]
    async with opened(first) as storage:
        await storage.create_class(EVERY_TYPE.definition)
        await storage.insert_many(EVERY_TYPE, documents)

    try:
        there = await copy(Job(first, middle), Silence())
        back = await copy(Job(middle, last), Silence())
    finally:
        mongod.drop_database(name)

    assert (there.problems, back.problems) == ([], [])
    async with opened(first) as before, opened(last) as after:
        expected = await before.find(EVERY_TYPE, EVERYTHING)
        assert await after.find(EVERY_TYPE, EVERYTHING) == expected
