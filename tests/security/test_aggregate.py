"""Aggregation (security sheet, sections 5, 8 and 12): who may, and what no pipeline tells."""

import json
from typing import Any

import pytest

from tests.security.doors import HEADERS, MASTER, NOBODY, READ_ONLY, Door, Reply, Who, session
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

SECRETS = (
    "_hashed_password",
    "_session_token",
    "_perishable_token",
    "_email_verify_token",
    "$2b$",
    "r:",
)


async def ann_in(app: LocalApp) -> User:
    body = {"username": "ann", "password": "secret", "email": "ann@example.com"}
    answer = await app.ok("POST", "/users", body)
    await app.create("Game", {"name": "chess", "ACL": {}}, master=True)
    return User(answer["objectId"], answer["sessionToken"])


@pytest.fixture
async def ann(stored: LocalApp) -> User:
    return await ann_in(stored)


async def ask(app: LocalApp, who: Who, class_name: str, **parameters: Any) -> Reply:
    return await HEADERS.ask(app, "GET", f"/aggregate/{class_name}", parameters, who=who)


async def test_rule_clients_do_not_aggregate(app: LocalApp, transport: Door) -> None:
    ann = await ann_in(app)
    asked: list[dict[str, Any]] = [{"pipeline": [{"$match": {}}]}, {"distinct": "name"}]
    for who in (NOBODY, session(ann), Who(master_key="wrong"), Who(maintenance_key="wrong")):
        for parameters in asked:
            reply = await transport.ask(app, "GET", "/aggregate/Game", parameters, who=who)
            assert not reply.ok
            assert "chess" not in reply.text


async def test_rule_the_maintenance_key_opens_no_management_route(app: LocalApp) -> None:
    await ann_in(app)
    reply = await ask(app, Who(maintenance_key="maintenance-key"), "Game", pipeline=[])
    assert reply.status == 403


async def test_the_read_only_key_may_be_kept_out() -> None:
    async with local_app(allowAggregationForReadOnlyMasterKey=False) as app:
        await ann_in(app)
        asked: list[dict[str, Any]] = [{"pipeline": []}, {"distinct": "name"}]
        for parameters in asked:
            reply = await ask(app, READ_ONLY, "Game", **parameters)
            assert reply.code == 119
        assert (await ask(app, MASTER, "Game", pipeline=[])).ok


@pytest.mark.parametrize(
    "stage",
    [
        {"$out": "Stolen"},
        {"$merge": {"into": "Game"}},
        {"$facet": {"a": [{"$merge": {"into": "Game"}}]}},
        {"$match": {"$where": "sleep(1)"}},
        {"$set": {"x": {"$function": {"body": "f", "args": [], "lang": "js"}}}},
    ],
)
async def test_rule_the_read_only_key_writes_nothing_and_runs_no_code(
    stored: LocalApp, ann: User, stage: dict[str, Any]
) -> None:
    reply = await ask(stored, READ_ONLY, "Game", pipeline=[stage])
    assert reply.code == 119
    assert await stored.find("Stolen", {}, master=True) == []


PRIVATE: list[dict[str, Any]] = [
    {"class": "_User", "pipeline": []},
    {"class": "_User", "pipeline": [{"$project": {"x": "$_hashed_password"}}]},
    {"class": "_User", "pipeline": [{"$group": {"_id": "$_hashed_password"}}]},
    {"class": "_User", "pipeline": [{"$replaceRoot": {"newRoot": {"x": "$$ROOT"}}}]},
    {"class": "_User", "pipeline": [{"$project": {"x": {"$objectToArray": "$$ROOT"}}}]},
    {"class": "_User", "pipeline": [{"$group": {"_id": None, "x": {"$push": "$$ROOT"}}}]},
    {"class": "_Session", "pipeline": []},
    {"class": "_Session", "pipeline": [{"$project": {"x": "$_session_token"}}]},
    {
        "class": "Game",
        "pipeline": [
            {"$lookup": {"from": "_User", "pipeline": [{"$project": {"x": "$_hashed_password"}}],
                         "as": "u"}},
            {"$lookup": {"from": "_Session", "localField": "a", "foreignField": "b", "as": "s"}},
            {"$set": {"flat": {"$map": {"input": "$s", "in": {"$objectToArray": "$$this"}}}}},
        ],
    },
    {
        "class": "Game",
        "pipeline": [{"$unionWith": {"coll": "_Session"}}, {"$set": {"t": "$_session_token"}}],
    },
    {
        "class": "Game",
        "pipeline": [
            {"$facet": {"x": [{"$unionWith": "_User"}, {"$set": {"p": "$_hashed_password"}}]}}
        ],
    },
]  # fmt: skip


@pytest.mark.parametrize("asked", PRIVATE, ids=json.dumps)
@pytest.mark.parametrize("raw", [{}, {"rawFieldNames": True}, {"rawValues": True}], ids=json.dumps)
async def test_rule_the_read_only_key_reads_no_secret(
    stored: LocalApp, ann: User, asked: dict[str, Any], raw: dict[str, Any]
) -> None:
    reply = await ask(stored, READ_ONLY, asked["class"], pipeline=asked["pipeline"], **raw)
    assert reply.ok, reply.text
    for secret in (*SECRETS, ann.token):
        assert secret not in reply.text


@pytest.mark.parametrize(
    "match",
    [
        {"_hashed_password": {"$exists": True}},
        {"_hashed_password": {"$regex": "^."}},
        {"$expr": {"$gt": ["$_hashed_password", ""]}},
        {"$expr": {"$in": ["_hashed_password", {"$map": {
            "input": {"$objectToArray": "$$ROOT"}, "in": "$$this.k"}}]}},
    ],
)  # fmt: skip
async def test_rule_the_read_only_key_does_not_guess_secrets(
    stored: LocalApp, ann: User, match: dict[str, Any]
) -> None:
    reply = await ask(stored, READ_ONLY, "_User", pipeline=[{"$match": match}, {"$count": "n"}])
    assert reply.value == {"results": []}


@pytest.mark.parametrize(
    ("class_name", "pipeline"),
    [
        ("_User", []),
        ("_User", [{"$project": {"_hashed_password": 1}}]),
        ("_User", [{"$group": {"_id": None, "all": {"$push": "$$ROOT"}}}]),
        ("Game", [{"$lookup": {"from": "_User", "localField": "a", "foreignField": "b",
                               "as": "u"}}]),
        ("Game", [{"$lookup": {"from": "_Session", "localField": "a", "foreignField": "b",
                               "as": "s"}}]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("raw", [False, True])
async def test_internal_columns_are_shown_to_nobody(
    stored: LocalApp, ann: User, class_name: str, pipeline: list[Any], raw: bool
) -> None:
    reply = await ask(stored, MASTER, class_name, pipeline=pipeline, rawFieldNames=raw)
    assert reply.ok
    assert len(reply.value["results"]) == 1
    for secret in SECRETS:
        assert secret not in reply.text


@pytest.mark.parametrize(
    ("class_name", "field"),
    [
        ("_User", "_hashed_password"),
        ("_User", "_perishable_token"),
        ("_Session", "_session_token"),
        ("_Session", "sessionToken"),
    ],
)
async def test_distinct_tells_no_secret(
    stored: LocalApp, ann: User, class_name: str, field: str
) -> None:
    reply = await ask(stored, READ_ONLY, class_name, distinct=field)
    assert reply.code == 105
    assert (await ask(stored, MASTER, "_User", distinct="_hashed_password")).code == 105


@pytest.mark.parametrize(
    "field", ["a'b", 'a"b', "a') OR 1=1 --", "$.a", "a..b", "\u0000", "a" * 5000, "__proto__"]
)
async def test_names_of_fields_are_no_code(stored: LocalApp, ann: User, field: str) -> None:
    for parameters in (
        {"distinct": field},
        {"pipeline": [{"$match": {field: 1}}]},
        {"pipeline": [{"$group": {"_id": f"${field}"}}]},
        {"pipeline": [{"$sort": {field: 1}}, {"$limit": 1}]},
        {"pipeline": [{"$group": {"_id": None, field: {"$sum": 1}}}]},
    ):
        reply = await ask(stored, MASTER, "Game", **parameters)
        assert reply.ok or reply.code in (102, 105, 121), reply.text
        assert "sqlite" not in reply.text.lower()


@pytest.mark.parametrize("depth", [60, 120])
async def test_deep_pipelines_end_in_a_clean_answer(
    stored: LocalApp, ann: User, depth: int
) -> None:
    expression: Any = "$name"
    condition: Any = {"name": "chess"}
    for _ in range(depth // 2):
        expression, condition = {"$not": [expression]}, {"$and": [condition]}
    for pipeline in (
        [{"$project": {"x": expression}}],
        [{"$match": condition}],
        [{"$match": {"$expr": expression}}],
    ):
        reply = await ask(stored, MASTER, "Game", pipeline=pipeline)
        assert reply.ok or reply.code in (102, 111, None), reply.text
        assert reply.status != 500


async def test_classes_that_are_no_classes_are_empty(stored: LocalApp, ann: User) -> None:
    for name in ("system.users", "sqlite_schema", "_SCHEMA", "Game;", "a b"):
        reply = await ask(stored, MASTER, name, pipeline=[])
        assert reply.value == {"results": []}, name
