"""Starting, ending, emptying, and being told what a store is."""

import gc
import warnings
from pathlib import Path

import pytest

from parsepy.errors import ParseError
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, missing_class
from parsepy.storage.base import Index, Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from tests.contract.conftest import StoreOpener
from tests.contract.samples import EVERY_TYPE, ids, thing
from tests.support.ports import free_port

pytestmark = pytest.mark.anyio


async def test_a_store_names_itself_and_its_version(storage: Storage) -> None:
    assert storage.capabilities.name.startswith(("SQLite 3.", "MongoDB "))
    assert any(letter.isdigit() for letter in storage.capabilities.name)


async def test_erase_leaves_an_empty_store_that_works(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1"))
    await storage.insert(missing_class("_JobStatus"), thing("j1"))
    await storage.change_relation("_Join:members:Thing", "t1", ["u1"], [])
    await storage.erase()
    assert await storage.load_classes() == []
    for erased in (schema, missing_class("_JobStatus"), missing_class("_Join:members:Thing")):
        assert await storage.count(erased, EVERYTHING) == 0
    await storage.create_class(ClassDefinition("Thing"))
    await storage.insert(schema, thing("t1"))
    assert await ids(storage) == ["t1"]


async def test_erase_of_an_empty_store_does_nothing(storage: Storage) -> None:
    await storage.erase()
    await storage.erase()
    assert await storage.load_classes() == []


async def test_indexes_can_be_made_again_after_erase(storage: Storage, schema: ClassSchema) -> None:
    index = Index("Thing", "text_1", ("text",), unique=True)
    await storage.ensure_indexes([index])
    await storage.erase()
    await storage.ensure_indexes([index])
    results = await storage.insert_many(schema, [thing("t1", text="x"), thing("t2", text="x")])
    assert [result is None for result in results] == [True, False]


async def test_what_was_answered_is_there_after_a_restart(lasting: StoreOpener) -> None:
    first = lasting()
    await first.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.insert(EVERY_TYPE, thing("t1", map={"a": [1]}, ACL={"u": {"read": True}}))
    await first.close()
    second = lasting()
    await second.start()
    found = await second.get(EVERY_TYPE, "t1", None)
    assert found == thing("t1", map={"a": [1]}, ACL={"u": {"read": True}})
    await second.close()


async def test_a_closed_store_can_be_started_again(lasting: StoreOpener) -> None:
    store = lasting()
    for number in range(2):
        await store.start()
        await store.insert(EVERY_TYPE, thing(f"t{number}"))
        await store.close()
    await store.start()
    assert await ids(store) == ["t0", "t1"]
    await store.close()


async def test_a_server_that_is_not_there_is_a_database_error() -> None:
    address = f"mongodb://127.0.0.1:{free_port()}/app?serverSelectionTimeoutMS=200"
    assert await _code_of_start(MongoStorage(address)) == 1
    with warnings.catch_warnings():
        # The driver forgets the socket of an attempt to connect that it gave up.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


async def _code_of_start(store: Storage) -> int:
    with pytest.raises(ParseError) as refused:
        await store.start()
    return refused.value.code


@pytest.mark.parametrize("content", [b"this is no database" * 100, None])
async def test_a_file_that_is_no_database_is_a_database_error(
    tmp_path: Path, content: bytes | None
) -> None:
    place = tmp_path / "app.sqlite"
    if content is None:
        place = tmp_path / "missing" / "folder" / "app.sqlite"
        (tmp_path / "missing").write_text("a file where a folder is wanted")
    else:
        place.write_bytes(content)
    with pytest.raises(ParseError) as refused:
        await SQLiteStorage(str(place)).start()
    assert refused.value.code == 1
