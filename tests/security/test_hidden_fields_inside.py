"""Hidden fields, wherever inside a request they are named: what they hold decides no answer."""

import pytest

from tests.security.doors import MASTER, NOBODY, Door, Who, session
from tests.security.inner_doors import pointer, put_into_boxes, uses_of_a_field, ways_to_an_object
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

SECRET = "secret.test"
OPEN = {
    operation: {"*": True} for operation in ("find", "get", "count", "create", "update", "addField")
}
FIELDS = {
    "text": {"type": "String"},
    "secret": {"type": "String"},
    "map": {"type": "Object"},
    "place": {"type": "GeoPoint"},
    "owner": {"type": "Pointer", "targetClass": "_User"},
    "fans": {"type": "Relation", "targetClass": "_User"},
}


async def _hide(app: LocalApp, groups: dict[str, list[str]], **values: object) -> tuple[str, str]:
    """A game with secrets and the box around it."""
    body = {"fields": FIELDS, "classLevelPermissions": {**OPEN, "protectedFields": groups}}
    await app.ok("POST", "/schemas/Game", body, master=True)
    secrets = {"secret": SECRET, "map": {"secret": SECRET}, "text": "open", **values}
    game = await app.create("Game", secrets, master=True)
    return game, await put_into_boxes(app, "Game", game, SECRET)


@pytest.mark.parametrize("field", ["secret", "map", "map.secret", "secret.x", "owner"])
async def test_rule_a_hidden_field_decides_no_answer(
    app: LocalApp, transport: Door, field: str
) -> None:
    await _hide(app, {"*": ["secret", "map", "owner"]})
    ann = await app.sign_up()
    value: object = pointer("_User", ann.id) if field == "owner" else SECRET
    for way in uses_of_a_field("Game", field, value):
        for who in (NOBODY, session(ann)):
            reply = await transport.ask(app, "GET", way.path, way.parameters, who=who)
            assert (reply.code, reply.error) == (119, "Permission denied"), way
        shown = await transport.ask(app, "GET", way.path, way.parameters, who=MASTER)
        assert shown.code != 119, way


async def test_rule_a_hidden_field_is_in_no_answer_by_any_way(
    app: LocalApp, transport: Door
) -> None:
    hidden = ["secret", "map"]
    game, box = await _hide(app, {"*": hidden, "authenticated": hidden})
    for way in ways_to_an_object("Game", game, box):
        for who in (NOBODY, session(await app.sign_up())):
            reply = await transport.ask(app, "GET", way.path, way.parameters, who=who)
            assert reply.ok, way
            assert '"secret"' not in reply.text, way
            assert '"map"' not in reply.text, way


async def test_rule_where_one_object_shows_a_field_all_the_same_it_decides_nothing(
    app: LocalApp, transport: Door
) -> None:
    """Ann sees the secret of her own game, and learns nothing of other games by it."""
    ann = await app.sign_up()
    groups = {"*": ["secret"], "userField:owner": []}
    game, _ = await _hide(app, groups, owner=pointer("_User", ann.id))

    own = await transport.ask(app, "GET", f"/classes/Game/{game}", who=session(ann))

    assert own.value["secret"] == SECRET
    for way in uses_of_a_field("Game", "secret", SECRET):
        reply = await transport.ask(app, "GET", way.path, way.parameters, who=session(ann))
        assert reply.code == 119, way


@pytest.mark.parametrize("group", ["role:admins", "user"])
async def test_rule_a_hidden_relation_is_followed_by_whom_it_is_shown_to(
    app: LocalApp, transport: Door, group: str
) -> None:
    """Finds and counts ask for the whole identity alike."""
    ann, ben = await app.sign_up(), await app.sign_up()
    await app.grant_role("admins", ann)
    related = {"__op": "AddRelation", "objects": [pointer("_User", ben.id)]}
    groups = {"*": ["fans"], ann.id if group == "user" else group: []}
    game, _ = await _hide(app, groups, fans=related)
    followed = {"$relatedTo": {"object": pointer("Game", game), "key": "fans"}}
    for path, where in (
        ("/users", followed),
        ("/users", {"$or": [followed]}),
        ("/users", {"$nor": [{"$and": [followed]}]}),
        ("/classes/Game", {"fans": pointer("_User", ben.id)}),
        ("/classes/Game", {"$or": [{"fans": {"$in": [pointer("_User", ben.id)]}}]}),
        ("/classes/Box", {"one": {"$inQuery": _games(ben)}}),
    ):
        for asked in ({"where": where}, {"where": where, "count": 1, "limit": 0}):
            codes = [
                (await transport.ask(app, "GET", path, asked, who=who)).code
                for who in (NOBODY, session(ben), session(ann))
            ]
            assert codes == [119, 119, None], (path, asked)


def _games(fan: User) -> dict[str, object]:
    return {"className": "Game", "where": {"fans": pointer("_User", fan.id)}}


@pytest.mark.parametrize("operator", ["$or", "$and", "$nor"])
async def test_rule_array_like_objects_are_no_lists_inside_sub_queries(
    app: LocalApp, transport: Door, operator: str
) -> None:
    await _hide(app, {"*": ["secret"]})
    for children in (
        {"0": {"secret": SECRET}, "length": 1},
        {"secret": SECRET},
        [[{"secret": SECRET}]],
        SECRET,
    ):
        inner = {"className": "Game", "where": {operator: children}}
        for where in (
            {"one": {"$inQuery": inner}},
            {"one": {"$notInQuery": inner}},
            {"text": {"$select": {"query": inner, "key": "text"}}},
            {"$and": [{"text": {"$dontSelect": {"query": inner, "key": "text"}}}]},
        ):
            reply = await transport.ask(app, "GET", "/classes/Box", {"where": where})
            assert reply.code in (102, 107), where
            assert SECRET not in reply.text


async def test_rule_a_place_that_is_hidden_is_searched_by_nobody(
    app: LocalApp, transport: Door
) -> None:
    await _hide(app, {"*": ["place"]}, place={"__type": "GeoPoint", "latitude": 1, "longitude": 2})
    here = {"__type": "GeoPoint", "latitude": 1, "longitude": 2}
    for condition in (
        {"$nearSphere": here},
        {"$nearSphere": here, "$maxDistanceInKilometers": 1},
        {"$within": {"$box": [here, {**here, "latitude": 3, "longitude": 4}]}},
        {"$geoWithin": {"$centerSphere": [[1, 2], 0.1]}},
        {"$geoWithin": {"$polygon": [[0, 0], [0, 9], [9, 9]]}},
    ):
        for where in ({"place": condition}, {"$and": [{"place": condition}]}):
            reply = await transport.ask(app, "GET", "/classes/Game", {"where": where})
            assert reply.code == 119, where


@pytest.mark.parametrize("exempt", [True, False])
async def test_rule_answers_to_saves_hide_fields_where_that_is_wanted(
    transport: Door, exempt: bool
) -> None:
    async with local_app(protectedFieldsSaveResponseExempt=exempt) as app:
        ann = await app.sign_up()
        hidden = ["count", "given"]
        fields = {
            "count": {"type": "Number"},
            "given": {"type": "String", "defaultValue": SECRET},
        }
        permissions = {**OPEN, "protectedFields": {"*": hidden, "authenticated": hidden}}
        body = {"fields": fields, "classLevelPermissions": permissions}
        await app.ok("POST", "/schemas/Game", body, master=True)
        increment: dict[str, object] = {"count": {"__op": "Increment", "amount": 1}}
        told = [await _saved(app, transport, who, increment) for who in (NOBODY, session(ann))]
        to_master = await _saved(app, transport, MASTER, increment)

    assert told == [({"count", "given"}, {"count"}) if exempt else (set(), set())] * 2
    assert to_master == ({"count", "given"}, {"count"})


async def _saved(
    app: LocalApp, transport: Door, who: Who, body: dict[str, object]
) -> tuple[set[str], set[str]]:
    """What the answers to a create and to an update tell beside id and time."""
    created = await transport.ask(app, "POST", "/classes/Game", body, who=who)
    path = f"/classes/Game/{created.value['objectId']}"
    updated = await transport.ask(app, "PUT", path, body, who=who)
    return (
        created.value.keys() - {"objectId", "createdAt"},
        updated.value.keys() - {"updatedAt"},
    )
