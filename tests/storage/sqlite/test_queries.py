"""What the planner makes of our statements: look-ups that must not become scans."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.values import date, pointer
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.tree import Accessible, And, Compare, Equal, In, Matches, Or, Path, Where
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index
from parsepy.storage.sqlite import SQLiteStorage, objects
from parsepy.storage.sqlite.connection import open_reader
from tests.contract.samples import CREATED, EVERY_TYPE, equal, path, thing

pytestmark = pytest.mark.anyio

ANY_CASE = FindOptions(limit=2, case_insensitive=True)
USER = missing_class("_User")
USER_INDEXES = [
    Index("_User", "username_1", ("username",), unique=True),
    Index("_User", "case_insensitive_username", ("username",), case_insensitive=True),
    Index("_User", "_perishable_token", ("_perishable_token",)),
    Index("_User", "_auth_data_anonymous_id", ("authData.anonymous.id",), unique=True),
]


def plan(location: str, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT) -> str:
    query = objects.find_query(schema, where, options)
    connection = open_reader(location)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.parameters).fetchall()
    connection.close()
    return "\n".join(str(row[3]) for row in rows)


def user(key: str, value: str) -> Equal:
    return Equal(Path(key, USER.type_of(key.partition(".")[0])), value)


@pytest.mark.parametrize(
    ("where", "options", "index"),
    [
        (user("username", "bob"), DEFAULT, "username_1~0"),
        (user("username", "Bob"), ANY_CASE, "case_insensitive_username~0"),
        (user("_perishable_token", "t"), DEFAULT, "_perishable_token~0"),
        (user("authData.anonymous.id", "x"), DEFAULT, "_auth_data_anonymous_id~0"),
    ],
)
async def test_look_ups_of_users_are_answered_by_indexes(
    store: SQLiteStorage, location: str, where: Equal, options: FindOptions, index: str
) -> None:
    await store.ensure_indexes(USER_INDEXES)
    assert f"SEARCH _User~2 USING INDEX _User~2/{index} " in plan(location, USER, where, options)


INDEXED: list[tuple[Where, str]] = [
    (equal("text", "a"), "i_text~0"),
    (In(path("text"), ("a", "b")), "i_text~0"),
    (Matches(path("text"), r"^\Qstart\E", ""), "i_text~0"),
    (And((equal("number", 1), Accessible("read", ("*",)))), "i_number~0"),
    (Compare(path("day"), ">", date(CREATED)), "i_day~0"),
    (equal("owner", pointer("_User", "u1")), "i_owner~0"),
    (equal("map.a", 1), ""),
    (In(path("objectId"), ("t1", "t2")), "sqlite_autoindex_Thing~1_1"),
]


@pytest.mark.parametrize(("where", "index"), INDEXED)
async def test_indexes_of_the_schema_serve_queries(
    store: SQLiteStorage, location: str, where: Where, index: str
) -> None:
    await store.create_class(EVERY_TYPE.definition)
    for column in ("text", "number", "day", "_p_owner"):
        await store.create_index(EVERY_TYPE, f"i_{column.removeprefix('_p_')}", {column: 1})
    searched = plan(location, EVERY_TYPE, where)
    if index:
        assert "SEARCH Thing~1 USING INDEX" in searched
        assert index in searched
    else:
        assert searched == "SCAN Thing~1"


def test_a_statement_holds_no_value() -> None:
    secret = "'; DROP TABLE x; --"
    asked = [
        objects.find_query(EVERY_TYPE, where, DEFAULT).sql
        for where in (
            equal("text", secret),
            In(path("text"), (secret, "x")),
            equal("list", secret),
            Matches(path("text"), secret, "i"),
            Accessible("read", (secret,)),
        )
    ]
    assert not any("DROP" in sql for sql in asked)


async def test_texts_differ_by_accent_and_not_by_case(store: SQLiteStorage) -> None:
    names = ["Zoë", "ZOË", "zoe", "Straße", "STRASSE", "bob"]
    for number, name in enumerate(names):
        await store.insert(USER, {"objectId": str(number), "username": name})

    async def found(name: str) -> list[str]:
        documents = await store.find(
            USER, user("username", name), FindOptions(case_insensitive=True)
        )
        return [str(document["username"]) for document in documents]

    assert await found("zoë") == ["Zoë", "ZOË"]
    assert await found("ZOE") == ["zoe"]
    assert await found("strasse") == ["STRASSE"]
    assert await found("STRAẞE") == ["Straße"]
    assert await found("BoB") == ["bob"]


async def test_objects_whose_date_has_passed_go_with_the_next_insert(
    store: SQLiteStorage,
) -> None:
    schema = missing_class("_Idempotency")
    await store.ensure_indexes(
        [
            Index("_Idempotency", "reqId_1", ("reqId",), unique=True),
            Index("_Idempotency", "ttl", ("expire",), expires=True),
        ]
    )
    for number, year in enumerate((2001, 2999, 2002)):
        expire = date(f"{year}-01-01T00:00:00.000Z")
        await store.insert(
            schema, {"objectId": str(number), "reqId": f"r{number % 2}", "expire": expire}
        )
    found = await store.find(schema, And(()))
    assert [document["objectId"] for document in found] == ["1", "2"]


async def test_too_many_conditions_are_refused(store: SQLiteStorage) -> None:
    await store.insert(EVERY_TYPE, thing("t1", number=1))
    wide = tuple(equal("number", number) for number in range(6000))
    assert len(await store.find(EVERY_TYPE, Or(wide[:3000]))) == 1
    with pytest.raises(ParseError) as refused:
        await store.find(EVERY_TYPE, Or(wide))
    assert refused.value.code == 102
