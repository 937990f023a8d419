"""The same get and find in classes of 1,000, 10,000 and 100,000 objects.

An index serves both, so their cost must not grow with the class.
"""

import json
from typing import Final
from urllib.parse import urlencode

from parsepy.types import JSONObject
from scripts.benchmark.exchange import MASTER, Client, Request, WrongAnswerError
from scripts.benchmark.scenarios.scenario import Expected, Scenario, get, results, same
from scripts.benchmark.seed import Seed, row, store

SIZES: Final = (1_000, 10_000, 100_000)
PER_KEY: Final = 10
KEPT: Final = 1_000
"""So many ids are asked for in turn."""


def _class_of(size: int) -> str:
    return f"BenchGrowth{size}"


def _grown(index: int, user_id: str) -> JSONObject:
    return {**row(index, user_id), "key": index // PER_KEY}


def _plant(client: Client, seed: Seed, size: int) -> None:
    class_name = _class_of(size)
    if class_name in seed.more:
        return
    schema: JSONObject = {
        "fields": {"key": {"type": "Number"}},
        "indexes": {"by_key": {"key": 1}},
    }
    client.send(Request("POST", f"/schemas/{class_name}", schema, headers=MASTER)).json_object(200)
    count = min(size, seed.largest_class)
    rows = [_grown(index, seed.user_id) for index in range(count)]
    ids = store(client, class_name, rows, batch=500)
    seed.more[class_name] = ids[:: max(1, count // KEPT)]


def _find(size: int, key: int) -> Request:
    parameters = {"where": json.dumps({"key": key}), "limit": PER_KEY}
    return Request("GET", f"/classes/{_class_of(size)}?{urlencode(parameters)}")


def _keys(seed: Seed, size: int) -> range:
    count = min(size, seed.largest_class) // PER_KEY
    return range(0, count, max(1, count // 100))


def _check_get(client: Client, seed: Seed, size: int) -> None:
    step = max(1, min(size, seed.largest_class) // KEPT)
    ids = seed.more[_class_of(size)]
    found = client.send(get(_class_of(size), ids[7])).json_object(200)
    same(found, _grown(7 * step, seed.user_id), "get")


def _check_find(client: Client, seed: Seed, size: int) -> None:
    found = {str(each.get("player")) for each in results(client, _find(size, 3))}
    wanted = {f"player {index:04}" for index in range(3 * PER_KEY, 4 * PER_KEY)}
    if found != wanted:
        raise WrongAnswerError(f"find by an indexed field: players {sorted(found)}")


def _scenarios(size: int) -> tuple[Scenario, Scenario]:
    return (
        Scenario(
            f"get-{size}",
            f"get, one of {size:,}",
            lambda _, seed: [get(_class_of(size), each) for each in seed.more[_class_of(size)]],
            lambda client, seed: _check_get(client, seed, size),
            Expected(200, '"createdAt"'),
            lambda client, seed: _plant(client, seed, size),
        ),
        Scenario(
            f"find-{size}",
            f"find 10 of {size:,} by an index",
            lambda _, seed: [_find(size, key) for key in _keys(seed, size)],
            lambda client, seed: _check_find(client, seed, size),
            Expected(200, '"createdAt"', PER_KEY),
            lambda client, seed: _plant(client, seed, size),
        ),
    )


GROWTH: tuple[Scenario, ...] = tuple(each for size in SIZES for each in _scenarios(size))
