"""`find`, `count` and `delete`. What a `where` selects is tested in `tests/query/`."""

import pytest

from parsepy.protocol import json
from parsepy.protocol.values import date, pointer
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, NOTHING, Accessible, And, Exists, In, Matches, Nor, Or
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.types import JSONValue
from tests.contract.samples import EVERY_TYPE, LATER, below, equal, ids, path, thing

pytestmark = pytest.mark.anyio


@pytest.fixture
async def numbered(storage: Storage, schema: ClassSchema) -> Storage:
    """Five objects, `number` 0 to 4, `flag` set on the even ones."""
    things = [thing(f"t{n}", number=n, flag=n % 2 == 0, text=f"text {n}") for n in range(5)]
    await storage.insert_many(schema, things)
    return storage


async def test_everything_and_nothing(numbered: Storage) -> None:
    assert await ids(numbered) == ["t0", "t1", "t2", "t3", "t4"]
    assert await ids(numbered, NOTHING) == []
    assert await numbered.count(EVERY_TYPE, EVERYTHING) == 5
    assert await numbered.count(EVERY_TYPE, NOTHING) == 0


async def test_texts_are_the_same_objects_as_json(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(
        schema,
        [
            thing("plain", text='quote " and \u2028', number=1.5, list=[1, {"a": None}]),
            thing("nothing"),
            thing("closed", ACL={}),
            thing("shared", ACL={"*": {"read": True}, "u": {"write": True}}),
        ],
    )
    options = FindOptions(order=(("objectId", False),), limit=3)
    texts = await storage.find_texts(schema, EVERYTHING, options)
    assert list(map(json.loads, texts)) == await storage.find(schema, EVERYTHING, options)
    assert len(texts) == 3


async def test_order_up_down_and_by_several_keys(numbered: Storage) -> None:
    up = FindOptions(order=(("number", False),))
    down = FindOptions(order=(("number", True),))
    both = FindOptions(order=(("flag", True), ("number", True)))
    assert await ids(numbered, options=up) == ["t0", "t1", "t2", "t3", "t4"]
    assert await ids(numbered, options=down) == ["t4", "t3", "t2", "t1", "t0"]
    assert await ids(numbered, options=both) == ["t4", "t2", "t0", "t3", "t1"]


async def test_a_pointer_that_is_null_exists(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(schema, [thing("null", owner=None), thing("missing")])
    there, missing = (Exists(path("owner"), wanted) for wanted in (True, False))
    assert await ids(storage, there) == ["null"]
    assert await ids(storage, missing) == ["missing"]


async def test_missing_values_come_first_upwards(numbered: Storage, schema: ClassSchema) -> None:
    await numbered.insert(schema, thing("none"))
    options = FindOptions(order=(("number", False),), limit=2)
    assert await ids(numbered, options=options) == ["none", "t0"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("text", ["", "A", "B", "a", "é", "\uffff", "\U0001f600"]),
        ("number", [-1.5, 0, 2, 10, 5_000_000_000]),
        ("flag", [False, True]),
        ("day", [date("1969-12-31T23:59:59.999Z"), date("2020-01-01T00:00:00.000Z"), date(LATER)]),
        ("owner", [pointer("_User", "A"), pointer("_User", "a"), pointer("_User", "b")]),
        ("map.inner", [1, 2, 11]),
    ],
)
async def test_every_comparable_type_sorts(
    storage: Storage, schema: ClassSchema, field: str, values: list[JSONValue]
) -> None:
    root, _, inner = field.partition(".")
    for number, value in reversed(list(enumerate(values))):
        stored: JSONValue = {inner: value} if inner else value
        await storage.insert(schema, thing(f"t{number}", **{root: stored}))
    expected = [f"t{number}" for number in range(len(values))]
    for descending in (False, True):
        found = await ids(storage, options=FindOptions(order=((field, descending),)))
        assert found == (expected[::-1] if descending else expected)


async def test_skip_and_limit_make_pages(numbered: Storage) -> None:
    pages = [
        await ids(numbered, options=FindOptions((("number", True),), skip=skip, limit=2))
        for skip in (0, 2, 4, 6)
    ]
    assert pages == [["t4", "t3"], ["t2", "t1"], ["t0"], []]


async def test_skip_alone_leaves_the_rest(numbered: Storage) -> None:
    assert await ids(numbered, options=FindOptions((("number", False),), skip=3)) == ["t3", "t4"]


async def test_count_ignores_nothing_but_the_condition(numbered: Storage) -> None:
    assert await numbered.count(EVERY_TYPE, equal("flag", True)) == 3
    assert await numbered.count(EVERY_TYPE, below("number", 1)) == 1


async def test_wanted_fields_are_there(storage: Storage, schema: ClassSchema) -> None:
    whole = thing("t1", text="x", number=1, owner=pointer("_User", "u"), ACL={"*": {"read": True}})
    await storage.insert(schema, whole)
    wanted = frozenset(("objectId", "createdAt", "updatedAt", "ACL", "text", "owner"))
    (found,) = await storage.find(schema, EVERYTHING, FindOptions(fields=wanted))
    assert {name: found.get(name) for name in wanted} == {name: whole[name] for name in wanted}


async def test_case_insensitive_compares_texts_without_case(
    storage: Storage, schema: ClassSchema
) -> None:
    for object_id, text in (
        ("t1", "Ann"),
        ("t2", "ANN"),
        ("t3", "ÁNN"),
        ("t4", "ann "),
        ("t5", "x"),
    ):
        await storage.insert(schema, thing(object_id, text=text))
    regardless = FindOptions(order=(("objectId", False),), case_insensitive=True)
    assert await ids(storage, equal("text", "ann"), regardless) == ["t1", "t2"]
    assert await ids(storage, equal("text", "ánn"), regardless) == ["t3"]
    assert await ids(storage, In(path("text"), ("aNN", "X")), regardless) == ["t1", "t2", "t5"]
    assert await ids(storage, equal("text", "ann")) == []


async def test_a_comment_changes_nothing(numbered: Storage) -> None:
    assert len(await ids(numbered, options=FindOptions(comment="why; -- */ 'quoted'"))) == 5


async def test_conditions_nest(numbered: Storage) -> None:
    where = And((Or((equal("number", 1), equal("number", 2))), Nor((equal("flag", True),))))
    assert await ids(numbered, where) == ["t1"]
    assert await ids(numbered, Or(())) == []
    assert await ids(numbered, And(())) == ["t0", "t1", "t2", "t3", "t4"]


async def test_several_conditions_on_one_field_all_hold(numbered: Storage) -> None:
    where = And((Matches(path("text"), "text", ""), Matches(path("text"), "[3-9]$", "")))
    assert await ids(numbered, where) == ["t3", "t4"]


async def test_a_thousand_ids_can_be_asked_for(numbered: Storage) -> None:
    many = tuple(f"t{n}" for n in range(3, 2000))
    assert await ids(numbered, In(path("objectId"), many)) == ["t3", "t4"]


async def test_access_follows_the_acl(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("open"))
    await storage.insert(schema, thing("closed", ACL={}))
    await storage.insert(schema, thing("read", ACL={"u1": {"read": True}}))
    await storage.insert(schema, thing("write", ACL={"u1": {"write": True}}))
    await storage.insert(schema, thing("all", ACL={"*": {"read": True, "write": True}}))
    group = ("*", "u1")
    assert await ids(storage, Accessible("read", group)) == ["all", "open", "read"]
    assert await ids(storage, Accessible("write", group)) == ["all", "open", "write"]
    assert await ids(storage, Accessible("read", ())) == ["open"]
    assert await storage.count(schema, Accessible("read", group)) == 3


async def test_a_class_that_nobody_made_holds_nothing(storage: Storage) -> None:
    assert await storage.find(EVERY_TYPE, EVERYTHING) == []
    assert await storage.count(EVERY_TYPE, EVERYTHING) == 0
    assert await storage.delete(EVERY_TYPE, EVERYTHING) == 0


async def test_delete_tells_how_many_it_took(numbered: Storage) -> None:
    assert await numbered.delete(EVERY_TYPE, equal("flag", True)) == 3
    assert await ids(numbered) == ["t1", "t3"]
    assert await numbered.delete(EVERY_TYPE, equal("flag", True)) == 0
    assert await numbered.delete(EVERY_TYPE, EVERYTHING) == 2
    assert await ids(numbered) == []
