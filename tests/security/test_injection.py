"""Keywords, operators and operands: what a client writes is data, never an instruction."""

import pytest

from tests.security.doors import HEADERS, MASTER, NOBODY, Door, session
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

DENIED_BODIES: list[dict[str, object]] = [
    {"constructor": 1},
    {"map": {"a": {"constructor": 1}}},
    {"map": {"a": {"b": {"c": 1}}, "constructor": 1}},
    {"first": {"a": {"b": 1}}, "second": {"__proto__": {}}},
    {"list": [1, [2, [{"__proto__": 1}]]]},
    {"list": {"__op": "Add", "objects": [1, {"a": {"constructor": 1}}]}},
    {"list": {"__op": "AddUnique", "objects": [{"__proto__": 1}]}},
    {"list": {"__op": "Remove", "objects": [{"a": [{"__proto__": 1}]}]}},
    {"map": {"a": {"_bsontype": "Code"}}},
]
"""A forbidden keyword at the top, nested, behind nested siblings, in lists, in operands."""

DENIED_UPDATES: list[dict[str, object]] = [
    *DENIED_BODIES,
    {"map.constructor": 1},
    {"map.a.__proto__": {"x": 1}},
]
OPERATORS = [
    *("$where", "$expr", "$function", "$jsonSchema", "$accumulator", "$comment", "$not", "$type"),
    *("$elemMatch", "$mod", "$size", "$bitsAllSet", "$meta", "$slice", "$natural", "$", "$EQ"),
    *("$eq ", "__class__.$eq", "$eq\0"),
]
NAMES_OF_PYTHON = ["__class__", "__init__", "__dict__", "__globals__", "mro", "format"]
MISTYPED_OPERANDS: list[tuple[str, object]] = [
    *(("$in", operand) for operand in ("a", 1, None, {}, {"0": "a", "length": 1})),
    *(("$nin", operand) for operand in ("a", True, {"0": "a"})),
    *(("$all", operand) for operand in ("a", 1, {"0": "a"})),
    *(("$containedBy", operand) for operand in ("a", {"0": "a"})),
    *(("$regex", operand) for operand in (1, None, ["a"], {"$ne": 1}, True)),
    *(("$eq", operand) for operand in ({"$ne": 1}, [1], {"a": 1})),
    *(("$gt", operand) for operand in ({"$ne": 1}, [1], {"a": 1})),
]
MISTYPED_LISTS: list[object] = [
    *({}, "a", 1, True, None, [], [1], ["a"], [[]], [None]),
    *({"0": {"a": 1}, "length": 1}, {"length": 1, "0": {}}),
]


async def _count(app: LocalApp, route: str) -> int:
    reply = await HEADERS.ask(app, "GET", route, {"count": 1, "limit": 0}, who=MASTER)
    count: int = reply.value["count"]
    return count


@pytest.mark.parametrize("route", ["/classes/Game", "/users", "/roles", "/installations"])
async def test_rule_the_denylist_scans_the_whole_tree_of_a_create(
    app: LocalApp, door: Door, route: str
) -> None:
    user = await app.sign_up()
    needed: dict[str, object] = {"username": "eve", "password": "x"}
    needed |= {"name": "r", "ACL": {"*": {"read": True}}}
    if route == "/installations":
        needed |= {"installationId": "i", "deviceType": "ios"}
    before = await _count(app, route)
    for denied in DENIED_BODIES:
        reply = await door.ask(app, "POST", route, {**needed, **denied}, who=session(user))
        assert reply.code == 105, denied
    assert await _count(app, route) == before


@pytest.mark.parametrize("denied", DENIED_BODIES, ids=str)
async def test_rule_the_denylist_scans_the_whole_tree_of_a_session(
    app: LocalApp, transport: Door, denied: dict[str, object]
) -> None:
    user = await app.sign_up()

    reply = await transport.ask(app, "POST", "/sessions", denied, who=session(user))

    assert reply.code == 105
    assert await _count(app, "/sessions") == 1


async def test_rule_the_denylist_scans_the_whole_tree_of_an_update(
    app: LocalApp, door: Door
) -> None:
    user = await app.sign_up(map={"a": 1})
    before = await app.ok("GET", f"/users/{user.id}", master=True)
    for denied in DENIED_UPDATES:
        reply = await door.ask(app, "PUT", f"/users/{user.id}", denied, who=session(user))
        assert reply.code == 105, denied
    assert await app.ok("GET", f"/users/{user.id}", master=True) == before


async def test_rule_the_denylist_scans_auth_data(app: LocalApp, door: Door) -> None:
    auth_data = {"anonymous": {"id": "one", "a": [{"constructor": 1}]}}

    reply = await door.ask(app, "POST", "/users", {"authData": auth_data})

    assert reply.code == 105
    assert await _count(app, "/users") == 0


async def test_rule_keys_are_data_never_attributes(stored: LocalApp) -> None:
    for name in NAMES_OF_PYTHON:
        held = {name: {name: [name, {name: 1}]}, "text": f"%s {name} {{0.{name}}} $where"}
        object_id = await stored.create("Game", {"map": held})
        assert (await stored.ok("GET", f"/classes/Game/{object_id}"))["map"] == held


async def test_rule_look_ups_go_through_explicit_dictionaries(
    app: LocalApp, transport: Door
) -> None:
    for name in [*NAMES_OF_PYTHON, "constructor", "toString", "", "{0.__class__}"]:
        bodies: list[dict[str, object]] = [
            {"a": {"__type": name}},
            {"a": {"__op": name}},
            {"a": {"__type": name, "className": name, "iso": name}},
            {"__op": name},
        ]
        for body in bodies:
            reply = await transport.ask(app, "POST", "/classes/Game", body)
            assert reply.code in (105, 107, 108, 111), body
        reply = await transport.ask(app, "POST", "/users", {"authData": {name: {"id": "1"}}})
        assert reply.code == 252, name
        where = {"a": {f"${name}": 1}}
        reply = await transport.ask(app, "GET", "/classes/Game", {"where": where})
        assert reply.code == 107, name


async def test_rule_query_operators_are_a_closed_list(stored: LocalApp) -> None:
    await stored.create("Game", {"name": "chess"})
    for operator in OPERATORS:
        for where in (
            {operator: "sleep(1)"},
            {operator: {"a": 1}},
            {operator: [{"name": "chess"}]},
            {"name": {operator: "chess"}},
            {"name": {operator: {"$eq": "chess"}}},
            {"name": {"$eq": {operator: 1}}},
            {"name": {"$in": [{operator: 1}]}},
            {"$or": [{"name": "x"}, {operator: "1"}]},
            {"$or": [{"name": {operator: 1}}]},
            {f"name.{operator}": 1},
        ):
            for who in (NOBODY, MASTER):
                reply = await HEADERS.ask(stored, "GET", "/classes/Game", {"where": where}, who=who)
                assert reply.code in (102, 105, 107, 108, 121), where


async def test_rule_query_operators_are_a_closed_list_by_every_door(
    app: LocalApp, door: Door
) -> None:
    user = await app.sign_up()
    for operator in ("$where", "$expr", "$jsonSchema"):
        for route in ("/users", "/sessions", "/roles", "/classes/Game"):
            wheres: list[object] = [
                *({operator: "1"}, {"name": {operator: 1}}, {"$and": [{operator: {}}]}),
            ]
            for where in wheres:
                reply = await door.ask(app, "GET", route, {"where": where}, who=session(user))
                assert reply.code in (102, 105, 107), (route, where)


async def test_rule_operand_types_are_checked(app: LocalApp, transport: Door) -> None:
    for operator, operand in MISTYPED_OPERANDS:
        for who in (NOBODY, MASTER):
            where = {"name": {operator: operand}}
            reply = await transport.ask(app, "GET", "/classes/Game", {"where": where}, who=who)
            assert reply.code in (102, 107), where


async def test_rule_logical_operands_are_lists_of_objects(app: LocalApp, transport: Door) -> None:
    for operator in ("$or", "$and", "$nor"):
        for operand in MISTYPED_LISTS:
            for where in ({operator: operand}, {"$or": [{operator: operand}]}):
                for who in (NOBODY, MASTER):
                    parameters = {"where": where}
                    reply = await transport.ask(app, "GET", "/classes/Game", parameters, who=who)
                    assert reply.code in (102, 107), where


async def test_rule_installation_values_are_strings(app: LocalApp, door: Door) -> None:
    operators: list[object] = [{"$ne": None}, {"$regex": "."}, ["a"], 1, True, {}]
    for name in ("deviceToken", "installationId", "appIdentifier"):
        for value in operators:
            body = {"deviceType": "ios", "installationId": "phone", name: value}
            reply = await door.ask(app, "POST", "/installations", body)
            assert reply.code in (111, 121), body
    assert await app.find("_Installation", {}, master=True) == []
