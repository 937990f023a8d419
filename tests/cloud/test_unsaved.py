"""New objects that others refer to are saved with them."""

from typing import Any

import pytest

from parsepy.cloud import Object, Query
from parsepy.errors import ParseError
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def test_new_objects_are_saved_before_what_refers_to_them(stored: LocalApp) -> None:
    order = list[str]()

    @stored.app.registry.trigger("beforeSave", "Game")
    @stored.app.registry.trigger("beforeSave", "Team")
    async def note(request: Any) -> None:
        order.append(f"{request.object.class_name} {request.object.get('name')}")

    ann, bob, eve = (Object("Team", ops={"name": name}) for name in ("ann", "bob", "eve"))
    bob.set("rival", eve)
    game = Object("Game")
    game.set("winner", ann)
    game.set("map", {"deep": [bob, 1]})
    game.add("all", ann, bob)
    assert game.get("winner") is ann
    with stored.app.cloud_code():
        await game.save()
        found = await Query("Game").include("winner", "all").get(str(game.object_id))

    assert order == ["Team ann", "Team eve", "Team bob", "Game None"]
    assert [one.object_id for one in found.get("all")] == [ann.object_id, bob.object_id]
    assert found.get("winner").get("name") == "ann"
    assert found.get("map")["deep"][0].object_id == bob.object_id
    assert not any(one.dirty() for one in (ann, bob, eve, game))


async def test_they_have_the_rights_of_the_save(stored: LocalApp) -> None:
    ann = await stored.sign_up()
    private: JSONObject = {ann.id: {"read": True, "write": True}}
    with stored.app.cloud_code():
        closed = Object("Game")
        closed.set_acl(private)
        await closed.save(session_token=ann.token)
        closed.set("team", Object("Team", ops={"n": 1}))
        with pytest.raises(ParseError):
            await closed.save()
        assert closed.dirty("team")
        await closed.save(session_token=ann.token)

    row = (await stored.find("Game", {}, user=ann))[0]
    assert row["team"]["objectId"] == closed.get("team").object_id


async def test_one_that_is_refused_leaves_the_other_unsaved(parse: LocalApp) -> None:
    @parse.app.registry.trigger("beforeSave", "Team")
    async def refuse(_request: Any) -> None:
        raise ParseError(999, "no teams")

    game = Object("Game")
    game.set("team", Object("Team"))
    with parse.app.cloud_code(), pytest.raises(ParseError, match="no teams"):
        await game.save()

    assert (game.is_new(), game.dirty("team")) == (True, True)
    assert await parse.find("Game", {}) == []


async def test_new_objects_that_refer_to_each_other_cannot_be_saved(parse: LocalApp) -> None:
    one, other = Object("Game"), Object("Game")
    one.set("other", other)
    other.set("list", [one])
    with parse.app.cloud_code(), pytest.raises(ValueError, match="refers to itself"):
        await one.save()

    assert await parse.find("Game", {}) == []


async def test_lists_of_new_objects_are_changed_before_they_are_saved(parse: LocalApp) -> None:
    one, other, third = (Object("Team", ops={"n": n}) for n in range(3))
    game = Object("Game")
    game.set("teams", [one])
    game.add("teams", other)
    game.add_unique("teams", other, third, third)
    game.remove("teams", one)

    assert [team.get("n") for team in game.get("teams")] == [1, 2]
    with parse.app.cloud_code():
        await game.save()
    rows = await parse.find("Game", {})
    assert [row["objectId"] for row in rows[0]["teams"]] == [other.object_id, third.object_id]
    assert one.is_new()


async def test_what_is_to_be_saved_within_an_object_shows_in_its_json(parse: LocalApp) -> None:
    game, team = Object("Game", "abcdefghij", {"map": {}}), Object("Team")
    game.set("map.team", team)

    shown: Any = game.to_json()["map"]
    assert dict(shown["team"]) == {"__type": "Pointer", "className": "Team"}
    with pytest.raises(ValueError, match="unsaved Team"):
        game.to_full_json()


async def test_a_trigger_may_set_a_new_object(stored: LocalApp) -> None:
    @stored.app.registry.before_save("Game")
    async def give_team(request: Any) -> None:
        request.object.set("team", Object("Team", ops={"n": 1}))

    created = await stored.ok("POST", "/classes/Game", {})

    (team,) = await stored.find("Team", {})
    assert created["team"]["objectId"] == team["objectId"]


async def test_a_function_gives_back_no_object_that_refers_to_a_new_one(parse: LocalApp) -> None:
    @parse.app.registry.function("f")
    async def give(_request: Any) -> Object:
        game = await Object("Game").save()
        game.set("team", Object("Team"))
        return game

    answer = await parse.send("POST", "/functions/f", {})

    assert answer.json() == {"code": 141, "error": "Cannot create a pointer to an unsaved Team"}


def test_a_relation_takes_saved_objects_alone() -> None:
    with pytest.raises(ValueError, match="unsaved Team"):
        Object("Game").relation("teams").add(Object("Team"))
