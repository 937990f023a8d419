"""Queries over several classes, aggregation, and permissions that depend on who asks."""

import json
from typing import Final
from urllib.parse import urlencode

from parsepy.types import JSONObject, JSONValue
from scripts.benchmark.exchange import MASTER, Client, Request, WrongAnswerError
from scripts.benchmark.scenarios.scenario import Expected, Scenario, read_back, results, same
from scripts.benchmark.seed import BATCH, ROWS, Seed, batch_of, pointer, row, store

PLAYERS, TEAMS, LEAGUES = "BenchPlayer", "BenchTeam", "BenchLeague"
PLACES, SALES, OWNED, TEAM_FILES = "BenchPlace", "BenchSale", "BenchOwned", "BenchTeamFile"
TEAM_COUNT: Final = 20
SALE_COUNT: Final = 10_000
ROLE_COUNT: Final = 50
REGIONS: Final = ("north", "east", "south", "west")


def _find(class_name: str, session_token: str | None = None, **parameters: str | int) -> Request:
    path = f"/classes/{class_name}?{urlencode(parameters)}"
    return Request("GET", path, session_token=session_token)


# -- sub-query and include


def _plant_players(client: Client, seed: Seed) -> None:
    if PLAYERS in seed.more:
        return
    leagues = store(client, LEAGUES, [{"name": f"league {index}"} for index in range(4)])
    teams: list[JSONObject] = [
        {
            "name": f"team {index:02}",
            "city": f"city {index % 5}",
            "league": pointer(LEAGUES, leagues[index % 4]),
        }
        for index in range(TEAM_COUNT)
    ]
    ids = store(client, TEAMS, teams)
    players: list[JSONObject] = [
        {**row(index, seed.user_id), "team": pointer(TEAMS, ids[index % TEAM_COUNT])}
        for index in range(ROWS)
    ]
    seed.more[PLAYERS] = store(client, PLAYERS, players)


def _players_of(city: int) -> Request:
    teams: JSONObject = {"where": {"city": f"city {city}"}, "className": TEAMS}
    return _find(PLAYERS, where=json.dumps({"team": {"$inQuery": teams}}), limit=10)


def _check_players_of(client: Client, _seed: Seed) -> None:
    found = results(client, _players_of(3))
    numbers = [int(str(player.get("player", "player -1")).split()[1]) for player in found]
    if len(found) != 10 or any(number % TEAM_COUNT % 5 != 3 for number in numbers):
        raise WrongAnswerError(f"players of the teams of a city: {numbers}")


def _players_with_leagues() -> Request:
    return _find(PLAYERS, order="player", limit=10, include="team.league")


def _check_players_with_leagues(client: Client, _seed: Seed) -> None:
    for index, player in enumerate(results(client, _players_with_leagues())):
        team = player.get("team")
        league = team.get("league") if isinstance(team, dict) else None
        name = league.get("name") if isinstance(league, dict) else None
        same(
            {"player": player.get("player"), "league": name},
            {"player": f"player {index:04}", "league": f"league {index % TEAM_COUNT % 4}"},
            "include",
        )


# -- geo


def _plant_places(client: Client, _seed: Seed) -> None:
    places: list[JSONObject] = [
        {"player": f"place {index}", "at": _geo_point(index % 40 - 20, index // 40 * 2 - 25)}
        for index in range(ROWS)
    ]
    store(client, PLACES, places)


def _geo_point(latitude: float, longitude: float) -> JSONObject:
    return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}


def _near(latitude: float) -> Request:
    where: JSONObject = {"at": {"$nearSphere": _geo_point(latitude, 0.2)}}
    return _find(PLACES, where=json.dumps(where), limit=10)


def _check_near(client: Client, _seed: Seed) -> None:
    nearest, *others = results(client, _near(3.1))
    if len(others) != 9 or nearest.get("player") is None:
        raise WrongAnswerError(f"no player among the nearest: {nearest}")
    same(nearest, {"at": _geo_point(3, 1)}, "near")


# -- aggregate


def _plant_sales(client: Client, _seed: Seed) -> None:
    sales: list[JSONObject] = [
        {"region": REGIONS[index % 4], "amount": index % 100, "player": f"p {index % 7}"}
        for index in range(SALE_COUNT)
    ]
    store(client, SALES, sales, batch=500)


def _group() -> Request:
    group: JSONObject = {
        "_id": "$region",
        "total": {"$sum": "$amount"},
        "player": {"$max": "$player"},
    }
    pipeline = json.dumps([{"$group": group}])
    return Request("GET", f"/aggregate/{SALES}?{urlencode({'pipeline': pipeline})}", headers=MASTER)


def _check_group(client: Client, _seed: Seed) -> None:
    found = {str(each["objectId"]): each for each in results(client, _group())}
    for place, region in enumerate(REGIONS):
        total = sum(index % 100 for index in range(place, SALE_COUNT, 4))
        wanted: JSONObject = {"total": total, "player": "p 6"}
        same(found.get(region, {}), wanted, f"group {region}, the last player")


# -- permissions


def _plant_owned(client: Client, seed: Seed) -> None:
    store(client, OWNED, [row(index, seed.user_id) for index in range(ROWS)])
    schema: JSONObject = {
        "classLevelPermissions": {
            "find": {},
            "create": {"*": True},
            "readUserFields": ["owner"],
            "protectedFields": {"*": ["stats", "ratio"], "userField:owner": ["ratio"]},
        }
    }
    client.send(Request("PUT", f"/schemas/{OWNED}", schema, headers=MASTER)).json_object(200)


def _owned(seed: Seed) -> Request:
    return _find(OWNED, seed.session_token, order="player", limit=10)


def _check_owned(client: Client, seed: Seed) -> None:
    found = results(client, _owned(seed))
    if len(found) != 10 or any("ratio" in each for each in found):
        raise WrongAnswerError(f"pointer permissions showed {found}")
    for index, each in enumerate(found):
        same(each, {"player": f"player {index:04}", "stats": row(index, "")["stats"]}, "owner")
    if results(client, _find(OWNED)):
        raise WrongAnswerError("pointer permissions showed objects to nobody")


def _plant_roles(client: Client, seed: Seed) -> None:
    user: JSONObject = pointer("_User", seed.user_id)
    roles: list[JSONObject] = [
        {
            "name": f"bench{index}",
            "ACL": {"*": {"read": True}},
            "users": {"__op": "AddRelation", "objects": [user]},
        }
        for index in range(ROLE_COUNT)
    ]
    store(client, "_Role", roles, headers=MASTER)
    files: list[JSONObject] = [
        {**row(index, seed.user_id), "ACL": {f"role:bench{index % ROLE_COUNT}": {"read": True}}}
        for index in range(ROWS)
    ]
    store(client, TEAM_FILES, files)


def _by_role(seed: Seed) -> Request:
    return _find(TEAM_FILES, seed.session_token, order="player", limit=10)


def _check_by_role(client: Client, seed: Seed) -> None:
    found = results(client, _by_role(seed))
    names = [each.get("player") for each in found]
    if names != [f"player {index:04}" for index in range(10)]:
        raise WrongAnswerError(f"roles showed {names}, wanted the first ten by player")
    if results(client, _find(TEAM_FILES)):
        raise WrongAnswerError("what roles may read was shown to nobody")


# -- batch


def _changes(client: Client, seed: Seed) -> Request:
    """What saveAll sends for objects with a changed field."""
    change: JSONValue = {"score": 1, "player": "changed"}
    return batch_of(client, [("PUT", path, change) for path in _counters(seed)])


def _increments(client: Client, seed: Seed) -> Request:
    change: JSONValue = {"score": {"__op": "Increment", "amount": 1}}
    return batch_of(client, [("PUT", path, change) for path in _counters(seed)])


def _counters(seed: Seed) -> list[str]:
    return [f"/classes/BenchCounter/{object_id}" for object_id in seed.counters[:BATCH]]


def _check_changes(client: Client, seed: Seed) -> None:
    client.send(_changes(client, seed))
    after = read_back(client, "BenchCounter", seed.counters[BATCH - 1])
    wanted: JSONObject = {**row(BATCH - 1, seed.user_id), "score": 1, "player": "changed"}
    same(after, wanted, "batch of updates")


def _check_increments(client: Client, seed: Seed) -> None:
    before = read_back(client, "BenchCounter", seed.counters[BATCH - 1])
    client.send(_increments(client, seed))
    after = read_back(client, "BenchCounter", seed.counters[BATCH - 1])
    score, player = before["score"], before.get("player", "player")
    assert isinstance(score, int)
    wanted: JSONObject = {**row(BATCH - 1, seed.user_id), "score": score + 1, "player": player}
    same(after, wanted, "batch of Increments")


TEN_OBJECTS: Final = Expected(200, '"createdAt"', 10)

PROTOCOL: tuple[Scenario, ...] = (
    Scenario(
        "in-query",
        "find 10, $inQuery",
        lambda _client, _seed: [_players_of(city) for city in range(5)],
        _check_players_of,
        TEN_OBJECTS,
        _plant_players,
    ),
    Scenario(
        "include",
        "find 10, two levels of include",
        lambda _client, _seed: [_players_with_leagues()],
        _check_players_with_leagues,
        Expected(200, '"createdAt"', 30),
        _plant_players,
    ),
    Scenario(
        "near",
        "the 10 nearest of 1,000",
        lambda _client, _seed: [_near(latitude) for latitude in range(-15, 15)],
        _check_near,
        TEN_OBJECTS,
        _plant_places,
    ),
    Scenario(
        "group",
        "aggregate, $group of 10,000",
        lambda _client, _seed: [_group()],
        _check_group,
        Expected(200, '"total"', 4),
        _plant_sales,
    ),
    Scenario(
        "owned",
        "find 10, pointer permissions, protected fields",
        lambda _client, seed: [_owned(seed)],
        _check_owned,
        TEN_OBJECTS,
        _plant_owned,
    ),
    Scenario(
        "roles",
        "find 10, user with 50 roles",
        lambda _client, seed: [_by_role(seed)],
        _check_by_role,
        TEN_OBJECTS,
        _plant_roles,
    ),
    Scenario(
        "batch-updates",
        f"batch of {BATCH} updates",
        lambda client, seed: [_changes(client, seed)],
        _check_changes,
        Expected(200, '"updatedAt"', BATCH),
    ),
    Scenario(
        "batch-increments",
        f"batch of {BATCH} Increments",
        lambda client, seed: [_increments(client, seed)],
        _check_increments,
        Expected(200, '"updatedAt"', BATCH),
    ),
)
