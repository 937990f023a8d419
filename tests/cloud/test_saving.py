"""Objects of cloud code in the store: the doors, rights and triggers of a request over REST."""

import threading
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from parsepy.cloud import ACL, GeoPoint, Object, Polygon, Query
from parsepy.cloud.current import current
from parsepy.errors import ParseError
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def test_an_object_is_saved_changed_fetched_and_destroyed(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        game = Object("Game")
        game["n"] = 1
        game["tags"] = ["a"]
        await game.save()

        assert game.object_id is not None
        assert (game.is_new(), game.dirty(), game["n"]) == (False, False, 1)
        assert game.created_at == game.updated_at

        game.increment("n", 4)
        game.add_unique("tags", "a", "b")
        del game["gone"]
        await game.save({"more": True})
        assert (game["n"], game["tags"], game["more"]) == (5, ["a", "b"], True)

        same = await Object.without_data(game.object_id, "Game").fetch()
        assert same.to_json() == game.to_json()

        await game.destroy()
        with pytest.raises(ParseError) as gone:
            await same.fetch()
        assert gone.value.code == 101


async def test_values_come_back_as_they_were_set(stored: LocalApp) -> None:
    moment = datetime(2026, 11, 30, 12, 0, 0, 123000, tzinfo=UTC)
    with stored.app.cloud_code():
        other = await Object("Other").save({"name": "o"})
        values: dict[str, Any] = {
            "when": moment,
            "where": GeoPoint(40.5, -3),
            "area": Polygon([(0, 0), (0, 1), (1, 1), (0, 0)]),
            "raw": b"\x00\xff",
            "map": {"deep": [moment, 1.5, None]},
            "other": other,
        }
        one = await Object("Thing").save(values)
        found = await Object.without_data(str(one.object_id), "Thing").fetch()
        included = await Object.without_data(str(one.object_id), "Thing").fetch(include=["other"])

    for name, value in values.items():
        if name != "other":
            assert found[name] == value, name
    assert found["other"].has_same_id(other)
    assert "name" not in found["other"]
    assert included["other"]["name"] == "o"


async def test_only_what_the_call_names_gives_rights(parse: LocalApp) -> None:
    ann, eve = await parse.sign_up(), await parse.sign_up()
    with parse.app.cloud_code():
        secret = Object("Secret")
        secret.set_acl(ACL(ann.id))
        await secret.save(use_master_key=True)

        for rights in ({}, {"session_token": eve.token}):
            with pytest.raises(ParseError) as refused:
                await Object.without_data(str(secret.object_id), "Secret").fetch(**rights)  # type: ignore[arg-type]
            assert refused.value.code == 101
            with pytest.raises(ParseError):
                await secret.save({"n": 1}, **rights)  # type: ignore[arg-type]
        assert secret.dirty("n")  # what was refused is still to be done
        await secret.save(session_token=ann.token)
        assert secret["n"] == 1
        with pytest.raises(ParseError) as unknown:
            await secret.save({"n": 2}, session_token="r:nothing")
        assert unknown.value.code == 209


async def test_triggers_run_and_what_they_change_is_known(stored: LocalApp) -> None:
    @stored.app.registry.before_save("Game")
    async def check(request: Any) -> None:
        request.object["checked"] = True
        request.context["seen"] = request.context.get("by")
        inner = Object("Log")
        inner["game"] = request.object.get("n")
        await inner.save(use_master_key=True)

    with stored.app.cloud_code():
        game = await Object("Game").save({"n": 7}, context={"by": "test"})

    assert game["checked"] is True
    logged = await stored.find("Log", {}, master=True)
    assert [row["game"] for row in logged] == [7]


async def test_what_a_trigger_does_to_its_context_stays_there(parse: LocalApp) -> None:
    @parse.app.registry.trigger("beforeSave", "Game")
    @parse.app.registry.trigger("beforeFind", "Game")
    @parse.app.registry.trigger("beforeDelete", "Game")
    async def leave(request: Any) -> None:
        request.context["list"].append(request.trigger_name)
        request.context["more"] = True

    given: JSONObject = {"list": [1]}
    with parse.app.cloud_code():
        game = await Object("Game").save(context=given)
        await game.fetch(context=given)
        await Query("Game").find(context=given)
        await game.destroy(context=given)

    assert given == {"list": [1]}


async def test_a_context_that_cannot_be_copied_is_refused(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        for context in ({"lock": threading.Lock()}, {"deep": [threading.Event()]}):
            with pytest.raises(ParseError, match="non-cloneable values") as refused:
                await Object("Game").save(context=cast("JSONObject", context))
            assert refused.value.code == 162

    assert await parse.find("Game", {}) == []


async def test_a_plain_function_waits_for_the_api(parse: LocalApp) -> None:
    @parse.app.registry.function("count")
    def count(request: Any) -> int:
        app = current()
        app.wait(Object("Game").save({"n": 1}))
        saved = app.wait(Object("Game").save({"n": 2}))
        return int(saved["n"])

    assert await parse.ok("POST", "/functions/count", {}) == {"result": 2}
    assert len(await parse.find("Game", {})) == 2


async def test_in_the_loop_nobody_waits(parse: LocalApp) -> None:
    @parse.app.registry.function("wrong")
    async def wrong(request: Any) -> None:
        current().wait(Object("Game").save())

    answer = await parse.send("POST", "/functions/wrong", {})

    assert answer.json()["code"] == 141
    assert "An async function awaits" in answer.json()["error"]


async def test_outside_of_cloud_code_it_is_said_what_is_missing() -> None:
    with pytest.raises(RuntimeError, match="only inside cloud code"):
        await Object("Game").save()
