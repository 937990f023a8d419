"""The data that every server is given through its own API before it is measured."""

from dataclasses import dataclass

from parsepy.types import JSONObject, JSONValue
from scripts.benchmark.exchange import Answer, Client, Request, WrongAnswerError

ROWS = 1000
GROUPS = 10
CYCLED = 100
BATCH = 50
SCORES = "BenchScore"
PRIVATE = "BenchPrivate"
COUNTERS = "BenchCounter"
USERNAME = "bench"
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Seed:
    """What was stored: ids in the order of `row`, and the user who may read the private rows."""

    user_id: str
    session_token: str
    scores: list[str]
    private: list[str]
    counters: list[str]


def row(index: int, user_id: str) -> JSONObject:
    """An object as an app may have it: most types of the wire, 0.3 kilobytes."""
    return {
        "player": f"player {index:04}",
        "score": index * 7919 % ROWS,
        "group": index % GROUPS,
        "cheated": index % 3 == 0,
        "ratio": index / 8 + 0.0625,
        "tags": ["daily", f"level-{index % 20}", "ranked"],
        "stats": {"kills": index % 40, "deaths": index % 7, "weapon": "bow"},
        "playedAt": {"__type": "Date", "iso": f"2024-03-{index % 28 + 1:02}T10:20:30.400Z"},
        "owner": {"__type": "Pointer", "className": "_User", "objectId": user_id},
    }


def plant(client: Client) -> Seed:
    """Sign a user up and store the rows; raises WrongAnswerError where that fails."""
    account: JSONObject = {"username": USERNAME, "password": PASSWORD}
    signed_up = client.send(Request("POST", "/users", account))
    user_id = signed_up.text(201, "objectId")
    acl: JSONObject = {user_id: {"read": True, "write": True}}
    return Seed(
        user_id=user_id,
        session_token=signed_up.text(201, "sessionToken"),
        scores=_store(client, SCORES, [row(index, user_id) for index in range(ROWS)]),
        private=_store(
            client, PRIVATE, [{**row(index, user_id), "ACL": acl} for index in range(CYCLED)]
        ),
        counters=_store(client, COUNTERS, [row(index, user_id) for index in range(CYCLED)]),
    )


def batch_of_creates(client: Client, class_name: str, rows: list[JSONObject]) -> Request:
    path = f"{client.mount_path}/classes/{class_name}"
    requests: list[JSONValue] = [{"method": "POST", "path": path, "body": body} for body in rows]
    return Request("POST", "/batch", {"requests": requests})


def created_ids(answer: Answer) -> list[str]:
    """The ids in the answer to a batch of creates, of which none may have failed."""
    if answer.status != 200 or not isinstance(answer.body, list):
        raise WrongAnswerError(f"a batch was answered with {answer}")
    return [_created_id(item) for item in answer.body]


def _created_id(item: JSONValue) -> str:
    success = item.get("success") if isinstance(item, dict) else None
    object_id = success.get("objectId") if isinstance(success, dict) else None
    if not isinstance(object_id, str):
        raise WrongAnswerError(f"a create in a batch was answered with {item}")
    return object_id


def _store(client: Client, class_name: str, rows: list[JSONObject]) -> list[str]:
    ids: list[str] = []
    # The first one alone: it makes the class and its fields.
    for start, end in [(0, 1), *((at, at + BATCH) for at in range(1, len(rows), BATCH))]:
        ids += created_ids(client.send(batch_of_creates(client, class_name, rows[start:end])))
    return ids
