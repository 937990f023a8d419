"""Text search: what it finds, and its score."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import STRING
from parsepy.protocol.operations import SetValue
from parsepy.query.options import FindOptions
from parsepy.query.tree import And, Or, Path, Text
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.base import Storage
from tests.contract.drinks import insert_drinks, text
from tests.contract.samples import equal, ids, is_object, thing

pytestmark = pytest.mark.anyio

BY_SCORE = FindOptions(order=(("$score", True), ("objectId", False)), score=True)


@pytest.fixture
async def drinks(storage: Storage, schema: ClassSchema) -> ClassSchema:
    await insert_drinks(storage, schema)
    return schema


async def test_better_ones_come_first_with_their_score(
    storage: Storage, drinks: ClassSchema
) -> None:
    found = await storage.find(drinks, text("coffee cream"), BY_SCORE)
    assert [(each["objectId"], each["score"]) for each in found] == [
        ("d4", 1.5),
        ("d0", 1),
        ("d1", 0.75),
    ]


async def test_the_score_hides_a_field_of_its_name(storage: Storage) -> None:
    fields = {"s": Field(STRING), "score": Field(STRING)}
    schema = ClassSchema(ClassDefinition("Match", fields))
    await storage.create_class(schema.definition)
    await storage.insert(schema, thing("m1", s="coffee", score="7"))
    where = Text(Path("s", STRING), "coffee")
    (shown,) = await storage.find(schema, where, FindOptions(score=True))
    assert shown["score"] == 1
    (plain,) = await storage.find(schema, where)
    assert plain["score"] == "7"


async def test_a_search_joins_other_conditions(storage: Storage, drinks: ClassSchema) -> None:
    assert await ids(storage, And((text("coffee"), equal("number", 4)))) == ["d4"]
    assert await storage.count(drinks, text("coffee -cream")) == 2
    only = FindOptions(fields=frozenset(("number",)), score=True, skip=1, limit=1)
    (found,) = await storage.find(drinks, text("tea cream"), only)
    assert found["score"] == 0.75


async def test_a_search_beside_what_no_index_serves_answers_or_refuses(
    storage: Storage, drinks: ClassSchema
) -> None:
    where = Or((text("coffee"), equal("number", 3)))
    if storage.capabilities.name.startswith("MongoDB"):
        with pytest.raises(ParseError) as refused:
            await ids(storage, where)
        assert refused.value.code == 102
    else:
        assert await ids(storage, where) == ["d0", "d1", "d3", "d4"]


async def test_writes_are_found_at_once(storage: Storage, drinks: ClassSchema) -> None:
    assert await ids(storage, text("milk")) == []
    await storage.insert(drinks, thing("d6", text="milk"))
    assert await storage.insert_many(drinks, [thing("d7", text="Milks")]) == [None]
    await storage.update(drinks, is_object("d0"), {"text": SetValue("coffee with milk")})
    await storage.update(drinks, is_object("d5"), {"text": SetValue("milk")})
    await storage.update(drinks, is_object("d6"), {"number": SetValue(9)})
    assert await ids(storage, text("milk")) == ["d0", "d5", "d6", "d7"]
    await storage.update(drinks, is_object("d0"), {"text": SetValue("tea")})
    await storage.delete(drinks, is_object("d6"))
    assert await ids(storage, text("milk")) == ["d5", "d7"]
    assert await ids(storage, text("tea")) == ["d0", "d3"]
    await storage.delete(drinks, And(()))
    assert await ids(storage, text("milk")) == []


async def test_lists_and_names_of_files_are_searched(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", list=["coffee", 5, ["tea"], {"x": "milk"}]))
    assert await ids(storage, text("coffee", "list")) == ["t1"]
    assert await ids(storage, text("tea milk 5", "list")) == []


async def test_files_are_searched_by_name(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", file={"__type": "File", "name": "tea.txt"}))
    assert await ids(storage, text("tea", "file")) == ["t1"]


async def test_the_language_of_a_search_and_of_an_object(
    storage: Storage, drinks: ClassSchema
) -> None:
    await storage.insert(drinks, thing("d6", text="the running", language="none"))
    assert await ids(storage, text("the", language="none")) == ["d6"]
    assert await ids(storage, text("leches", language="es")) == ["d2"]
    assert await ids(storage, text("run")) == []
    await storage.update(drinks, is_object("d6"), {"language": SetValue("en")})
    assert await ids(storage, text("run")) == ["d6"]
    with pytest.raises(ParseError) as refused:
        await ids(storage, text("run", language="klingon"))
    assert refused.value.code == 102


@pytest.mark.parametrize(
    "term",
    [
        'text" OR "x',
        "' OR 1=1 --",
        "NEAR(coffee tea)",
        "coffee AND tea NOT x",
        "^coffee",
        "coffee*",
        "terms : coffee",
        "- {terms} : coffee",
        "(coffee",
        '"""coffee',
        "\0coffee",
        "coffee\\",
        "_636f66666565",
    ],
)
async def test_no_search_is_syntax_to_a_store(
    storage: Storage, drinks: ClassSchema, term: str
) -> None:
    found = await ids(storage, text(term))
    assert set(found) <= {"d0", "d1", "d3", "d4"}
