"""Single objects, plain finds, one batch."""

import json
from urllib.parse import urlencode

from parsepy.types import JSONObject
from scripts.benchmark.exchange import Client, Request, WrongAnswerError
from scripts.benchmark.scenarios.scenario import (
    Expected,
    Scenario,
    get,
    read_back,
    results,
    same,
)
from scripts.benchmark.seed import (
    BATCH,
    COUNTERS,
    CYCLED,
    GROUPS,
    PRIVATE,
    ROWS,
    SCORES,
    Seed,
    batch_of_creates,
    created_ids,
    row,
)


def _find(**parameters: str | int) -> Request:
    return Request("GET", f"/classes/{SCORES}?{urlencode(parameters)}")


def _find_10(group: int) -> Request:
    return _find(where=json.dumps({"group": group}), limit=10)


def _find_100() -> Request:
    return _find(order="-score", limit=100)


def _create(user_id: str) -> Request:
    return Request("POST", "/classes/BenchCreated", row(1, user_id))


def _batch(client: Client, user_id: str) -> Request:
    return batch_of_creates(client, "BenchBatch", [row(index, user_id) for index in range(BATCH)])


def _increment(object_id: str) -> Request:
    change: JSONObject = {"score": {"__op": "Increment", "amount": 1}}
    return Request("PUT", f"/classes/{COUNTERS}/{object_id}", change)


def _check_get(client: Client, seed: Seed) -> None:
    same(read_back(client, SCORES, seed.scores[7]), row(7, seed.user_id), "get")


def _check_private_get(client: Client, seed: Seed) -> None:
    mine = client.send(get(PRIVATE, seed.private[3], seed.session_token)).json_object(200)
    same(mine, row(3, seed.user_id), "get with session")
    same(mine, {"ACL": {seed.user_id: {"read": True, "write": True}}}, "ACL")
    nobodys = client.send(get(PRIVATE, seed.private[3])).json_object(404)
    same(nobodys, {"code": 101, "error": "Object not found."}, "get without session")


def _check_find_10(client: Client, seed: Seed) -> None:
    found = results(client, _find_10(3))
    known = {seed.scores[index]: index for index in range(3, ROWS, GROUPS)}
    if len({found_row["objectId"] for found_row in found} & known.keys()) != 10:
        raise WrongAnswerError(f"find 10 found {found}")
    for found_row in found:
        same(found_row, row(known[str(found_row["objectId"])], seed.user_id), "find 10")


def _check_find_100(client: Client, seed: Seed) -> None:
    found = results(client, _find_100())
    best = sorted(range(ROWS), key=lambda index: -(index * 7919 % ROWS))[:100]
    if [found_row["objectId"] for found_row in found] != [seed.scores[index] for index in best]:
        raise WrongAnswerError(f"find 100 with order found {found}")
    for found_row, index in zip(found, best, strict=True):
        same(found_row, row(index, seed.user_id), "find 100")


def _check_create(client: Client, seed: Seed) -> None:
    object_id = client.send(_create(seed.user_id)).text(201, "objectId")
    same(read_back(client, "BenchCreated", object_id), row(1, seed.user_id), "create")


def _check_increment(client: Client, seed: Seed) -> None:
    before = read_back(client, COUNTERS, seed.counters[5])["score"]
    client.send(_increment(seed.counters[5])).text(200, "updatedAt")
    after = read_back(client, COUNTERS, seed.counters[5])
    assert isinstance(before, int)
    same(after, {**row(5, seed.user_id), "score": before + 1}, "update")


def _check_batch(client: Client, seed: Seed) -> None:
    ids = created_ids(client.send(_batch(client, seed.user_id)))
    if len(set(ids)) != BATCH:
        raise WrongAnswerError(f"a batch of {BATCH} creates made {ids}")
    same(read_back(client, "BenchBatch", ids[-1]), row(BATCH - 1, seed.user_id), "batch")


BASICS: tuple[Scenario, ...] = (
    Scenario(
        "get",
        "get by id",
        lambda _, seed: [get(SCORES, object_id) for object_id in seed.scores],
        _check_get,
        Expected(200, '"createdAt"'),
    ),
    Scenario(
        "get-acl",
        "get, session and ACL",
        lambda _, seed: [get(PRIVATE, each, seed.session_token) for each in seed.private],
        _check_private_get,
        Expected(200, '"createdAt"'),
    ),
    Scenario(
        "find-10",
        "find 10",
        lambda _client, _seed: [_find_10(group) for group in range(GROUPS)],
        _check_find_10,
        Expected(200, '"createdAt"', 10),
    ),
    Scenario(
        "find-100",
        "find 100, ordered",
        lambda _client, _seed: [_find_100()],
        _check_find_100,
        Expected(200, '"createdAt"', 100),
    ),
    Scenario(
        "create",
        "create",
        lambda _, seed: [_create(seed.user_id)],
        _check_create,
        Expected(201, '"createdAt"'),
    ),
    Scenario(
        "update",
        "update, Increment",
        lambda _, seed: [_increment(object_id) for object_id in seed.counters[:CYCLED]],
        _check_increment,
        Expected(200, '"updatedAt"'),
    ),
    Scenario(
        "batch",
        f"batch of {BATCH} creates",
        lambda client, seed: [_batch(client, seed.user_id)],
        _check_batch,
        Expected(200, '"createdAt"', BATCH),
    ),
)
