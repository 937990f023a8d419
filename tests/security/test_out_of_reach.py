"""Classes and objects out of a caller's reach: nothing inside any request tells of them."""

from typing import Any

import pytest

from tests.security.doors import MASTER, NOBODY, Door, Reply, session
from tests.security.inner_doors import Way, pointer, put_into_boxes, ways_to_an_object
from tests.support.local_app import LocalApp, User

pytestmark = pytest.mark.anyio

SECRET = "secret.test"
OPEN = {operation: {"*": True} for operation in ("find", "get", "count", "create", "addField")}
OWNER = {"type": "Pointer", "targetClass": "_User"}
CLOSED_CLASSES = (
    *("_Join:users:_Role", "_Join:roles:_Role", "_Join:some:Box", "_Join:gone:Nowhere"),
    *("_Hooks", "_Idempotency", "_GlobalConfig", "_PushStatus", "_JobStatus", "_Audience"),
)
MISSPELT = ("_join:users:_Role", "_JOIN:users:_Role", "%5FJoin:users:_Role", " _Hooks", "_hooks")


async def test_rule_an_object_that_an_acl_closes_is_like_no_object(
    app: LocalApp, transport: Door
) -> None:
    await _compare_with_missing(app, transport, {"ACL": {}}, {})


async def test_rule_an_object_that_points_to_somebody_else_is_like_no_object(
    app: LocalApp, transport: Door
) -> None:
    rule = {operation: {"pointerFields": ["owner"]} for operation in ("find", "get", "count")}
    somebody = await app.sign_up()

    await _compare_with_missing(app, transport, {"owner": pointer("_User", somebody.id)}, rule)


async def _compare_with_missing(
    app: LocalApp, transport: Door, closed: dict[str, Any], rule: dict[str, Any]
) -> None:
    """By every way, with the object there and after it is gone."""
    ann = await app.sign_up()
    permissions = {**OPEN, **rule}
    body = {"fields": {"owner": OWNER}, "classLevelPermissions": permissions}
    await app.ok("POST", "/schemas/Game", body, master=True)
    game = await app.create("Game", {"text": SECRET, **closed}, master=True)
    box = await put_into_boxes(app, "Game", game, SECRET)
    ways = list(ways_to_an_object("Game", game, box))
    shown = [await transport.ask(app, "GET", way.path, way.parameters, who=MASTER) for way in ways]
    there = [await _asked(app, transport, way, ann) for way in ways]

    await app.ok("DELETE", f"/classes/Game/{game}", master=True)

    gone = [await _asked(app, transport, way, ann) for way in ways]
    differing = [
        way for way, before, after in zip(ways, there, gone, strict=True) if before != after
    ]
    assert not differing
    assert all(reply.ok for reply in shown)


async def _asked(app: LocalApp, transport: Door, way: Way, user: User) -> list[Reply]:
    return [
        await transport.ask(app, "GET", way.path, way.parameters, who=who)
        for who in (NOBODY, session(user))
    ]


@pytest.mark.parametrize("closed", ["find", "get", "count"])
async def test_rule_permission_is_judged_on_every_class_that_a_request_touches(
    app: LocalApp, transport: Door, closed: str
) -> None:
    body = {"fields": {}, "classLevelPermissions": {**OPEN, closed: {}}}
    await app.ok("POST", "/schemas/Game", body, master=True)
    game = await app.create("Game", {"text": SECRET}, master=True)
    box = await put_into_boxes(app, "Game", game, SECRET)
    ann = await app.sign_up()
    for way in ways_to_an_object("Game", game, box):
        needed = {way.permission, "count"} if way.name == "find with a count" else {way.permission}
        for who in (NOBODY, session(ann)):
            reply = await transport.ask(app, "GET", way.path, way.parameters, who=who)
            assert (reply.code == 119) is (closed in needed), way


@pytest.mark.parametrize("class_name", CLOSED_CLASSES)
async def test_rule_internal_classes_are_reached_by_nothing_inside_a_request(
    app: LocalApp, transport: Door, class_name: str
) -> None:
    eve = await app.sign_up()
    await app.grant_role("admins", eve)
    await app.create("Game", {"text": "x", "one": pointer(class_name, "one")}, master=True)
    for asked in _asking_inside(class_name, eve):
        reply = await transport.ask(app, "GET", "/classes/Game", asked, who=session(eve))
        assert reply.code == 119 or reply.value == {"results": []}, asked


@pytest.mark.parametrize("class_name", CLOSED_CLASSES)
async def test_rule_a_redirect_to_an_internal_class_is_closed(
    app: LocalApp, transport: Door, class_name: str
) -> None:
    """Also where a relation leads there, whoever has made it."""
    related = {"__op": "AddRelation", "objects": [pointer(class_name, "one")]}
    await app.create("Game", {"mine": related})
    await app.create("Game", {"theirs": related}, master=True)
    for key in ("mine", "theirs"):
        asked = {"redirectClassNameForKey": key}
        for parameters in (asked, {**asked, "count": 1, "limit": 0}):
            reply = await transport.ask(app, "GET", "/classes/Game", parameters)
            assert reply.code == 119, key


@pytest.mark.parametrize("class_name", MISSPELT)
async def test_rule_an_internal_class_in_another_spelling_is_no_class(
    app: LocalApp, transport: Door, class_name: str
) -> None:
    eve = await app.sign_up()
    await app.grant_role("admins", eve)
    await app.ok("POST", "/hooks/functions", {"functionName": "f", "url": SECRET}, master=True)
    await app.create("Game", {"text": SECRET})
    for asked, nowhere in zip(
        _asking_inside(class_name, eve), _asking_inside("Nowhere", eve), strict=True
    ):
        reply = await transport.ask(app, "GET", "/classes/Game", asked, who=session(eve))
        expected = await transport.ask(app, "GET", "/classes/Game", nowhere, who=session(eve))
        assert reply == expected, asked


def _asking_inside(class_name: str, user: User) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"className": class_name, "where": {}}
    narrow = {**query, "where": {"relatedId": user.id}}
    owner = {"object": pointer(class_name, "one"), "key": "users"}
    wheres: list[dict[str, Any]] = [
        {"one": {"$inQuery": query}},
        {"one": {"$notInQuery": query}},
        {"text": {"$select": {"query": query, "key": "relatedId"}}},
        {"text": {"$dontSelect": {"query": query, "key": "url"}}},
        {"$or": [{"one": {"$inQuery": narrow}}]},
        {"$nor": [{"one": {"$notInQuery": narrow}}]},
        {"one": {"$inQuery": {**query, "redirectClassNameForKey": "users"}}},
        {"$relatedTo": owner},
        {"$and": [{"$relatedTo": owner}]},
    ]
    return [
        *({"where": where} for where in wheres),
        *({"where": where, "count": 1, "limit": 0} for where in wheres[:1]),
    ]


async def test_rule_an_owner_out_of_reach_has_no_relations(app: LocalApp, transport: Door) -> None:
    """Neither alone nor inside a logical operator does it tell more than an owner that is gone."""
    ann, ben = await app.sign_up(), await app.sign_up()
    for class_name, rule, more in (
        ("ByAcl", {"*": True}, {"ACL": {ann.id: {"read": True}}}),
        ("ByClass", {}, {}),
        ("ByPointer", {"pointerFields": ["owner"]}, {"owner": pointer("_User", ann.id)}),
    ):
        owner = await _with_a_game(app, class_name, rule, more)
        for who in (NOBODY, session(ben)):
            there, missing = [
                [
                    await transport.ask(app, "GET", "/classes/Game", asked, who=who)
                    for asked in _shapes(class_name, object_id)
                ]
                for object_id in (owner, "missing")
            ]
            assert there == missing, class_name
            assert there[0].value == {"results": []}
        (shown, *_) = _shapes(class_name, owner)
        reply = await transport.ask(app, "GET", "/classes/Game", shown, who=MASTER)
        assert len(reply.value["results"]) == 1


async def _with_a_game(
    app: LocalApp, class_name: str, rule: dict[str, Any], more: dict[str, Any]
) -> str:
    """The id of a new object of the class, whose relation `games` holds one that all may read."""
    game = await app.create("Game", {"text": "x"})
    fields = {"games": {"type": "Relation", "targetClass": "Game"}, "owner": OWNER}
    body = {"fields": fields, "classLevelPermissions": {**OPEN, "get": rule}}
    await app.ok("POST", f"/schemas/{class_name}", body, master=True)
    related = {"__op": "AddRelation", "objects": [pointer("Game", game)]}
    return await app.create(class_name, {"games": related, **more}, master=True)


def _shapes(class_name: str, object_id: str) -> list[dict[str, Any]]:
    related = {"$relatedTo": {"object": pointer(class_name, object_id), "key": "games"}}
    wheres = (
        related,
        {"$or": [related, {"text": "y"}]},
        {"$and": [{"text": "x"}, related]},
        {"$nor": [related]},
        {"$or": [{"$and": [related]}]},
    )
    return [
        *({"where": where} for where in wheres),
        *({"where": where, "count": 1, "limit": 0} for where in wheres),
    ]
