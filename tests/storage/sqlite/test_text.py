"""The text index in the file: what stands there, what keeps it true, and that it goes."""

from collections.abc import Iterator

import apsw
import pytest

from parsepy.errors import ParseError
from parsepy.protocol.operations import SetValue
from parsepy.query.tree import EVERYTHING, Text
from parsepy.schema.index_options import IndexOptions
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.sqlite.connection import open_connection
from parsepy.storage.sqlite.text_terms import expression, terms_text
from parsepy.types import JSONValue
from tests.contract.samples import EVERY_TYPE, ids, is_object, path, thing

pytestmark = pytest.mark.anyio

TABLE = '"Thing~1/text_text~0"'
COFFEE = Text(path("text"), "coffee")


@pytest.fixture
def beside(store: SQLiteStorage, location: str) -> Iterator[apsw.Connection]:
    """Another connection to the store's file, opened as every one is."""
    connection = open_connection(location)
    yield connection
    connection.close()


@pytest.fixture
async def searched(store: SQLiteStorage) -> SQLiteStorage:
    await store.create_class(EVERY_TYPE.definition)
    await store.insert(EVERY_TYPE, thing("t1", text="coffee", number=1))
    await store.insert(EVERY_TYPE, thing("t2", text="tea", number=2))
    assert await ids(store, COFFEE) == ["t1"]
    return store


def rows_with(beside: apsw.Connection, term: str) -> list[int]:
    sql = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH ?"
    return sorted(int(str(row)) for (row,) in beside.execute(sql, (expression([term]),)))


def parts(beside: apsw.Connection) -> set[str]:
    names = beside.execute(
        "SELECT name FROM sqlite_schema WHERE name LIKE 'Thing~1/text%'"
    ).fetchall()
    return {str(name) for (name,) in names}


async def test_only_terms_stand_in_the_index(
    searched: SQLiteStorage, beside: apsw.Connection
) -> None:
    assert rows_with(beside, "coffe") == [1]
    assert rows_with(beside, "coffee") == []
    assert beside.execute(f"SELECT terms FROM {TABLE}").fetchall() == [(None,), (None,)]
    # FTS5's own look at whether rows and terms agree.
    beside.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('integrity-check')")


async def test_triggers_see_every_write(searched: SQLiteStorage, beside: apsw.Connection) -> None:
    await searched.update(EVERY_TYPE, is_object("t1"), {"number": SetValue(5)})
    assert rows_with(beside, "coffe") == [1]
    await searched.update(EVERY_TYPE, is_object("t1"), {"text": SetValue(None)})
    assert rows_with(beside, "coffe") == []
    await searched.update(EVERY_TYPE, is_object("t2"), {"text": SetValue("coffee")})
    assert rows_with(beside, "coffe") == [2]
    assert rows_with(beside, "tea") == []
    await searched.delete(EVERY_TYPE, EVERYTHING)
    assert rows_with(beside, "coffe") == []


async def test_objects_that_expire_leave_the_index(
    searched: SQLiteStorage, beside: apsw.Connection
) -> None:
    await searched.create_index(EVERY_TYPE, "ttl", {"day": 1}, IndexOptions(expire_after_seconds=0))
    past: JSONValue = {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}
    await searched.update(EVERY_TYPE, is_object("t1"), {"day": SetValue(past)})
    await searched.insert(EVERY_TYPE, thing("t3"))
    assert rows_with(beside, "coffe") == []


async def test_a_failed_write_leaves_the_index_as_it_was(
    searched: SQLiteStorage, beside: apsw.Connection
) -> None:
    (refused,) = await searched.insert_many(EVERY_TYPE, [thing("t2", text="coffee")])
    assert refused is not None
    assert rows_with(beside, "coffe") == [1]


async def test_nothing_is_left_of_a_dropped_index(
    searched: SQLiteStorage, beside: apsw.Connection
) -> None:
    assert f"{TABLE[1:-1]}/UPDATE" in parts(beside)
    await searched.drop_index(EVERY_TYPE, "text_text")
    assert parts(beside) == set()
    await searched.update(EVERY_TYPE, is_object("t1"), {"text": SetValue("tea")})


async def test_nothing_is_left_of_a_dropped_class(
    searched: SQLiteStorage, beside: apsw.Connection
) -> None:
    await searched.delete_class(EVERY_TYPE)
    assert parts(beside) == set()


async def test_nothing_is_left_of_an_erased_store(
    searched: SQLiteStorage, beside: apsw.Connection
) -> None:
    await searched.erase()
    assert parts(beside) == set()


async def test_names_that_differ_in_case_have_indexes_of_their_own(store: SQLiteStorage) -> None:
    await store.create_class(EVERY_TYPE.definition)
    await store.insert(EVERY_TYPE, thing("t1", text="coffee"))
    await store.create_index(EVERY_TYPE, 'od"d /Näme', {"text": "text"})
    assert await ids(store, COFFEE) == ["t1"]
    await store.drop_index(EVERY_TYPE, 'od"d /Näme')
    assert await ids(store, COFFEE) == ["t1"]


async def test_a_search_of_too_many_words_is_refused(searched: SQLiteStorage) -> None:
    words = [f"w{number}" for number in range(1001)]
    assert await ids(searched, Text(path("text"), " ".join([*words[:999], "tea"]))) == ["t2"]
    with pytest.raises(ParseError) as refused:
        await ids(searched, Text(path("text"), " ".join(words)))
    assert refused.value.code == 102


@pytest.mark.parametrize(
    ("term", "kept"),
    [
        ("coffe", "coffe"),
        ("x1", "x1"),
        ("a_b", "_615f62"),
        ("é", "_c3a9"),
        ("Tea", "_546561"),
        ('"', "_22"),
        ("\ud800", "_eda080"),
    ],
)
def test_a_term_is_letters_and_digits(term: str, kept: str) -> None:
    assert expression([term]) == f'"{kept}"'


def test_the_terms_of_an_object() -> None:
    document = '["none", "a b a", ["c", 5], {"__type":"File","name":"d.e"}, null]'
    assert terms_text(document) == "a b c d e"
