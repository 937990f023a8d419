"""A scenario: the requests, what each answer must hold, and the check before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from parsepy.types import JSONObject, JSONValue
from scripts.benchmark.exchange import Client, Request, WrongAnswerError
from scripts.benchmark.seed import Seed

Requests: TypeAlias = Callable[[Client, Seed], list[Request]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What every answer under load must have: cheap to look for, gone when it is an error."""

    status: int
    fragment: str
    times: int = 1


def plant_nothing(_client: Client, _seed: Seed) -> None:
    """For scenarios that need no more than every server is given."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What others ask meanwhile, over connections of their own, without being measured.

    `alone` is the title of the scenario that is the same without them.
    """

    alone: str
    connections: int
    requests: Requests
    expected: Expected


@dataclass(frozen=True, slots=True)
class Scenario:
    """`requests` are sent in turn, over and over; `check` raises WrongAnswerError.

    `plant` stores what the scenario needs besides and is called once for each server. With
    `beside` only latencies mean something: the server's CPU is spent on both.
    """

    name: str
    title: str
    requests: Requests
    check: Callable[[Client, Seed], None]
    expected: Expected
    plant: Callable[[Client, Seed], None] = plant_nothing
    beside: Beside | None = None
    connections: int | None = None
    """`None`: as many as the plan says."""


def get(class_name: str, object_id: str, session_token: str | None = None) -> Request:
    return Request("GET", f"/classes/{class_name}/{object_id}", session_token=session_token)


def read_back(client: Client, class_name: str, object_id: str) -> JSONObject:
    return client.send(get(class_name, object_id)).json_object(200)


def results(client: Client, request: Request) -> list[JSONObject]:
    found = client.send(request).json_object(200)["results"]
    assert isinstance(found, list)
    return [result for result in found if isinstance(result, dict)]


def same(answered: JSONObject, wanted: JSONObject, what: str) -> None:
    """Raises WrongAnswerError unless the answer has every value that is wanted."""
    different: dict[str, tuple[JSONValue, JSONValue]] = {
        name: (answered.get(name), value)
        for name, value in wanted.items()
        if answered.get(name) != value
    }
    if different:
        raise WrongAnswerError(f"{what}: (answered, wanted) = {different}")
