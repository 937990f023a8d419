"""What a find with a text search may ask for, and what it must not tell."""

from typing import Any

import httpx
import pytest

from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

COFFEE = {"$text": {"$search": {"$term": "coffee"}}}


async def search(
    parse: LocalApp, asked: dict[str, object], *, master: bool = False
) -> httpx.Response:
    body = {"_method": "GET", **asked}
    return await parse.send("POST", "/classes/Drink", body, master=master)


async def found(parse: LocalApp, **asked: object) -> list[dict[str, Any]]:
    answer = await search(parse, asked)
    assert answer.is_success, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


@pytest.fixture
async def drinks(parse: LocalApp) -> LocalApp:
    await parse.create("Drink", {"name": "coffee and cream", "note": "secret"})
    await parse.create("Drink", {"name": "coffee", "note": "milk"})
    return parse


async def test_the_score_orders_whatever_the_sign(drinks: LocalApp) -> None:
    for order in ("$score", "-$score", "$score,name"):
        rows = await found(drinks, where={"name": COFFEE}, order=order)
        assert [row["name"] for row in rows] == ["coffee", "coffee and cream"]
        assert "score" not in rows[0]


async def test_the_score_is_shown_on_demand(drinks: LocalApp) -> None:
    rows = await found(drinks, where={"name": COFFEE}, keys="name,$score", order="$score")
    assert [(row["name"], row["score"]) for row in rows] == [
        ("coffee", 1),
        ("coffee and cream", 0.75),
    ]
    assert "note" not in rows[0]


@pytest.mark.parametrize(
    "asked",
    [
        {"where": {"name": "coffee"}, "order": "$score"},
        {"where": {"name": "coffee"}, "keys": "$score"},
        {"where": {"$nor": [{"name": COFFEE}]}},
        {"where": {"$or": [{"name": COFFEE}, {"name": COFFEE}]}},
        {"where": {"name": COFFEE, "note": COFFEE}},
        {"where": {"name": {"$text": {"$search": {"$term": "x", "$language": "klingon"}}}}},
    ],
)
async def test_what_no_store_can_answer_is_refused(
    drinks: LocalApp, asked: dict[str, object]
) -> None:
    answer = await search(drinks, asked)
    assert (answer.status_code, answer.json()["code"]) == (400, 102)


async def protect_note(parse: LocalApp) -> None:
    permissions = {"find": {"*": True}, "protectedFields": {"*": ["note"]}}
    body = {"classLevelPermissions": permissions}
    await parse.ok("PUT", "/schemas/Drink", body, master=True)


async def test_a_hidden_field_cannot_be_searched(drinks: LocalApp) -> None:
    await protect_note(drinks)
    answer = await search(drinks, {"where": {"note": COFFEE}})
    assert (answer.status_code, answer.json()["code"]) == (400, 119)


async def test_a_search_beside_a_hidden_field_in_one_index_is_refused(drinks: LocalApp) -> None:
    indexes = {"both": {"name": "text", "note": "text"}}
    await drinks.ok("PUT", "/schemas/Drink", {"indexes": indexes}, master=True)
    secret = {"name": {"$text": {"$search": {"$term": "secret"}}}}
    assert len(await found(drinks, where=secret)) == 1
    await protect_note(drinks)
    answer = await search(drinks, {"where": secret})
    assert (answer.status_code, answer.json()["code"]) == (400, 119)
    assert (await search(drinks, {"where": secret}, master=True)).is_success


async def test_objects_that_may_not_be_read_are_not_found(drinks: LocalApp) -> None:
    await drinks.create("Drink", {"name": "coffee", "ACL": {}})
    assert len(await found(drinks, where={"name": COFFEE})) == 2
    assert len(await found(drinks, where={"name": COFFEE}, order="$score", keys="$score")) == 2


async def test_a_sub_query_may_search(drinks: LocalApp) -> None:
    (best,) = await found(drinks, where={"note": "milk"})
    pointer = {"__type": "Pointer", "className": "Drink", "objectId": best["objectId"]}
    await drinks.create("Order", {"drink": pointer})
    inner = {"className": "Drink", "where": {"name": COFFEE}}
    assert len(await drinks.find("Order", {"drink": {"$inQuery": inner}})) == 1
