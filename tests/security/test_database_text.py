"""Names and values on their way into a database's own language, and its errors on their way out."""

from urllib.parse import quote

import pytest

from tests.security.doors import HEADERS, MASTER, NOBODY, TRANSPORTS, Reply, Who
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

HOSTILE_NAMES = [
    *("a'b", 'a"b', "a`b", "a]b", "a)b", "a;b", "a--b", "a/*b", "a b", "a\nb", "a\\b", "a%b"),
    *("a') OR 1=1 --", 'a") OR ("1"="1', 'map"."a', "map.a'b", 'map.a"b', "map.a') OR ('1'='1"),
    *("map.$inc", "map.$[x]", "list.$", "map.a\0b", "a$b", "é", "map.é", "map..a", ".map", "map."),
    *("data->>'x'", "json(data)", "?", ":a", "@a", "#>>'{}'", "rowid--", "map.a[0]", "map.*"),
]
HOSTILE_VALUES = [
    *("' OR '1'='1", '" OR ""="', "'); DROP TABLE Game;--", "\\", "\\'", "%", "_", "$where", "?"),
    *("Game$x", "{$ne: null}", "a\nb", "\x01", "{0.__class__}", "%s", "é\u2028", "\U0001f600"),
]
BAD_PATTERNS = [
    *("(", ")", "[", "a**", "\\", "(?<n", "a{2,1}", "[z-a]", "(?R)", "*"),
    *("\\g{9}", "(?(1)a|b)", "x" * 40_000, "(((a){1000}){1000}){1000}"),
]
OPERATIONS: list[object] = [
    1,
    {"__op": "Increment", "amount": 1},
    {"__op": "Delete"},
    {"__op": "Add", "objects": [1]},
]
MISFITS: list[dict[str, object]] = [
    {"map.a.b": 1},
    {"map.a": {"__op": "Add", "objects": [1]}},
    {"list.x": {"__op": "Increment", "amount": 1}},
    {"list.0.y.z": 1},
    {"map": {"a": 1}, "map.a": 2},
    {"map.a": {"__op": "Increment", "amount": 1}, "map": {"__op": "Delete"}},
]
DRIVER_WORDS = [
    *("mongo", "sqlite", "apsw", "bson", "pcre", "re2", "select ", "traceback", "errmsg", ".py"),
    *("no such", "syntax error", "regular expression is invalid", "exception", "collection"),
]


@pytest.fixture
async def games(stored: LocalApp) -> LocalApp:
    for number in range(2):
        await stored.create("Game", {"name": f"game {number}", "map": {"a": number}, "list": [1]})
    return stored


async def _all(app: LocalApp) -> list[dict[str, object]]:
    found = await app.find("Game", {}, master=True)
    return sorted(found, key=lambda game: str(game["name"]))


@pytest.mark.parametrize("who", [NOBODY, MASTER], ids=["nobody", "master"])
async def test_rule_names_in_queries_follow_a_strict_grammar(games: LocalApp, who: Who) -> None:
    before = await _all(games)
    for name in HOSTILE_NAMES:
        for parameters in (
            {"where": {name: 1}},
            {"where": {name: {"$exists": True}}},
            {"where": {"$or": [{name: {"$regex": "x"}}]}},
            {"order": name},
            {"order": f"-{name}"},
        ):
            reply = await HEADERS.ask(games, "GET", "/classes/Game", parameters, who=who)
            # Dots at the wrong place name a part that no object has.
            nothing = reply.ok and "." in name and "where" in parameters
            assert reply.code in (102, 105) or (nothing and not reply.value["results"]), parameters
        for parameters in ({"keys": name}, {"include": name}, {"excludeKeys": name}):
            reply = await HEADERS.ask(games, "GET", "/classes/Game", parameters, who=who)
            assert len(reply.value["results"]) == 2, parameters
    assert await _all(games) == before


@pytest.mark.parametrize("who", [NOBODY, MASTER], ids=["nobody", "master"])
async def test_rule_names_in_writes_follow_a_strict_grammar(games: LocalApp, who: Who) -> None:
    before = await _all(games)
    for name in HOSTILE_NAMES:
        for value in OPERATIONS:
            path = f"/classes/Game/{before[0]['objectId']}"
            reply = await HEADERS.ask(games, "PUT", path, {name: value}, who=who)
            # Inside an Object a name may hold almost any character: it is data there.
            assert reply.code in (105, 107, 111, 121) or name.startswith("map."), (name, value)
        await HEADERS.ask(games, "PUT", path, {"map": before[0]["map"]}, who=MASTER)
    after = await _all(games)
    assert [_without_time(game) for game in after] == [_without_time(game) for game in before]


async def test_rule_names_of_classes_follow_a_strict_grammar(games: LocalApp) -> None:
    before = await _all(games)
    for name in HOSTILE_NAMES:
        path = f"/classes/{quote(name, safe='')}"
        created = await HEADERS.ask(games, "POST", path, {"a": 1}, who=MASTER)
        found = await HEADERS.ask(games, "GET", path, who=MASTER)
        schema = await HEADERS.ask(games, "POST", "/schemas", {"className": name}, who=MASTER)
        assert not created.ok, name
        assert not found.ok or found.value == {"results": []}, name
        assert schema.code == 103, name
    assert await _all(games) == before


async def test_rule_names_of_fields_and_indexes_follow_a_strict_grammar(games: LocalApp) -> None:
    before = await _all(games)
    for name in HOSTILE_NAMES:
        for change, codes in (
            ({"fields": {name: {"type": "String"}}}, (105,)),
            ({"indexes": {"one": {name: 1}}}, (102,)),
            ({"indexes": {name: {"name": 1}}}, (None, 102)),
        ):
            reply = await HEADERS.ask(games, "PUT", "/schemas/Game", change, who=MASTER)
            assert reply.code in codes, change
    assert await _all(games) == before


async def test_rule_values_are_parameters(stored: LocalApp) -> None:
    await stored.create("Game", {"name": "other", "list": ["other"], "map": {"a": "other"}})
    for value in HOSTILE_VALUES:
        held = {"name": value, "list": [value], "map": {"a": value}}
        object_id = await stored.create("Game", held)
        for where in (
            {"name": value},
            {"name": {"$in": [value]}},
            {"list": value},
            {"list": {"$all": [value]}},
            {"map.a": value},
            {"$nor": [{"name": {"$ne": value}}]},
        ):
            found = await stored.find("Game", where)
            assert [game["objectId"] for game in found] == [object_id], where


async def test_rule_a_bad_pattern_is_an_error_of_our_own(games: LocalApp) -> None:
    for transport in TRANSPORTS:
        for pattern in BAD_PATTERNS:
            where = {"name": {"$regex": pattern}}
            # The longest pattern would not fit into an address.
            if len(pattern) < 1000 or transport is not HEADERS:
                reply = await transport.ask(games, "GET", "/classes/Game", {"where": where})
                assert reply.code == 102, pattern
                assert not _driver_words(reply), reply.error


async def test_rule_database_errors_never_reach_the_client(games: LocalApp) -> None:
    before = await _all(games)
    path = f"/classes/Game/{before[0]['objectId']}"
    for transport in TRANSPORTS:
        for misfit in MISFITS:
            reply = await transport.ask(games, "PUT", path, {**misfit, "newField": 1})
            assert reply.code in (105, 107, 111), misfit
            assert not _driver_words(reply), reply.error
    assert await _all(games) == before
    assert "newField" not in (await games.ok("GET", "/schemas/Game", master=True))["fields"]


def _driver_words(reply: Reply) -> list[str]:
    return [word for word in DRIVER_WORDS if word in str(reply.error).lower()]


def _without_time(game: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in game.items() if name != "updatedAt"}
