"""How often the store is asked: once for a get, a find, a create, an update, a delete."""

import pytest

from parsepy.types import JSONObject
from tests.support.local_app import LocalApp, User

pytestmark = pytest.mark.anyio


def _pointer(object_id: str, class_name: str = "Game") -> JSONObject:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


async def _game(parse: LocalApp, **fields: object) -> str:
    """A game of a class that is known, and a store that has forgotten what it was asked."""
    game = await parse.create("Game", {"score": 1, "name": "x", **fields})
    parse.storage.taken_calls()
    return game


async def _warm(parse: LocalApp, user: User, game: str) -> None:
    """The user's session and roles are cached then."""
    await parse.ok("GET", f"/classes/Game/{game}", user=user)
    parse.storage.taken_calls()


@pytest.mark.parametrize(
    ("method", "path", "body", "calls"),
    [
        ("GET", "/classes/Game/{id}", None, ["get"]),
        ("GET", "/classes/Game/{id}?keys=score", None, ["get"]),
        ("GET", "/classes/Game/nothing", None, ["get"]),
        ("GET", "/classes/Game", None, ["find"]),
        ("GET", '/classes/Game?where={"score":1}&order=-score&limit=5', None, ["find"]),
        ("GET", '/classes/Game?where={"objectId":"{id}"}', None, ["find"]),
        ("GET", "/classes/Game?count=1&limit=0", None, ["count"]),
        ("GET", "/classes/Game?limit=0", None, []),
        ("POST", "/classes/Game", {"score": 2}, ["insert"]),
        ("PUT", "/classes/Game/{id}", {"score": {"__op": "Increment", "amount": 1}}, ["update"]),
        ("PUT", "/classes/Game/nothing", {"score": 2}, ["update"]),
        ("DELETE", "/classes/Game/{id}", None, ["delete"]),
    ],
)
@pytest.mark.parametrize("caller", ["nobody", "master", "user"])
async def test_an_operation_asks_the_store_once(
    parse: LocalApp, caller: str, method: str, path: str, body: object, calls: list[str]
) -> None:
    game = await _game(parse)
    user = await parse.sign_up() if caller == "user" else None
    if user is not None:
        await _warm(parse, user, game)

    await parse.send(method, path.replace("{id}", game), body, user=user, master=caller == "master")

    # A find for the wire alone is one question too, whose answer comes as text.
    assert [call.removesuffix("_texts") for call in parse.storage.taken_calls()] == calls


async def test_a_find_with_its_count_asks_twice(parse: LocalApp) -> None:
    await _game(parse)

    await parse.ok("GET", "/classes/Game?count=1")

    assert sorted(parse.storage.taken_calls()) == ["count", "find"]


async def test_a_first_request_of_a_session_looks_session_user_and_roles_up(
    parse: LocalApp,
) -> None:
    game = await _game(parse)
    user = await parse.sign_up()
    parse.storage.taken_calls()

    await parse.ok("GET", f"/classes/Game/{game}", user=user)

    assert parse.storage.taken_calls() == ["find", "get", "role_names", "get"]


async def test_roles_are_looked_up_only_where_they_decide(parse: LocalApp) -> None:
    await _game(parse)
    user = await parse.sign_up()
    await parse.ok("GET", "/sessions/me", user=user)
    parse.storage.taken_calls()

    await parse.create("Game", {"score": 1}, user=user)

    assert parse.storage.taken_calls() == ["find", "get", "insert"]


async def test_an_include_asks_once_more_for_all_objects_of_a_class(parse: LocalApp) -> None:
    teams = [await parse.create("Team", {"name": f"team {n}"}) for n in range(3)]
    for number in range(9):
        await parse.create("Game", {"team": _pointer(teams[number % 3], "Team")})
    parse.storage.taken_calls()

    found = await parse.ok("GET", "/classes/Game?include=team")

    assert {game["team"]["name"] for game in found["results"]} == {"team 0", "team 1", "team 2"}
    assert parse.storage.taken_calls() == ["find", "find"]


async def test_an_include_in_vain_asks_no_more(parse: LocalApp) -> None:
    await _game(parse)

    await parse.ok("GET", "/classes/Game?include=team,name")

    assert parse.storage.taken_calls() == ["find"]


async def test_objects_of_two_levels_and_classes_are_fetched_level_by_level(
    parse: LocalApp,
) -> None:
    city = await parse.create("City", {"name": "Rome"})
    team = await parse.create("Team", {"city": _pointer(city, "City")})
    rest = [_pointer(city, "City"), _pointer(team, "Team")]
    await _game(parse, team=_pointer(team, "Team"), both=rest)

    found = await parse.ok("GET", "/classes/Game?include=team.city,both")

    game = found["results"][0]
    assert game["team"]["city"]["name"] == "Rome"
    assert [item["className"] for item in game["both"]] == ["City", "Team"]
    # The game; team, both of City, both of Team; the city of the team.
    assert parse.storage.taken_calls() == ["find"] * 5


async def test_a_batch_of_creates_of_one_class_asks_once(parse: LocalApp) -> None:
    await _game(parse)
    requests = [
        {"method": "POST", "path": "/parse/classes/Game", "body": {"score": number}}
        for number in range(50)
    ]

    answers = await parse.ok("POST", "/batch", {"requests": requests})

    assert len({answer["success"]["objectId"] for answer in answers}) == 50
    assert parse.storage.taken_calls() == ["insert_many"]


async def test_a_user_s_own_object_is_one_question(parse: LocalApp) -> None:
    user = await parse.sign_up()
    await parse.ok("GET", "/users/me", user=user)
    parse.storage.taken_calls()

    await parse.ok("GET", "/users/me", user=user)

    assert parse.storage.taken_calls() == ["find"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/health"), ("GET", "/nowhere"), ("OPTIONS", "/classes/Game"), ("GET", "/schemas")],
)
async def test_what_needs_no_store_asks_none(parse: LocalApp, method: str, path: str) -> None:
    parse.storage.taken_calls()

    await parse.send(method, path)

    assert parse.storage.taken_calls() == []


@pytest.mark.parametrize(
    ("kind", "method", "path", "body", "calls"),
    [
        ("beforeSave", "POST", "/classes/Game", {"score": 2}, ["insert"]),
        ("afterSave", "POST", "/classes/Game", {"score": 2}, ["insert"]),
        ("beforeSave", "PUT", "/classes/Game/{id}", {"score": 2}, ["find", "update"]),
        ("beforeDelete", "DELETE", "/classes/Game/{id}", None, ["find", "delete"]),
        ("beforeFind", "GET", "/classes/Game", None, ["find"]),
        ("afterFind", "GET", "/classes/Game/{id}", None, ["find"]),
        ("afterFind", "PUT", "/classes/Game/{id}", {"score": 2}, ["update"]),
    ],
)
async def test_a_trigger_costs_the_original_and_nothing_else(
    parse: LocalApp, kind: str, method: str, path: str, body: object, calls: list[str]
) -> None:
    game = await _game(parse)
    parse.app.registry.add_trigger(kind, "Game", lambda _: None)

    await parse.ok(method, path.replace("{id}", game), body)

    assert parse.storage.taken_calls() == calls
