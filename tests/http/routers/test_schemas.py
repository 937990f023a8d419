"""`/schemas` over HTTP: options of indexes, locked schemas, and classes defined as code."""

from typing import Any

import pytest

from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from tests.support.local_app import OPTIONS, READ_ONLY_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio

UNIQUE = {
    "fields": {"code": {"type": "String"}},
    "indexes": {"once": {"code": 1}},
    "indexOptions": {"once": {"unique": True}},
}
DEFINED = {"definitions": [{"className": "Game", "fields": {"score": {"type": "Number"}}}]}


async def test_all_classes_are_listed_for_the_read_only_key_too(parse: LocalApp) -> None:
    await parse.ok("POST", "/schemas/Game", {}, master=True)

    answer = await parse.send("GET", "/schemas", X_Parse_Master_Key=READ_ONLY_KEY)

    listed = [each["className"] for each in answer.json()["results"]]
    assert sorted(listed) == ["Game", "_Role", "_User"]


async def test_a_unique_index_binds_clients(parse: LocalApp) -> None:
    created = await parse.ok("POST", "/schemas/Ticket", UNIQUE, master=True)
    first = await parse.send("POST", "/classes/Ticket", {"code": "a"})
    second = await parse.send("POST", "/classes/Ticket", {"code": "a"})

    assert created["indexOptions"] == {"once": {"unique": True}}
    assert first.status_code == 201
    assert (second.status_code, second.json()) == (
        400,
        {
            "code": 137,
            "error": "A duplicate value for a field with unique values was provided",
        },
    )


async def test_an_index_that_meets_duplicates_changes_nothing(parse: LocalApp) -> None:
    for _ in range(2):
        await parse.create("Ticket", {"code": "a"})
    before = await parse.ok("GET", "/schemas/Ticket", master=True)
    change: dict[str, Any] = {
        **UNIQUE,
        "fields": {"fresh": {"type": "String"}},
        "classLevelPermissions": {},
    }
    change["indexes"] = {"good": {"code": -1}, **change["indexes"]}

    answer = await parse.send("PUT", "/schemas/Ticket", change, master=True)

    assert (answer.status_code, answer.json()["code"]) == (400, 137)
    after = await parse.ok("GET", "/schemas/Ticket", master=True)
    assert after.pop("indexes") == {"_id_": {"_id": 1}}
    assert after == before


async def test_what_was_read_can_be_sent_back(parse: LocalApp) -> None:
    await parse.ok("POST", "/schemas/Ticket", UNIQUE, master=True)
    read = await parse.ok("GET", "/schemas/Ticket", master=True)
    del read["indexes"]

    assert await parse.ok("PUT", "/schemas/Ticket", read, master=True) == (
        await parse.ok("GET", "/schemas/Ticket", master=True)
    )


async def test_the_servers_own_indexes_show_no_options(parse: LocalApp) -> None:
    users = await parse.ok("GET", "/schemas/_User", master=True)

    assert "username_1" in users["indexes"]
    assert "indexOptions" not in users


async def test_an_index_takes_the_place_of_one_in_its_way(parse: LocalApp) -> None:
    await parse.ok("POST", "/schemas/Ticket", {**UNIQUE, "indexOptions": {}}, master=True)
    rename = {"indexes": {"once": {"__op": "Delete"}, "renamed": {"code": 1}}}

    answer = await parse.ok("PUT", "/schemas/Ticket", rename, master=True)

    assert {name for name in answer["indexes"] if name != "_id_"} == {"renamed"}


async def test_a_locked_schema_still_deletes_and_serves() -> None:
    schema = {**DEFINED, "lockSchemas": True}
    async with local_app(schema=schema) as parse:
        refused = [
            await parse.send("POST", "/schemas/Other", {}, master=True),
            await parse.send("PUT", "/schemas/Game", {}, master=True),
        ]
        deleted = await parse.send("DELETE", "/schemas/Game", master=True)

    assert [(each.status_code, each.json()) for each in refused] == [
        (
            400,
            {
                "code": 119,
                "error": "Cannot perform this operation when schemas options is used.",
            },
        )
    ] * 2
    assert (deleted.status_code, deleted.json()) == (200, {})


async def test_classes_defined_in_python_are_there_with_their_hooks() -> None:
    order: list[str] = []

    async def after() -> None:
        order.append("after")

    schema = {
        **DEFINED,
        "beforeMigration": lambda: order.append("before"),
        "afterMigration": after,
    }
    async with local_app(schema=schema) as parse:
        found = await parse.ok("GET", "/schemas/Game", master=True)

    assert order == ["before", "after"]
    assert found["fields"]["score"] == {"type": "Number"}
    assert found["classLevelPermissions"]["addField"] == {}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ([], "Parse Server option schema must be an object."),
        ({"definitions": {}}, "Parse Server option schema.definitions must be an array."),
        ({"strict": "yes"}, "Parse Server option schema.strict must be a boolean."),
        ({"lockSchemas": 1}, "Parse Server option schema.lockSchemas must be a boolean."),
        (
            {"beforeMigration": "run"},
            "Parse Server option schema.beforeMigration must be a function.",
        ),
    ],
)
def test_a_wrong_option_keeps_the_app_from_being_made(schema: object, message: str) -> None:
    with pytest.raises(OptionsError) as refused:
        load_options({**OPTIONS, "schema": schema})
    assert str(refused.value) == message
