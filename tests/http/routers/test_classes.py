"""`/classes`: who a route serves, and how its answers are laid out."""

import pytest

from tests.support.local_app import URL, LocalApp

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["results"]),
        ("?limit=0", ["results"]),
        ("?count=0", ["results"]),
        ("?count=1", ["count", "results"]),
        ("?count=1&limit=0", ["count", "results"]),
        ('?count=1&where={"a":2}', ["count", "results"]),
    ],
)
async def test_results_are_one_key_or_two(parse: LocalApp, query: str, keys: list[str]) -> None:
    """Flutter tells a list from an object by their number."""
    await parse.create("Game", {"a": 1})

    assert sorted(await parse.ok("GET", f"/classes/Game{query}")) == keys


async def test_a_created_object_is_where_its_location_says(parse: LocalApp) -> None:
    answer = await parse.send("POST", "/classes/Game", {"a": 1})

    location = answer.headers["Location"]
    assert location == f"{URL}/classes/Game/{answer.json()['objectId']}"
    found = await parse.client.get(location, headers={"X-Parse-Application-Id": "app"})
    assert found.json()["a"] == 1


async def test_a_user_is_at_users_whichever_way_he_came(parse: LocalApp) -> None:
    for path, number in (("/users", 1), ("/classes/_User", 2)):
        identity = {"authData": {"anonymous": {"id": f"{number}"}}}
        answer = await parse.send("POST", path, identity)
        assert answer.headers["Location"] == f"{URL}/users/{answer.json()['objectId']}"


async def test_only_his_own_object_has_the_user_s_token(parse: LocalApp) -> None:
    public = {"*": {"read": True}}
    ann, bob = await parse.sign_up(ACL=public), await parse.sign_up(ACL=public)

    tokens = {
        (asking, seen): (await parse.ok("GET", f"/users/{seen.id}", user=asking)).get(
            "sessionToken"
        )
        for asking in (ann, bob)
        for seen in (ann, bob)
    }

    assert tokens == {
        (ann, ann): ann.token,
        (bob, bob): bob.token,
        (ann, bob): None,
        (bob, ann): None,
    }


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("PUT", "/classes/Game", "Cannot PUT /parse/classes/Game"),
        ("PATCH", "/classes/Game/x", "Cannot PATCH /parse/classes/Game/x"),
        ("GET", "/classes", "Cannot GET /parse/classes"),
        ("GET", "/classes/a/b/c", "Cannot GET /parse/classes/a/b/c"),
        ("GET", "/Nowhere/%20", "Cannot GET /parse/Nowhere/%20"),
        ("GET", "/classes//x", "Cannot GET /parse/classes//x"),
    ],
)
async def test_a_route_that_is_not_there_is_named(
    parse: LocalApp, method: str, path: str, message: str
) -> None:
    answer = await parse.send(method, path)

    assert (answer.status_code, answer.json()) == (404, {"error": message})
