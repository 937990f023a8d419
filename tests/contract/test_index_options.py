"""Indexes with options: what they let in, and that a refused one leaves nothing."""

import pytest

from parsepy.errors import DuplicateValue
from parsepy.protocol.operations import SetValue
from parsepy.protocol.values import date, pointer
from parsepy.schema.classes import ClassSchema
from parsepy.schema.index_options import IndexOptions
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, ParseObject
from tests.contract.conftest import StoreOpener
from tests.contract.samples import EVERY_TYPE, equal, ids, is_object, thing

pytestmark = pytest.mark.anyio

UNIQUE = IndexOptions(unique=True)
UNIQUE_SPARSE = IndexOptions(unique=True, sparse=True)
PAST = date("2001-02-03T04:05:06.007Z")
FUTURE = date("2901-02-03T04:05:06.007Z")


async def _taken(storage: Storage, document: ParseObject) -> bool:
    try:
        await storage.insert(EVERY_TYPE, document)
    except DuplicateValue:
        return False
    return True


async def _recorded(storage: Storage) -> JSONObject:
    (definition,) = await storage.load_classes()
    return {name: key for name, key in definition.indexes.items() if name != "_id_"}


@pytest.mark.parametrize(
    ("key", "value", "other"),
    [
        ({"text": 1}, {"text": "x"}, {"text": "X"}),
        ({"number": -1}, {"number": 1}, {"number": 1.5}),
        ({"flag": 1}, {"flag": True}, {"flag": False}),
        ({"day": 1}, {"day": PAST}, {"day": FUTURE}),
        (
            {"_p_owner": 1},
            {"owner": pointer("_User", "u")},
            {"owner": pointer("_User", "v")},
        ),
        ({"text": 1, "number": 1}, {"text": "x", "number": 1}, {"text": "x", "number": 2}),
    ],
    ids=["text", "number", "flag", "day", "pointer", "compound"],
)
async def test_a_value_is_taken_once(
    storage: Storage, schema: ClassSchema, key: JSONObject, value: JSONObject, other: JSONObject
) -> None:
    await storage.create_index(schema, "once", key, UNIQUE)

    assert await _taken(storage, thing("t1", **value))
    assert not await _taken(storage, thing("t2", **value))
    assert await _taken(storage, thing("t3", **other))
    assert await ids(storage) == ["t1", "t3"]


async def test_the_field_that_refused_is_named(storage: Storage, schema: ClassSchema) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE)
    await storage.insert(schema, thing("t1", text="x"))
    await storage.insert(schema, thing("t2"))

    for document in (thing("t3", text="x"), thing("t4"), thing("t5", text=None)):
        with pytest.raises(DuplicateValue) as refused:
            await storage.insert(schema, document)
        assert refused.value.field == "text"


async def test_an_update_does_not_pass_a_unique_index(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE)
    await storage.insert_many(schema, [thing("t1", text="x"), thing("t2", text="y")])

    with pytest.raises(DuplicateValue):
        await storage.update(schema, is_object("t2"), {"text": SetValue("x")})
    assert await ids(storage, equal("text", "y")) == ["t2"]


async def test_without_sparse_one_object_may_lack_the_field(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE)

    assert await _taken(storage, thing("t1"))
    assert not await _taken(storage, thing("t2"))
    assert not await _taken(storage, thing("t3", text=None))


async def test_with_sparse_any_number_may_lack_the_field(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE_SPARSE)

    assert await _taken(storage, thing("t1"))
    assert await _taken(storage, thing("t2"))
    # A null that was written is a value.
    assert await _taken(storage, thing("t3", text=None))
    assert not await _taken(storage, thing("t4", text=None))


@pytest.mark.parametrize("options", [UNIQUE, UNIQUE_SPARSE])
async def test_in_a_compound_index_a_missing_value_is_one_of_two(
    storage: Storage, schema: ClassSchema, options: IndexOptions
) -> None:
    await storage.create_index(schema, "once", {"text": 1, "number": 1}, options)

    assert await _taken(storage, thing("t1", text="x"))
    assert not await _taken(storage, thing("t2", text="x"))
    assert await _taken(storage, thing("t3", text="y"))
    assert await _taken(storage, thing("t4", number=1))
    assert await _taken(storage, thing("t5", text="x", number=1))
    assert await _taken(storage, thing("t6"))
    assert await _taken(storage, thing("t7")) is options.sparse


async def test_an_index_that_meets_duplicates_is_not_made(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert_many(schema, [thing("t1", text="x"), thing("t2", text="x")])

    with pytest.raises(DuplicateValue) as refused:
        await storage.create_index(schema, "once", {"text": 1}, UNIQUE)

    assert refused.value.field == "text"
    assert await _recorded(storage) == {}
    assert await storage.index_options(schema) == {}
    assert await _taken(storage, thing("t3", text="x"))


async def test_a_missing_value_can_be_the_duplicate(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(schema, [thing("t1"), thing("t2")])

    with pytest.raises(DuplicateValue):
        await storage.create_index(schema, "once", {"text": 1}, UNIQUE)
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE_SPARSE)
    assert await _taken(storage, thing("t3"))


async def test_options_are_read_from_what_is_there(storage: Storage, schema: ClassSchema) -> None:
    wanted = {
        "once": UNIQUE,
        "some": IndexOptions(sparse=True),
        "both": UNIQUE_SPARSE,
        "gone": IndexOptions(expire_after_seconds=3600),
    }
    keys: dict[str, JSONObject] = {
        "once": {"text": 1},
        "some": {"number": 1},
        "both": {"text": 1, "flag": -1},
        "gone": {"day": 1},
    }
    await storage.create_index(schema, "plain", {"number": -1})
    for name, options in wanted.items():
        await storage.create_index(schema, name, keys[name], options)

    assert await storage.index_options(schema) == wanted
    assert await _recorded(storage) == {"plain": {"number": -1}, **keys}

    for name in wanted:
        await storage.drop_index(schema, name)

    assert await storage.index_options(schema) == {}
    assert await _recorded(storage) == {"plain": {"number": -1}}


async def test_a_dropped_index_binds_nobody(storage: Storage, schema: ClassSchema) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE)
    await storage.drop_index(schema, "once")

    assert await _taken(storage, thing("t1"))
    assert await _taken(storage, thing("t2"))
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE_SPARSE)
    assert await _taken(storage, thing("t3"))


async def test_options_do_not_change_what_is_found(storage: Storage, schema: ClassSchema) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE_SPARSE)
    await storage.create_index(schema, "some", {"number": 1}, IndexOptions(sparse=True))
    await storage.insert(schema, thing("t1", text="x", number=1))
    await storage.insert(schema, thing("t2", number=None))
    await storage.insert(schema, thing("t3"))

    assert await ids(storage, equal("text", "x")) == ["t1"]
    assert await ids(storage, equal("text", None)) == ["t2", "t3"]
    assert await ids(storage, equal("number", None)) == ["t2", "t3"]
    assert await ids(storage) == ["t1", "t2", "t3"]


async def test_other_servers_are_bound_too(lasting: StoreOpener) -> None:
    first, second = lasting(), lasting()
    await first.start()
    await second.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.create_index(EVERY_TYPE, "once", {"text": 1}, UNIQUE)

    assert await _taken(second, thing("t1", text="x"))
    assert not await _taken(second, thing("t2", text="x"))
    assert await second.index_options(EVERY_TYPE) == {"once": UNIQUE}
    await first.close()
    await second.close()


async def test_a_class_made_again_has_no_index_of_the_old_one(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.create_index(schema, "once", {"text": 1}, UNIQUE)
    await storage.insert(schema, thing("t1", text="x"))
    await storage.delete_class(schema)
    await storage.create_class(schema.definition)

    assert await storage.index_options(schema) == {}
    assert await _taken(storage, thing("t1"))
    assert await _taken(storage, thing("t2"))
