"""`Schema` in cloud code: the schema API, with the master key."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from parsepy.cloud import GeoPoint, Object, Polygon, Schema
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

MOMENT = datetime(2026, 11, 30, tzinfo=UTC)


class Level(Object, class_name="Level"):
    name: str


async def test_a_class_is_made_with_every_kind_of_field(stored: LocalApp) -> None:
    polygon = Polygon([(0, 0), (0, 1), (1, 1)])
    with stored.app.cloud_code():
        made = await (
            Schema("Game")
            .add_string("name", required=True, default="new")
            .add_number("score", default=0)
            .add_boolean("done")
            .add_bytes("raw", default=b"\x00")
            .add_date("at", default=MOMENT)
            .add_file("photo")
            .add_geo_point("place", default=GeoPoint(1, 2))
            .add_polygon("area", default=polygon)
            .add_array("tags", default=[1])
            .add_object("map", default={"a": 1})
            .add_pointer("level", Level, default=Level.without_data("l1"))
            .add_relation("players", "_User")
            .add_index("by_score", {"score": -1})
            .set_clp({"find": {"*": True}})
            .save(use_master_key=True)
        )
        found = await Schema("Game").get(use_master_key=True)

    fields, indexes = made["fields"], made["indexes"]
    assert isinstance(fields, dict)
    assert isinstance(indexes, dict)
    assert fields["name"] == {"type": "String", "required": True, "defaultValue": "new"}
    assert fields["level"] == {
        "type": "Pointer",
        "targetClass": "Level",
        "defaultValue": {"__type": "Pointer", "className": "Level", "objectId": "l1"},
    }
    assert fields["players"] == {"type": "Relation", "targetClass": "_User"}
    assert fields["at"] == {
        "type": "Date",
        "defaultValue": {"__type": "Date", "iso": "2026-11-30T00:00:00.000Z"},
    }
    assert indexes["by_score"] == {"score": -1}
    assert found["fields"] == fields
    assert (await stored.ok("GET", "/schemas/Game", master=True)) == found


async def test_a_class_is_changed_purged_and_dropped(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        schema = Schema("Game").add_string("a").add_string("b").add_index("by_a", {"a": 1})
        await schema.save(use_master_key=True)
        await schema.delete_index("by_a").update(use_master_key=True)
        changed = await schema.delete_field("a").add_number("c").update(use_master_key=True)
        await Object("Game").save({"c": 1})

        with pytest.raises(ParseError, match="is not empty"):
            await schema.delete(use_master_key=True)
        await schema.purge(use_master_key=True)
        await schema.delete(use_master_key=True)

        names = [one["className"] for one in await Schema.all(use_master_key=True)]
        with pytest.raises(ParseError, match="Class Game does not exist"):
            await schema.get(use_master_key=True)

    fields = changed["fields"]
    assert isinstance(fields, dict)
    assert {"b", "c"} == fields.keys() - {"objectId", "createdAt", "updatedAt", "ACL"}
    assert "Game" not in names
    assert "_User" in names


async def test_changes_that_were_refused_stay(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        schema = Schema("Game").add_string("a")
        with pytest.raises(ParseError):
            await schema.update(use_master_key=True)
        made = await schema.save(use_master_key=True)

    assert isinstance(made["fields"], dict)
    assert "a" in made["fields"]


CALLS: list[Callable[[], Awaitable[object]]] = [
    lambda: Schema.all(),
    lambda: Schema("Game").get(),
    lambda: Schema("Game").save(),
    lambda: Schema("Game").update(),
    lambda: Schema("Game").delete(),
    lambda: Schema("Game").purge(),
]


@pytest.mark.parametrize("call", CALLS)
async def test_all_of_it_is_for_the_master_key(
    parse: LocalApp, call: Callable[[], Awaitable[object]]
) -> None:
    await parse.create("Game", {"a": 1})

    with parse.app.cloud_code(), pytest.raises(ParseError) as refused:
        await call()

    assert refused.value.http_status == 403
    assert len(await parse.find("Game", {})) == 1


async def test_classes_that_are_locked_are_locked_for_the_app_too() -> None:
    async with local_app(schema={"definitions": [], "lockSchemas": True}) as app:
        with app.app.cloud_code(), pytest.raises(ParseError) as refused:
            await Schema("Game").save(use_master_key=True)
    assert refused.value.code == 119


def test_what_is_no_field() -> None:
    for name, kind, problem in (
        ("", "String", "may not be null"),
        ("a", "Text", "is not a valid type"),
        ("a", "Pointer", "targetClass of the Pointer"),
        ("a", "Relation", "targetClass of the Relation"),
    ):
        with pytest.raises(ValueError, match=problem):
            Schema("Game").add_field(name, kind)
    with pytest.raises(ValueError, match="has a name and fields"):
        Schema("Game").add_index("by_a", {})
    with pytest.raises(TypeError, match="no class name"):
        Schema(Object)
