"""`update`: every operation on whole fields, the condition, and what comes back."""

import pytest

from parsepy.errors import DuplicateValue, ParseError
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
from parsepy.protocol.values import date, pointer
from parsepy.query.tree import Accessible, both
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index, Storage
from parsepy.types import MISSING, JSONObject, JSONValue, Missing
from tests.contract.samples import LATER, equal, ids, is_object, thing

pytestmark = pytest.mark.anyio

USER: JSONObject = pointer("_User", "u1")
PLACE: JSONObject = {"__type": "GeoPoint", "latitude": 1.5, "longitude": 2}
AREA: JSONObject = {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [0, 0]]}
FILE: JSONObject = {"__type": "File", "name": "x.png"}
BLOB: JSONObject = {"__type": "Bytes", "base64": "AP8="}

OPERATIONS: list[tuple[str, JSONValue | Missing, Operation, JSONValue | Missing]] = [
    ("text", "old", SetValue("new"), "new"),
    ("text", MISSING, SetValue("a\0$.'\"--"), "a\0$.'\"--"),
    ("text", "old", SetValue(None), None),
    ("text", "old", UNSET, MISSING),
    ("text", MISSING, UNSET, MISSING),
    ("day", MISSING, SetValue(date(LATER)), date(LATER)),
    ("flag", True, SetValue(False), False),
    ("owner", MISSING, SetValue(USER), USER),
    ("owner", pointer("_User", "old"), SetValue(USER), USER),
    ("owner", USER, UNSET, MISSING),
    ("owner", None, SetValue(USER), USER),
    ("place", MISSING, SetValue(PLACE), PLACE),
    ("area", MISSING, SetValue(AREA), AREA),
    ("file", MISSING, SetValue(FILE), FILE),
    ("blob", MISSING, SetValue(BLOB), BLOB),
    (
        "map",
        {"a": 1},
        SetValue({"b": {"c": [USER, date(LATER)]}}),
        {"b": {"c": [USER, date(LATER)]}},
    ),
    ("list", [1], SetValue([]), []),
    ("number", 1, Increment(2), 3),
    ("number", 1.5, Increment(0.5), 2),
    ("number", 1, Increment(-0.5), 0.5),
    ("number", 2**31 - 1, Increment(1), 2**31),
    ("number", MISSING, Increment(5), 5),
    ("list", [1], Add([2, 2]), [1, 2, 2]),
    ("list", MISSING, Add([{"a": 1}]), [{"a": 1}]),
    ("list", [1], Add([]), [1]),
    ("list", [1, "a"], AddUnique(["a", "b", 1, True]), [1, "a", "b", True]),
    ("list", MISSING, AddUnique([1, 1, 2]), [1, 2]),
    (
        "list",
        [{"a": 1, "b": 2}],
        AddUnique([{"b": 2, "a": 1}]),
        [{"a": 1, "b": 2}, {"b": 2, "a": 1}],
    ),
    ("list", [USER, date(LATER)], AddUnique([USER, date(LATER)]), [USER, date(LATER)]),
    ("list", [1, 2, 1, True, "1"], Remove([1]), [2, True, "1"]),
    ("list", [USER, date(LATER), {"a": [1]}], Remove([date(LATER), {"a": [1]}]), [USER]),
    ("list", [[1], 1, None], Remove([[1], None]), [1]),
    ("list", [1], Remove([]), [1]),
    ("list", MISSING, Remove([1]), MISSING),
]


@pytest.mark.parametrize(
    ("field", "before", "operation", "after"),
    OPERATIONS,
    ids=[f"{type(case[2]).__name__}-{number}" for number, case in enumerate(OPERATIONS)],
)
async def test_an_operation_gives_its_value(
    storage: Storage,
    schema: ClassSchema,
    field: str,
    before: JSONValue | Missing,
    operation: Operation,
    after: JSONValue | Missing,
) -> None:
    await storage.insert(schema, thing("t1", **_given(field, before), number2=7))
    expected = thing("t1", **_given(field, after), number2=7)
    changed = await storage.update(schema, is_object("t1"), {field: operation})
    assert changed == expected
    found = await storage.get(schema, "t1", None)
    assert found == expected
    assert repr(found.get(field, MISSING)) == repr(after)


def _given(field: str, value: JSONValue | Missing) -> JSONObject:
    return {} if isinstance(value, Missing) else {field: value}


@pytest.mark.parametrize(
    ("field", "before", "operation"),
    [
        ("text", "x", Increment(1)),
        ("number", None, Increment(1)),
        ("map", {}, Add([1])),
        ("text", "x", AddUnique([1])),
        ("number", 1, Remove([1])),
        ("list", None, Add([1])),
    ],
)
async def test_an_operation_that_does_not_fit_is_refused(
    storage: Storage, schema: ClassSchema, field: str, before: JSONValue, operation: Operation
) -> None:
    await storage.insert(schema, thing("t1", **{field: before}))
    with pytest.raises(ParseError) as refused:
        await storage.update(schema, is_object("t1"), {"flag": SetValue(True), field: operation})
    assert refused.value.code in (102, 107, 111)
    assert await storage.get(schema, "t1", None) == thing("t1", **{field: before})


async def test_many_fields_change_in_one_step(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", text="x", number=1, list=[1]))
    changed = await storage.update(
        schema,
        is_object("t1"),
        {
            "text": UNSET,
            "number": Increment(1),
            "list": Add([2]),
            "flag": SetValue(True),
            "updatedAt": SetValue(LATER),
        },
    )
    expected = thing("t1", number=2, list=[1, 2], flag=True)
    expected["updatedAt"] = LATER
    assert changed == expected
    assert await storage.get(schema, "t1", None) == expected


async def test_a_condition_that_misses_changes_nothing(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1", number=1))
    changes: Changes = {"number": Increment(1)}
    assert await storage.update(schema, is_object("t2"), changes) is None
    missed = both(is_object("t1"), equal("number", 2))
    assert await storage.update(schema, missed, changes) is None
    assert await storage.get(schema, "t1", None) == thing("t1", number=1)


async def test_a_class_that_nobody_made_has_nothing_to_update(storage: Storage) -> None:
    nowhere = missing_class("Nowhere")
    assert await storage.update(nowhere, is_object("t1"), {"a": SetValue(1)}) is None


async def test_only_one_object_is_changed(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(schema, [thing("t1", number=1), thing("t2", number=1)])
    assert await storage.update(schema, equal("number", 1), {"number": SetValue(2)}) is not None
    assert len(await ids(storage, equal("number", 2))) == 1


async def test_write_access_is_part_of_the_condition(storage: Storage, schema: ClassSchema) -> None:
    acl: JSONObject = {"*": {"read": True}, "u1": {"read": True, "write": True}}
    await storage.insert(schema, thing("t1", ACL=acl))
    for group, allowed in ((("*",), False), (("*", "u2"), False), (("*", "u1"), True)):
        where = both(is_object("t1"), Accessible("write", group))
        changed = await storage.update(schema, where, {"text": SetValue("new")})
        assert (changed is not None) == allowed


@pytest.mark.parametrize("acl", [{}, {"u2": {"read": True}}, {"*": {"read": True, "write": True}}])
@pytest.mark.parametrize("before", [None, {"*": {"read": True}}])
async def test_an_acl_is_replaced_as_a_whole(
    storage: Storage, schema: ClassSchema, before: JSONObject | None, acl: JSONObject
) -> None:
    await storage.insert(schema, thing("t1", **({} if before is None else {"ACL": before})))
    changed = await storage.update(schema, is_object("t1"), {"ACL": SetValue(acl)})
    assert changed == thing("t1", ACL=acl)
    assert await storage.get(schema, "t1", None) == changed


async def test_internal_columns_change(storage: Storage) -> None:
    users = missing_class("_User")
    await storage.insert(users, thing("u1", username="ann", _email_verify_token="old"))
    changed = await storage.update(
        users,
        is_object("u1"),
        {
            "_failed_login_count": Increment(1),
            "_account_lockout_expires_at": SetValue(date(LATER)),
            "_hashed_password": SetValue("$2b$10$x"),
            "_email_verify_token": UNSET,
            "authData.anonymous": SetValue({"id": "a1"}),
        },
    )
    expected = thing(
        "u1",
        username="ann",
        authData={"anonymous": {"id": "a1"}},
        _failed_login_count=1,
        _account_lockout_expires_at=date(LATER),
        _hashed_password="$2b$10$x",
    )
    assert changed == expected
    assert await storage.get(users, "u1", None) == expected
    unlinked = await storage.update(users, is_object("u1"), {"authData.anonymous": UNSET})
    assert unlinked is not None
    assert not unlinked.get("authData")


async def test_a_unique_field_refuses_an_update_and_is_named(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.ensure_indexes([Index("Thing", "text_1", ("text",), unique=True)])
    await storage.insert_many(schema, [thing("t1", text="a"), thing("t2", text="b", number=1)])
    with pytest.raises(DuplicateValue) as refused:
        await storage.update(
            schema, is_object("t2"), {"text": SetValue("a"), "number": Increment(1)}
        )
    assert refused.value.field == "text"
    assert await storage.get(schema, "t2", None) == thing("t2", text="b", number=1)
    assert await storage.update(schema, is_object("t2"), {"text": SetValue("b")}) is not None
