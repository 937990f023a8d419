"""The app's own code: a function, and a trigger in the way of a create."""

from parsepy.types import JSONObject
from scripts.benchmark.exchange import Client, Request
from scripts.benchmark.scenarios.scenario import Expected, Scenario, read_back, same
from scripts.benchmark.seed import Seed, row

CHECKED = "BenchChecked"


def _hello() -> Request:
    return Request("POST", "/functions/hello", {"name": "Ann"})


def _create(user_id: str) -> Request:
    return Request("POST", f"/classes/{CHECKED}", row(1, user_id))


def _check_hello(client: Client, _seed: Seed) -> None:
    same(client.send(_hello()).json_object(200), {"result": "Hello, Ann!"}, "function")


def _check_create(client: Client, seed: Seed) -> None:
    object_id = client.send(_create(seed.user_id)).text(201, "objectId")
    wanted: JSONObject = {**row(1, seed.user_id), "checked": True}
    same(read_back(client, CHECKED, object_id), wanted, "create with a before-save")
    refused = client.send(Request("POST", f"/classes/{CHECKED}", {})).json_object(400)
    same(refused, {"code": 141, "error": "a score has to be given"}, "a refused create")


CLOUD_CODE: tuple[Scenario, ...] = (
    Scenario(
        "function",
        "function hello",
        lambda _client, _seed: [_hello()],
        _check_hello,
        Expected(200, '"Hello, Ann!"'),
    ),
    Scenario(
        "create-before-save",
        "create with a before-save",
        lambda _, seed: [_create(seed.user_id)],
        _check_create,
        Expected(201, '"checked"'),
    ),
)
