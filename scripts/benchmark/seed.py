"""The data that every server is given through its own API before it is measured."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from parsepy.types import JSONObject, JSONValue
from scripts.benchmark.exchange import Answer, Client, Request, WrongAnswerError

ROWS = 1000
GROUPS = 10
CYCLED = 100
BATCH = 50
LARGEST_CLASS = 100_000
SCORES = "BenchScore"
PRIVATE = "BenchPrivate"
COUNTERS = "BenchCounter"
USERNAME = "bench"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Seed:
    """What was stored: ids in the order of `row`, and the user who may read the private rows."""

    user_id: str
    session_token: str
    scores: list[str]
    private: list[str]
    counters: list[str]
    largest_class: int = LARGEST_CLASS
    more: dict[str, list[str]] = field(default_factory=dict)
    """What a scenario has stored besides: class → ids."""


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
        "owner": pointer("_User", user_id),
    }


def pointer(class_name: str, object_id: str) -> JSONObject:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


def plant(client: Client, largest_class: int = LARGEST_CLASS) -> Seed:
    """Sign a user up and store the rows; raises WrongAnswerError where that fails."""
    account: JSONObject = {"username": USERNAME, "password": PASSWORD}
    signed_up = client.send(Request("POST", "/users", account))
    user_id = signed_up.text(201, "objectId")
    acl: JSONObject = {user_id: {"read": True, "write": True}}
    return Seed(
        user_id=user_id,
        session_token=signed_up.text(201, "sessionToken"),
        scores=store(client, SCORES, [row(index, user_id) for index in range(ROWS)]),
        private=store(
            client, PRIVATE, [{**row(index, user_id), "ACL": acl} for index in range(CYCLED)]
        ),
        counters=store(client, COUNTERS, [row(index, user_id) for index in range(CYCLED)]),
        largest_class=largest_class,
    )


def batch_of_creates(client: Client, class_name: str, rows: list[JSONObject]) -> Request:
    return batch_of(client, [("POST", f"/classes/{class_name}", body) for body in rows])


def batch_of(
    client: Client,
    requests: Iterable[tuple[str, str, JSONValue]],
    headers: Mapping[str, str] = NO_HEADERS,
) -> Request:
    """Method, path below the mount and body of each, as one request."""
    listed: list[JSONValue] = [
        {"method": method, "path": client.mount_path + path, "body": body}
        for method, path, body in requests
    ]
    return Request("POST", "/batch", {"requests": listed}, headers=headers)


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


def store(
    client: Client,
    class_name: str,
    rows: list[JSONObject],
    *,
    batch: int = BATCH,
    headers: Mapping[str, str] = NO_HEADERS,
) -> list[str]:
    """Store the rows in batches; their ids, in order."""
    path, ids = f"/classes/{class_name}", list[str]()
    # The first one alone: it makes the class and its fields.
    for start, end in [(0, 1), *((at, at + batch) for at in range(1, len(rows), batch))]:
        requests = [("POST", path, body) for body in rows[start:end]]
        ids += created_ids(client.send(batch_of(client, requests, headers)))
    return ids
