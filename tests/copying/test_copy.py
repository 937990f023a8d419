"""What arrives in the other store, and what is told of that which does not."""

import asyncio
from pathlib import Path
from threading import Thread

import pytest
from pymongo import MongoClient

from parsepy.copying.places import Place
from parsepy.copying.report import Report
from parsepy.copying.run import Job, Mode, copy
from parsepy.errors import ParseError
from parsepy.protocol import dates
from parsepy.protocol.field_types import NUMBER
from parsepy.protocol.operations import Changes, SetValue
from parsepy.query.tree import EVERYTHING, Equal
from parsepy.query.tree import Path as Key
from parsepy.schema.classes import Field, missing_class
from parsepy.schema.index_options import IndexOptions
from parsepy.storage.base import Storage
from parsepy.telemetry.progress import Silence
from tests.copying.samples import JOINS, OBJECTS, content, fill, made, opened, schema_of
from tests.storage.mongodb.samples import Raw

pytestmark = pytest.mark.anyio


async def run(source: Place, target: Place, mode: Mode = Mode.FRESH) -> Report:
    return await copy(Job(source, target, mode), Silence())


@pytest.fixture
async def filled(tmp_path: Path) -> Place:
    place = Place(f"sqlite:///{tmp_path}/source.sqlite")
    await fill(place)
    return place


@pytest.fixture
def mongo(mongodb_database_uri: str) -> Place:
    return Place(mongodb_database_uri)


@pytest.fixture
def file(tmp_path: Path) -> Place:
    return Place(f"sqlite:///{tmp_path}/target.sqlite")


async def test_sqlite_to_mongodb_to_sqlite_is_the_identity(
    filled: Place, mongo: Place, file: Place
) -> None:
    there = await run(filled, mongo)
    back = await run(mongo, file)

    assert await content(file) == await content(filled)
    for report in (there, back):
        assert report.problems == []
        assert report.is_complete
        assert report.written == sum(map(len, OBJECTS.values())) + sum(
            len(related) for rows in JOINS.values() for _, related in rows
        )
        assert all(part.identical for part in report.parts if part.name != "_Idempotency")


async def test_mongodb_to_sqlite_to_mongodb_is_the_identity(
    mongo: Place, file: Place, mongodb_uri: str, database_name: str
) -> None:
    await fill(mongo)
    other = Place(mongo.uri, prefix="copy_")

    await run(mongo, file)
    report = await run(file, other)

    assert report.is_complete
    assert await content(other) == await content(mongo)
    with MongoClient[Raw](mongodb_uri) as client:
        database = client[database_name]
        for name in database.list_collection_names():
            if not name.startswith(("copy_", "_Join")) and name != "_SCHEMA":
                assert list(database[f"copy_{name}"].find()) == list(database[name].find()), name


async def test_between_two_mongodbs_and_between_two_files(
    filled: Place, mongo: Place, file: Place
) -> None:
    other = Place(mongo.uri, prefix="other_")

    await run(filled, file)
    await run(file, mongo)
    await run(mongo, other)

    assert await content(file) == await content(filled)
    assert await content(other) == await content(mongo)


async def test_objects_keep_the_order_of_their_insertion(
    mongo: Place, file: Place, tmp_path: Path
) -> None:
    source = Place(f"sqlite:///{tmp_path}/ordered.sqlite")
    ids = [f"{(number * 7919) % 3001:04}" for number in range(2500)]
    async with opened(source) as storage:
        await storage.create_class(schema_of("Thing").definition)
        await storage.insert_many(schema_of("Thing"), [made(each) for each in ids])

    await run(source, mongo)
    await run(mongo, file)

    for place in (mongo, file):
        async with opened(place) as storage:
            found = await storage.find(schema_of("Thing"), EVERYTHING)
            assert [each["objectId"] for each in found] == ids


async def test_a_target_that_holds_something_else_is_refused_and_not_changed(
    filled: Place, file: Place
) -> None:
    async with opened(file) as storage:
        await storage.insert(schema_of("Thing"), made("mine"))

    for mode in (Mode.FRESH, Mode.RESUME):
        with pytest.raises(ParseError, match=r"not empty: it has Thing.*--verify-only"):
            await run(filled, file, mode)

    async with opened(file) as storage:
        assert await storage.find(schema_of("Thing"), EVERYTHING) == [made("mine")]
        assert await storage.load_classes() == []


async def test_a_target_on_which_a_server_has_only_started_is_empty(
    filled: Place, file: Place
) -> None:
    async with opened(file) as storage:
        for name in ("_User", "_Role"):
            await storage.create_class(schema_of(name).definition)

    assert (await run(filled, file)).is_complete
    assert await content(file) == await content(filled)


async def test_store_cannot_be_copied_onto_itself(filled: Place) -> None:
    with pytest.raises(ParseError, match="same store"):
        await run(filled, Place(filled.uri.replace("sqlite:///", "sqlite:////", 1)))


async def test_missing_source_is_not_made(tmp_path: Path, file: Place) -> None:
    with pytest.raises(ParseError, match="There is no file"):
        await run(Place(f"sqlite:///{tmp_path}/nothing.sqlite"), file)
    assert list(tmp_path.iterdir()) == []


async def test_objects_that_the_target_refuses_are_named_and_the_others_arrive(
    file: Place, mongo: Place
) -> None:
    async with opened(file) as storage:
        await storage.create_class(schema_of("Thing").definition)
        documents = [made(f"t{number}") for number in range(10)]
        documents[3]["map"] = {"a\0b": 1}
        documents[7]["map"] = {"big": "x" * (17 << 20)}
        await storage.insert_many(schema_of("Thing"), documents)

    report = await run(file, mongo)

    assert not report.is_complete
    told = {str(each.object_ids): each.reason for each in report.problems}
    refused = [problem for problem in report.problems if "refuses" in problem.reason]
    assert sorted(each for problem in refused for each in problem.object_ids) == ["t3", "t7"], told
    missing = [problem for problem in report.problems if problem.reason.startswith("missing")]
    assert [problem.object_ids for problem in missing] == [["t3", "t7"]]
    async with opened(mongo) as storage:
        assert await storage.count(schema_of("Thing"), EVERYTHING) == 8


async def test_what_of_a_document_is_no_part_of_an_object_is_told(
    mongo: Place, file: Place, mongodb_uri: str, database_name: str
) -> None:
    await fill(mongo)
    with MongoClient[Raw](mongodb_uri) as client:
        things = client[database_name]["Thing"]
        things.update_one({"_id": "bare"}, {"$set": {"_stray": 1, "number": float("nan")}})
        things.update_one({"_id": "nulls"}, {"$set": {"_p_owner": "no pointer"}})
        client[database_name]["Leftover"].insert_one({"x": 1})
        riddle = {"$set": {"riddle": "decimal"}}
        client[database_name]["_SCHEMA"].update_one({"_id": "Thing"}, riddle)
        client[database_name]["fs.files"].insert_one({"filename": "f"})

    report = await run(mongo, file)

    told = {
        (each.reason, *each.object_ids) for each in report.problems if each.class_name == "Thing"
    }
    assert told == {
        ("column _stray cannot be carried over", "bare"),
        ("column number cannot be carried over", "bare"),
        ("column _p_owner cannot be carried over", "nulls"),
        ("fields of unknown type are not in the schema of the copy", "riddle"),
    }
    assert any("fs.files" in warning for warning in report.warnings)
    assert any(warning.startswith("Leftover belongs to no class") for warning in report.warnings)
    assert report.is_identical
    assert not report.is_complete


async def test_doubled_rows_of_a_relation_become_one(
    mongo: Place, file: Place, mongodb_uri: str, database_name: str
) -> None:
    await fill(mongo)
    with MongoClient[Raw](mongodb_uri) as client:
        rows = client[database_name]["_Join:members:Thing"]
        rows.insert_one({"owningId": "every", "relatedId": "ada"})

    report = await run(mongo, file)

    assert report.is_complete
    assert (await content(file))["_Join:members:Thing"] == [
        ("bare", "ada"),
        ("every", "ada"),
        ("every", "anon"),
    ]


async def test_what_changed_at_the_source_since_is_found_by_a_later_comparison(
    filled: Place, file: Place
) -> None:
    await run(filled, file)
    await change(filled)

    found = await run(filled, file, Mode.VERIFY)

    told = {(each.class_name, each.reason): each.object_ids for each in found.problems}
    assert told == {
        ("Thing", "different"): ["bare"],
        ("Thing", "missing in the target"): ["new"],
        ("Thing", "not at the source (any more)"): ["closed"],
        ("_Join:members:Thing", "rows differ"): ["3 at the source, 3 copied"],
    }


async def change(place: Place) -> None:
    """An update, an insert, a delete, and changes of a relation."""
    now = dates.now()
    thing = schema_of("Thing")
    async with opened(place) as storage:
        changes: Changes = {"number": SetValue(7), "updatedAt": SetValue(now)}
        await storage.update(thing, Equal(Key("objectId"), "bare"), changes)
        await storage.insert(thing, {**made("new"), "updatedAt": now})
        await storage.delete(thing, Equal(Key("objectId"), "closed"))
        await storage.change_relation("_Join:members:Thing", "bare", ["anon"], ["ada"])


class Meddling(Silence):
    """Changes the source when the copy of objects is over and their verification begins."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._done = False

    def begin(self, title: str, total: int) -> None:
        if title.startswith("verify") and not self._done:
            self._done = True
            other_process = Thread(target=lambda: asyncio.run(change(self._place)))
            other_process.start()
            other_process.join()


@pytest.mark.parametrize("kind", ["mongodb", "sqlite"])
async def test_writes_during_the_copy_are_told_and_caught_up_by_resume(
    kind: str, filled: Place, mongo: Place, file: Place
) -> None:
    target = mongo if kind == "mongodb" else file

    first = await copy(Job(filled, target), Meddling(filled))

    assert not first.is_identical
    told = {
        (each.reason, *each.object_ids) for each in first.problems if each.class_name == "Thing"
    }
    assert told == {
        ("written at the source after the copy began", "bare", "new"),
        ("not at the source (any more)", "closed"),
    }
    with pytest.raises(ParseError, match=r"unfinished copy of this source.*--resume"):
        await run(filled, target)
    with pytest.raises(ParseError, match="The source is itself an unfinished copy"):
        await run(target, Place(f"{file.uri}.further"))
    second = await run(filled, target, Mode.RESUME)
    assert second.is_complete
    assert {part.name: part.written for part in second.parts if part.written} == {
        "Thing": 2,
        "_Join:members:Thing": 3,
    }
    expected, found = await content(filled), await content(target)
    for name, rows in expected.items():
        # What was brought up to date stands behind the others.
        assert by_id(found[name]) == by_id(rows)
    assert (await run(filled, target, Mode.VERIFY)).is_complete


async def test_resume_drops_what_the_source_has_dropped(filled: Place, mongo: Place) -> None:
    await copy(Job(filled, mongo), Meddling(filled))
    thing, odd = schema_of("Thing"), schema_of("Odd_Names0")
    async with opened(filled) as source:
        await source.delete_fields(thing, ["text", "members"])
        await source.add_field("Thing", "late", Field(NUMBER, default=5))
        await source.set_permissions("Thing", {"find": {}})
        await source.delete_class(odd)
        await source.delete(missing_class("_Join:roles:_Role"), EVERYTHING)

    report = await run(filled, mongo, Mode.RESUME)

    assert report.problems == []
    assert report.is_complete
    async with opened(filled) as source, opened(mongo) as target:
        assert await classes_of(target) == await classes_of(source)
        names = (await target.stored_names()).classes
        assert "Odd_Names0" not in names
        assert "_Join:members:Thing" not in names
        rows = [row async for rows in target.scan_relation("_Join:roles:_Role") for row in rows]
        assert rows == []


async def classes_of(storage: Storage) -> dict[str, object]:
    return {each.name: (each.fields, each.permissions) for each in await storage.load_classes()}


def by_id(rows: object) -> object:
    def key(row: object) -> str:
        return str(row["objectId"] if isinstance(row, dict) else row)

    return sorted(rows, key=key) if isinstance(rows, list) else rows


async def test_indexes_arrive_with_their_options(file: Place, mongo: Place, tmp_path: Path) -> None:
    back = Place(f"sqlite:///{tmp_path}/back.sqlite")
    thing = schema_of("Thing")
    options = {
        "one_of_each": IndexOptions(unique=True),
        "few": IndexOptions(sparse=True),
        "leaving": IndexOptions(expire_after_seconds=3600),
    }
    async with opened(file) as storage:
        await storage.create_class(thing.definition)
        await storage.create_index(thing, "one_of_each", {"text": 1}, options["one_of_each"])
        await storage.create_index(thing, "few", {"number": -1}, options["few"])
        await storage.create_index(thing, "leaving", {"day": 1}, options["leaving"])
        await storage.create_index(thing, "plain", {"flag": 1, "_p_owner": -1})
        await storage.create_index(thing, "words", {"text": "text"})
        await storage.insert(thing, made("t1", text="a"))

    reports = [await run(file, mongo), await run(mongo, back)]

    assert [report.warnings for report in reports] == [[], []]
    for place in (file, mongo, back):
        async with opened(place) as storage:
            (definition,) = [each for each in await storage.load_classes() if each.name == "Thing"]
            assert {name: key for name, key in definition.indexes.items() if name != "_id_"} == {
                "one_of_each": {"text": 1},
                "few": {"number": -1},
                "leaving": {"day": 1},
                "plain": {"flag": 1, "_p_owner": -1},
                "words": {"text": "text"},
            }
            assert await storage.index_options(thing) == options
            refused = await storage.insert_many(thing, [made("t2", text="a")])
            assert refused != [None]


async def test_indexes_that_cannot_be_made_are_told(
    mongo: Place, file: Place, mongodb_uri: str, database_name: str
) -> None:
    await fill(mongo)
    with MongoClient[Raw](mongodb_uri) as client:
        database = client[database_name]
        things = database["Thing"]
        some = {"number": {"$gt": 5}}
        things.create_index("number", name="partly", unique=True, partialFilterExpression=some)
        database["_SCHEMA"].update_one(
            {"_id": "Thing"}, {"$set": {"_metadata.indexes.partly": {"number": 1}}}
        )
        database["_User"].insert_one({"_id": "twin", "username": "ada"})

    report = await run(mongo, file)

    assert report.is_complete
    assert report.warnings == [
        "_User: the server's unique index username_1 could not be made, since objects share a"
        " value. `parsepy doctor` names them.",
        "Thing: the index partly was not made: it has a filter or a collation: make it by hand",
    ]
