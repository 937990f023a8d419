"""Classes and their fields: what the schema store keeps, and what a change does to objects."""

import asyncio

import pytest

from parsepy.errors import ClassExists
from parsepy.protocol.field_types import ARRAY, BOOLEAN, DATE, NUMBER, STRING, FieldType
from parsepy.protocol.values import date, pointer
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class
from parsepy.storage.base import Storage
from parsepy.types import JSONObject
from tests.contract.conftest import StoreOpener
from tests.contract.samples import EVERY_TYPE, LATER, ids, thing

pytestmark = pytest.mark.anyio


async def loaded(storage: Storage, name: str = "Thing") -> ClassDefinition:
    (found,) = [each for each in await storage.load_classes() if each.name == name]
    return found


async def test_an_empty_store_has_no_classes(storage: Storage) -> None:
    assert await storage.load_classes() == []


async def test_a_definition_comes_back_as_it_was(storage: Storage) -> None:
    permissions: JSONObject = {
        "find": {"*": True},
        "get": {"requiresAuthentication": True, "role:A": True},
        "addField": {},
        "protectedFields": {"*": ["text"], "userField:owner": []},
        "readUserFields": ["owner"],
    }
    definition = ClassDefinition(
        "Thing",
        {
            **EVERY_TYPE.definition.fields,
            "withDefault": Field(STRING, required=True, default="x"),
            "dated": Field(DATE, default=date(LATER)),
            "pointing": Field(FieldType("Pointer", "Team"), default=pointer("Team", "t")),
            "falsy": Field(NUMBER, default=0),
            "nothing": Field(STRING, default=None),
            "needed": Field(BOOLEAN, required=True),
        },
        permissions,
    )
    await storage.create_class(definition)
    assert await loaded(storage) == definition


@pytest.mark.parametrize("permissions", [None, {}])
async def test_no_permissions_differ_from_empty_ones(
    storage: Storage, permissions: JSONObject | None
) -> None:
    await storage.create_class(ClassDefinition("Thing", permissions=permissions))
    assert (await loaded(storage)).permissions == permissions


async def test_a_class_is_made_once(storage: Storage, schema: ClassSchema) -> None:
    with pytest.raises(ClassExists):
        await storage.create_class(ClassDefinition("Thing"))
    assert await loaded(storage) == schema.definition


async def test_class_names_differ_by_case(storage: Storage, schema: ClassSchema) -> None:
    await storage.create_class(ClassDefinition("thing"))
    await storage.insert(missing_class("thing"), thing("t1"))
    assert await ids(storage) == []


async def test_a_field_is_added_to_a_class(storage: Storage, schema: ClassSchema) -> None:
    added = Field(FieldType("Pointer", "Team"), required=True)
    await storage.add_field("Thing", "team", added)
    fields = {**schema.definition.fields, "team": added}
    assert (await loaded(storage)).fields == fields


async def test_adding_a_field_makes_the_class(storage: Storage) -> None:
    await storage.add_field("Fresh", "text", Field(STRING, default="x"))
    found = await loaded(storage, "Fresh")
    assert found == ClassDefinition("Fresh", {"text": Field(STRING, default="x")})


async def test_fields_are_added_all_or_none(storage: Storage) -> None:
    text, number = Field(STRING, required=True), Field(NUMBER)
    assert await storage.add_fields("Fresh", {"a": text, "b": number})
    assert not await storage.add_fields("Fresh", {"c": number, "b": text})
    assert (await loaded(storage, "Fresh")).fields == {"a": text, "b": number}


async def test_of_concurrent_additions_that_overlap_one_is_made(storage: Storage) -> None:
    await storage.create_class(ClassDefinition("Fresh"))
    outcomes = await asyncio.gather(
        *(
            storage.add_fields("Fresh", {"a": Field(type_), type_.name: Field(type_)})
            for type_ in (STRING, NUMBER, ARRAY)
        )
    )
    assert sorted(outcomes) == [False, False, True]
    fields = (await loaded(storage, "Fresh")).fields
    assert set(fields) == {"a", fields["a"].type.name}


async def test_a_field_that_is_there_stays_as_it_is(storage: Storage, schema: ClassSchema) -> None:
    await storage.add_field("Thing", "text", Field(NUMBER, required=True))
    assert await loaded(storage) == schema.definition


async def test_concurrent_additions_all_arrive(storage: Storage) -> None:
    names = [f"field{number}" for number in range(12)]
    await asyncio.gather(
        *(storage.add_field("Fresh", name, Field(STRING)) for name in [*names, *names])
    )
    assert (await loaded(storage, "Fresh")).fields == dict.fromkeys(names, Field(STRING))


async def test_concurrent_additions_of_one_field_agree_on_its_type(storage: Storage) -> None:
    types = [STRING, NUMBER, ARRAY, BOOLEAN]
    await asyncio.gather(*(storage.add_field("Fresh", "field", Field(type_)) for type_ in types))
    assert (await loaded(storage, "Fresh")).fields["field"].type in types


async def test_options_of_a_field_change(storage: Storage, schema: ClassSchema) -> None:
    changed = Field(STRING, required=True, default="new")
    await storage.set_field_options("Thing", "text", changed)
    assert (await loaded(storage)).fields == {**schema.definition.fields, "text": changed}


async def test_permissions_are_replaced_as_a_whole(storage: Storage) -> None:
    await storage.create_class(ClassDefinition("Thing", permissions={"find": {"*": True}}))
    permissions: JSONObject = {"get": {"role:with.dot $sign": True}}
    await storage.set_permissions("Thing", permissions)
    assert (await loaded(storage)).permissions == permissions


async def test_permissions_that_are_taken_back_were_never_given(storage: Storage) -> None:
    await storage.create_class(ClassDefinition("Thing", permissions={"find": {}}))
    await storage.set_permissions("Thing", None)
    assert (await loaded(storage)).permissions is None


async def test_deleted_fields_leave_nothing_behind(storage: Storage, schema: ClassSchema) -> None:
    user = pointer("_User", "u1")
    await storage.insert(schema, thing("t1", text="x", owner=user, number=1))
    await storage.insert(schema, thing("t2", list=[1]))
    await storage.change_relation("_Join:members:Thing", "t1", ["u1"], [])
    await storage.delete_fields(schema, ["text", "owner", "members"])
    kept = {
        name: field
        for name, field in schema.definition.fields.items()
        if name not in ("text", "owner", "members")
    }
    assert (await loaded(storage)).fields == kept
    # Read with the old schema: a value that was left would show.
    assert await storage.get(schema, "t1", None) == thing("t1", number=1)
    assert await storage.get(schema, "t2", None) == thing("t2", list=[1])
    assert await storage.count(missing_class("_Join:members:Thing"), EVERYTHING) == 0


async def test_deleting_options_with_the_field(storage: Storage) -> None:
    definition = ClassDefinition("Thing", {"text": Field(STRING, required=True, default="x")})
    await storage.create_class(definition)
    await storage.delete_fields(ClassSchema(definition), ["text"])
    await storage.add_field("Thing", "text", Field(NUMBER))
    assert (await loaded(storage)).fields == {"text": Field(NUMBER)}


async def test_a_deleted_class_leaves_nothing_behind(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1"))
    await storage.change_relation("_Join:members:Thing", "t1", ["u1"], [])
    await storage.create_class(ClassDefinition("Other"))
    await storage.delete_class(schema)
    assert [each.name for each in await storage.load_classes()] == ["Other"]
    assert await ids(storage) == []
    assert await storage.count(missing_class("_Join:members:Thing"), EVERYTHING) == 0
    await storage.create_class(schema.definition)
    assert await ids(storage) == []


async def test_deleting_a_class_that_is_not_there_does_nothing(storage: Storage) -> None:
    await storage.delete_class(EVERY_TYPE)
    assert await storage.load_classes() == []


async def test_another_server_sees_the_classes(lasting: StoreOpener) -> None:
    first, second = lasting(), lasting()
    await first.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.insert(EVERY_TYPE, thing("t1", text="x"))
    await second.start()
    assert await second.load_classes() == [EVERY_TYPE.definition]
    assert await second.get(EVERY_TYPE, "t1", None) == thing("t1", text="x")
    await first.close()
    await second.close()
