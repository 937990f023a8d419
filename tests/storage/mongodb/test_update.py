"""Updates: the operators that are sent, and what they leave behind (sheet, section 12)."""

import pytest
from pymongo.database import Database

from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.protocol.operations import (
    UNSET,
    Add,
    AddUnique,
    Changes,
    Increment,
    Operation,
    Remove,
    SetValue,
)
from parsepy.protocol.values import pointer
from parsepy.query.tree import EVERYTHING, Accessible, And, Equal, Path
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.base import Index
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.update import compile_update
from tests.storage.mongodb.samples import BLOB, DAY, MOMENT, PLACE, POINTER, SCHEMA, USER, Raw
from tests.storage.mongodb.test_layout import STORED_MOMENT

pytestmark = pytest.mark.anyio

OBJECT_O = Equal(Path("objectId"), "o")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"s": SetValue("x")}, {"$set": {"s": "x"}}),
        ({"s": SetValue(None)}, {"$set": {"s": None}}),
        ({"ptr": SetValue(POINTER)}, {"$set": {"_p_ptr": "A$q"}}),
        ({"ptr": SetValue(None)}, {"$set": {"_p_ptr": None}}),
        ({"newp": SetValue(pointer("B", "1"))}, {"$set": {"_p_newp": "B$1"}}),
        ({"ptr": UNSET}, {"$unset": {"_p_ptr": "", "ptr": ""}}),
        ({"s": UNSET}, {"$unset": {"s": ""}}),
        ({"geo": SetValue(PLACE)}, {"$set": {"geo": [-30, 40]}}),
        ({"updatedAt": SetValue(MOMENT)}, {"$set": {"_updated_at": STORED_MOMENT}}),
        ({"obj.d": SetValue(DAY)}, {"$set": {"obj.d": STORED_MOMENT}}),
        ({"obj.b": SetValue(BLOB)}, {"$set": {"obj.b": b"hello"}}),
        ({"obj.p": SetValue(POINTER)}, {"$set": {"obj.p": POINTER}}),
        ({"obj.g": SetValue(PLACE)}, {"$set": {"obj.g": PLACE}}),
        ({"obj.k": UNSET}, {"$unset": {"obj.k": ""}}),
        ({"n": Increment(1)}, {"$inc": {"n": 1}}),
        ({"n": Increment(2**40)}, {"$inc": {"n": 2.0**40}}),
        ({"arr": Add([1, DAY])}, {"$push": {"arr": {"$each": [1, STORED_MOMENT]}}}),
        ({"arr": AddUnique([POINTER])}, {"$addToSet": {"arr": {"$each": [POINTER]}}}),
        ({"arr": Remove([POINTER])}, {"$pullAll": {"arr": [POINTER]}}),
        ({"ACL": UNSET}, {"$unset": {"_rperm": "", "_wperm": "", "_acl": ""}}),
        (
            {"ACL": SetValue({"u9": {"read": True}})},
            {"$set": {"_rperm": ["u9"], "_wperm": [], "_acl": {"u9": {"r": True}}}},
        ),
    ],
)
def test_changes_become_an_update(changes: Changes, expected: Raw) -> None:
    assert compile_update(Columns(SCHEMA), changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"authData": SetValue({"fb": {"id": "1", "d": DAY}, "gone": None})},
            {"$set": {"_auth_data_fb": {"id": "1", "d": DAY}}, "$unset": {"_auth_data_gone": ""}},
        ),
        ({"authData.fb": UNSET}, {"$unset": {"_auth_data_fb": ""}}),
        ({"authData.fb.token": SetValue("t")}, {"$set": {"_auth_data_fb.token": "t"}}),
        (
            {"_failed_login_count": Increment(1), "_perishable_token_expires_at": SetValue(DAY)},
            {
                "$inc": {"_failed_login_count": 1},
                "$set": {"_perishable_token_expires_at": STORED_MOMENT},
            },
        ),
    ],
)
def test_user_columns_change_under_their_stored_names(changes: Changes, expected: Raw) -> None:
    assert compile_update(Columns(USER), changes) == expected


def test_configuration_keeps_its_values_as_they_are() -> None:
    columns = Columns(ClassSchema(ClassDefinition("_GlobalConfig")))

    assert compile_update(columns, {"params.d": SetValue(DAY)}) == {"$set": {"params.d": DAY}}


@pytest.mark.parametrize(
    "path", ["arr.$", "arr.$[].x", "$set", "obj.$k", "_stray", "_id", "obj..k", "obj.", ".k", "o\0"]
)
def test_path_that_is_no_field_is_refused(path: str) -> None:
    for operation in (SetValue(1), UNSET, Increment(1)):
        with pytest.raises(ParseError) as refused:
            compile_update(Columns(SCHEMA), {path: operation})

        assert refused.value.code == Code.INVALID_KEY_NAME


async def test_update_answers_the_object_after_it(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_one({"_id": "o", "n": 1, "arr": [1, 2, 2], "ptr": None, "_wperm": ["u"]})
    writable = And((OBJECT_O, Accessible("write", ("*", "u"))))

    after = await storage.update(
        SCHEMA,
        writable,
        {"n": Increment(1), "arr": AddUnique([2, 3, 3]), "obj.a.b": SetValue(1), "ptr": UNSET},
    )

    assert after == {
        "objectId": "o",
        "n": 2,
        "arr": [1, 2, 2, 3],
        "obj": {"a": {"b": 1}},
        "ACL": {"u": {"write": True}},
    }
    assert raw["T"].find_one() == {
        "_id": "o",
        "n": 2,
        "arr": [1, 2, 2, 3],
        "_wperm": ["u"],
        "obj": {"a": {"b": 1}},
    }


async def test_update_without_a_match_changes_nothing(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_one({"_id": "o", "n": 1, "_rperm": ["*"], "_wperm": []})
    writable = And((OBJECT_O, Accessible("write", ("*", "u"))))

    assert await storage.update(SCHEMA, writable, {"n": Increment(1)}) is None
    assert raw["T"].find_one() == {"_id": "o", "n": 1, "_rperm": ["*"], "_wperm": []}


async def test_update_without_changes_answers_the_object(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_one({"_id": "o", "n": 1})

    assert await storage.update(SCHEMA, OBJECT_O, {}) == {"objectId": "o", "n": 1}
    assert await storage.update(SCHEMA, Equal(Path("objectId"), "x"), {}) is None


@pytest.mark.parametrize(
    ("path", "operation", "code"),
    [
        ("s", Increment(1), Code.INCORRECT_TYPE),
        ("nothing", Increment(1), Code.INCORRECT_TYPE),
        ("s", Add([1]), Code.INCORRECT_TYPE),
        ("s", AddUnique([1]), Code.INCORRECT_TYPE),
        ("s", Remove([1]), Code.INCORRECT_TYPE),
        ("s.k", SetValue(1), Code.INCORRECT_TYPE),
        ("arr.1000000000", SetValue(1), Code.INCORRECT_TYPE),
        ("objectId", SetValue("other"), Code.INCORRECT_TYPE),
    ],
)
async def test_operation_that_does_not_fit_the_stored_value_is_refused(
    storage: MongoStorage, raw: Database[Raw], path: str, operation: Operation, code: int
) -> None:
    before = {"_id": "o", "s": "text", "nothing": None, "arr": [1]}
    raw["T"].insert_one(before)

    with pytest.raises(ParseError) as refused:
        await storage.update(SCHEMA, OBJECT_O, {path: operation})

    assert refused.value.code == code
    assert refused.value.message == "The operation does not fit the stored value."
    assert raw["T"].find_one() == before


async def test_field_and_its_part_cannot_change_together(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_one({"_id": "o"})

    with pytest.raises(ParseError) as refused:
        await storage.update(SCHEMA, OBJECT_O, {"obj": SetValue({}), "obj.k": SetValue(1)})

    assert refused.value.code == Code.INVALID_JSON
    assert raw["T"].find_one() == {"_id": "o"}


@pytest.mark.parametrize("operation", [Add([]), AddUnique([])])
async def test_adding_nothing_to_a_missing_list_makes_it(
    storage: MongoStorage, raw: Database[Raw], operation: Operation
) -> None:
    raw["T"].insert_one({"_id": "o"})

    assert await storage.update(SCHEMA, OBJECT_O, {"arr": operation}) == {
        "objectId": "o",
        "arr": [],
    }


async def test_duplicates_name_the_parse_field(storage: MongoStorage) -> None:
    await storage.ensure_indexes(
        [
            Index("_User", "username_1", ("username",), unique=True),
            Index("_User", "_auth_data_fb_id", ("authData.fb.id",), unique=True),
        ]
    )
    await storage.insert(USER, {"objectId": "a", "username": "x", "authData": {"fb": {"id": "1"}}})
    await storage.insert(USER, {"objectId": "b", "username": "y"})

    for write, field in (
        (storage.insert(USER, {"objectId": "a"}), "objectId"),
        (storage.insert(USER, {"objectId": "c", "username": "x"}), "username"),
        (
            storage.insert(USER, {"objectId": "c", "authData": {"fb": {"id": "1"}}}),
            "authData.fb.id",
        ),
    ):
        with pytest.raises(DuplicateValue) as refused:
            await write
        assert refused.value.field == field
    with pytest.raises(DuplicateValue) as refused:
        await storage.update(USER, Equal(Path("objectId"), "b"), {"username": SetValue("x")})
    assert refused.value.field == "username"
    assert await storage.count(USER, EVERYTHING) == 2


async def test_bulk_insert_tells_which_documents_were_refused(storage: MongoStorage) -> None:
    await storage.insert(SCHEMA, {"objectId": "b"})

    results = await storage.insert_many(SCHEMA, [{"objectId": name} for name in "abcb"])

    assert [result and result.field for result in results] == [None, "objectId", None, "objectId"]
    assert await storage.count(SCHEMA, EVERYTHING) == 3
    assert await storage.insert_many(SCHEMA, []) == []


async def test_delete_counts_what_it_removed(storage: MongoStorage) -> None:
    await storage.insert_many(SCHEMA, [{"objectId": name, "n": 1} for name in "abc"])

    assert await storage.delete(SCHEMA, Equal(Path("objectId"), "a")) == 1
    assert await storage.delete(SCHEMA, Equal(Path("objectId"), "a")) == 0
    assert await storage.delete(SCHEMA, Equal(Path("n"), 1)) == 2
