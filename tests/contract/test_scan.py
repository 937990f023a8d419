"""Whole stores are read in bounded batches, and relations written as they were read."""

import pytest

from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Storage
from parsepy.storage.scanned import Pair
from tests.contract.samples import LATER, thing

pytestmark = pytest.mark.anyio

JOIN = "_Join:members:Thing"


async def test_scan_gives_all_objects_in_the_order_of_their_insertion(
    storage: Storage, schema: ClassSchema
) -> None:
    documents = [thing(f"{number * 7919 % 2503:04}", number=number) for number in range(2503)]
    for start in range(0, len(documents), 1000):
        await storage.insert_many(schema, documents[start : start + 1000])

    batches = [batch async for batch in storage.scan(schema)]

    assert [row.document for batch in batches for row in batch] == documents
    assert all(row.left_out == () for batch in batches for row in batch)
    assert max(map(len, batches)) <= 1000


async def test_scan_bounds_a_batch_of_large_objects(storage: Storage, schema: ClassSchema) -> None:
    for number in range(12):
        await storage.insert(schema, thing(f"t{number:02}", text="x" * (3 << 20)))

    batches = [len(batch) async for batch in storage.scan(schema)]

    assert sum(batches) == 12
    assert max(batches) <= 7


async def test_scan_shows_what_find_shows_internal_columns_too(storage: Storage) -> None:
    users = missing_class("_User")
    user = thing(
        "u1",
        username="ada",
        _hashed_password="$2b$10$x",
        _failed_login_count=2,
        _perishable_token_expires_at={"__type": "Date", "iso": LATER},
        authData={"anonymous": {"id": "a"}},
        ACL={},
    )
    await storage.insert(users, user)

    (batch,) = [batch async for batch in storage.scan(users)]

    assert [row.document for row in batch] == [user]
    assert [row.document for row in batch] == await storage.find(users, EVERYTHING)


async def test_scan_of_a_class_without_objects_gives_none(
    storage: Storage, schema: ClassSchema
) -> None:
    assert [row async for batch in storage.scan(schema) for row in batch] == []
    nothing = missing_class("Nothing")
    assert [row async for batch in storage.scan(nothing) for row in batch] == []
    assert [row async for batch in storage.scan_relation(JOIN) for row in batch] == []


async def test_relation_is_scanned_by_owner_and_written_in_the_order_it_was_read(
    storage: Storage,
) -> None:
    await storage.change_relation(JOIN, "b", ["3", "1", "2"], [])
    await storage.change_relation(JOIN, "a", [f"{n * 7919 % 2503:04}" for n in range(2503)], [])
    await storage.change_relation(JOIN, "b", ["0"], ["1"])

    rows = [row async for batch in storage.scan_relation(JOIN) for row in batch]
    await storage.insert_relation("_Join:copies:Thing", rows)

    assert [row for row in rows if row.owning_id == "b"] == [
        Pair("b", "3"),
        Pair("b", "2"),
        Pair("b", "0"),
    ]
    assert [row.related_id for row in rows[:2503]] == [f"{n * 7919 % 2503:04}" for n in range(2503)]
    copied = [row async for batch in storage.scan_relation("_Join:copies:Thing") for row in batch]
    assert copied == rows
    assert await storage.related_ids("_Join:copies:Thing", "b") == ["3", "2", "0"]
    await storage.insert_relation("_Join:copies:Thing", [])


async def test_stored_names_are_those_of_classes_and_relations(
    storage: Storage, schema: ClassSchema
) -> None:
    for name in ("Thing", "THING", "_User", "sqlite_x"):
        await storage.insert(missing_class(name), thing("x"))
    await storage.change_relation(JOIN, "a", ["b"], [])

    stored = await storage.stored_names()

    assert {"Thing", "THING", "_User", "sqlite_x", JOIN} <= {*stored.classes}
    assert "_SCHEMA" not in stored.classes
    assert stored.files == ()
