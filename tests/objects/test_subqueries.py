"""Sub-queries and relations: whose rights count, how often the store is asked, and the bounds."""

from typing import Any

import pytest

from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio


def pointer(class_name: str, object_id: str) -> dict[str, str]:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


def related(*pointers: dict[str, str]) -> dict[str, object]:
    return {"__op": "AddRelation", "objects": list(pointers)}


def related_to(class_name: str, object_id: str, key: str = "likes") -> dict[str, object]:
    return {"$relatedTo": {"object": pointer(class_name, object_id), "key": key}}


def in_query(where: object, class_name: str = "Team") -> dict[str, object]:
    return {"$inQuery": {"where": where, "className": class_name}}


async def names(
    parse: LocalApp, class_name: str, where: object, user: User | None = None
) -> list[str]:
    found = await parse.find(class_name, where, user=user)
    return sorted(str(each["name"]) for each in found)


async def two_teams(parse: LocalApp, **red: object) -> None:
    """Ann plays for the red team, which may be hidden; Bob plays for the blue one."""
    for player, team, more in (("ann", "red", red), ("bob", "blue", {})):
        team_id = await parse.create("Team", {"name": team, **more})
        await parse.create("Player", {"name": player, "team": pointer("Team", team_id)})


async def test_a_sub_query_finds_only_what_its_caller_may_read(parse: LocalApp) -> None:
    user = await parse.sign_up()
    await two_teams(parse, ACL={user.id: {"read": True}})

    assert await names(parse, "Player", {"team": in_query({})}) == ["bob"]
    assert await names(parse, "Player", {"team": in_query({})}, user) == ["ann", "bob"]
    hidden = {"$notInQuery": {"where": {}, "className": "Team"}}
    assert await names(parse, "Player", {"team": hidden}) == ["ann"]


async def test_a_sub_query_needs_the_permission_of_its_class(parse: LocalApp) -> None:
    await two_teams(parse)
    closed = {"classLevelPermissions": {"find": {}, "get": {"*": True}}}
    await parse.ok("PUT", "/schemas/Team", closed, master=True)

    for constraint in (
        in_query({"name": "red"}),
        {"$notInQuery": {"where": {"name": "red"}, "className": "Team"}},
        {"$select": {"query": {"className": "Team", "where": {}}, "key": "name"}},
        {"$dontSelect": {"query": {"className": "Team", "where": {}}, "key": "name"}},
    ):
        body = {"_method": "GET", "where": {"team": constraint}}
        answer = await parse.send("POST", "/classes/Player", body)
        assert (answer.status_code, answer.json()["code"]) == (400, 119)


async def test_sub_queries_side_by_side_and_within_one_another(parse: LocalApp) -> None:
    await two_teams(parse, city="Rome")
    await parse.create("City", {"name": "Rome", "land": "Italy"})
    cities = {"query": {"className": "City", "where": {"land": "Italy"}}, "key": "name"}

    assert await names(parse, "Player", {"team": in_query({"city": {"$select": cities}})}) == [
        "ann"
    ]
    either = {"$or": [{"team": in_query({"name": name})} for name in ("red", "blue")]}
    assert await names(parse, "Player", either) == ["ann", "bob"]


async def test_a_sub_query_knows_no_default_limit(parse: LocalApp) -> None:
    requests: list[dict[str, Any]] = [
        {"method": "POST", "path": "/parse/classes/Word", "body": {"name": f"w{index}"}}
        for index in range(150)
    ]
    await parse.ok("POST", "/batch", {"requests": requests})
    await parse.create("Item", {"name": "item", "word": "w149"})
    words = {"query": {"className": "Word", "where": {}}, "key": "name"}

    assert await names(parse, "Item", {"word": {"$select": words}}) == ["item"]


async def test_the_rows_of_a_sub_query_can_be_bounded_for_clients() -> None:
    async with local_app(requestComplexity={"subqueryLimit": 1}) as parse:
        await two_teams(parse)
        where = {"team": in_query({})}

        assert len(await parse.find("Player", where)) == 1
        assert len(await parse.find("Player", where, master=True)) == 2


async def test_a_relation_is_told_to_whom_may_read_its_owner(parse: LocalApp) -> None:
    user = await parse.sign_up()
    post = await parse.create("Post", {"name": "post"})
    likes = related(pointer("Post", post))
    reader = await parse.create("Reader", {"likes": likes, "ACL": {user.id: {"read": True}}})
    where = related_to("Reader", reader)

    assert await names(parse, "Post", where) == []
    assert await names(parse, "Post", {"$or": [where, {"name": "none"}]}) == []
    assert await names(parse, "Post", where, user) == ["post"]
    # That it is not told must not tell either.
    assert await names(parse, "Post", {"$nor": [where]}) == ["post"]


async def test_a_relation_of_a_closed_class_is_not_told(parse: LocalApp) -> None:
    post = await parse.create("Post", {"name": "post"})
    reader = await parse.create("Reader", {"likes": related(pointer("Post", post))})
    closed = {"classLevelPermissions": {"get": {}, "find": {"*": True}}}
    await parse.ok("PUT", "/schemas/Reader", closed, master=True)

    assert await names(parse, "Post", related_to("Reader", reader)) == []


@pytest.mark.parametrize(
    ("class_name", "key"),
    [("Reader", "name"), ("Reader", "none"), ("Nobody", "likes"), ("_Join:likes:Reader", "x")],
)
async def test_what_is_no_relation_holds_nothing(
    parse: LocalApp, class_name: str, key: str
) -> None:
    post = await parse.create("Post", {"name": "post"})
    body = {"name": "r", "likes": related(pointer("Post", post))}
    reader = await parse.create("Reader", body)

    assert await names(parse, "Post", related_to(class_name, reader, key)) == []


async def test_a_hidden_relation_is_refused(parse: LocalApp) -> None:
    post = await parse.create("Post", {"name": "post"})
    reader = await parse.create("Reader", {"likes": related(pointer("Post", post))})
    hidden = {"classLevelPermissions": {"get": {"*": True}, "protectedFields": {"*": ["likes"]}}}
    await parse.ok("PUT", "/schemas/Reader", hidden, master=True)

    body = {"_method": "GET", "where": related_to("Reader", reader)}
    answer = await parse.send("POST", "/classes/Post", body)

    assert answer.json()["code"] == 119


async def test_a_condition_on_a_relation_is_one_on_the_owners(parse: LocalApp) -> None:
    one, two = [await parse.create("Post", {"name": name}) for name in ("one", "two")]
    await parse.create("Reader", {"name": "ann", "likes": related(pointer("Post", one))})
    both = related(pointer("Post", one), pointer("Post", two))
    await parse.create("Reader", {"name": "bob", "likes": both})
    await parse.create("Reader", {"name": "cat"})

    async def asked(constraint: object) -> list[str]:
        return await names(parse, "Reader", {"likes": constraint})

    assert await asked(pointer("Post", two)) == ["bob"]
    assert await asked({"$eq": pointer("Post", two)}) == ["bob"]
    assert await asked({"$ne": pointer("Post", two)}) == ["ann", "cat"]
    assert await asked({"$in": [pointer("Post", one)]}) == ["ann", "bob"]
    assert await asked({"$nin": [pointer("Post", one)]}) == ["cat"]
    assert await asked({"$nin": []}) == ["ann", "bob", "cat"]
    assert await asked({"$in": []}) == []
    for nothing in (None, "x", {"$exists": True}, {"$in": ["x"]}, {"$nin": ["x"]}, {"$gt": 1}):
        assert await asked(nothing) == []
    without = {"$nor": [{"likes": pointer("Post", two)}]}
    assert await names(parse, "Reader", without) == ["ann", "cat"]


async def test_an_ordinary_find_asks_the_store_once(parse: LocalApp) -> None:
    await two_teams(parse)
    parse.storage.taken_calls()

    await parse.find("Player", {"name": "ann"})

    assert len(parse.storage.taken_calls()) == 1


async def test_a_sub_query_costs_one_round_trip_more(parse: LocalApp) -> None:
    await two_teams(parse)
    parse.storage.taken_calls()

    await parse.find("Player", {"team": in_query({"name": "red"})})

    assert len(parse.storage.taken_calls()) == 2
