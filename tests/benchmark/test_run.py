"""The whole command on the embedded store, with a handful of requests per scenario."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from parsepy.types import JSONValue
from scripts.benchmark.__main__ import BENCH, run
from scripts.benchmark.command_line import Command, chosen
from scripts.benchmark.exchange import Answer, Client, Request, WrongAnswerError
from scripts.benchmark.plan import QUICK, Plan
from scripts.benchmark.scenarios import SCENARIOS, Scenario
from scripts.benchmark.seed import Seed, plant
from scripts.benchmark.servers import candidates

TINY = Plan(
    rounds=1,
    seconds=20,
    warm_up_seconds=20,
    max_requests=4,
    connections=2,
    starts=1,
    idle_seconds=0,
    largest_class=300,
)


def test_every_scenario_is_measured_on_a_real_server(tmp_path: Path) -> None:
    results = run(Command(TINY, SCENARIOS, ("parsepy-sqlite",), None), tmp_path)

    measured = {
        title: [window.requests for window in by_server["parsepy-sqlite"]]
        for title, by_server in results.windows.items()
    }
    assert measured == {scenario.title: [TINY.max_requests] for scenario in SCENARIOS}
    assert results.starts["parsepy-sqlite"][0].memory.rss > 0
    json.dumps(results.as_json())


Planted = tuple[Client, Seed]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    with (
        candidates(["parsepy-sqlite"], tmp_path_factory.mktemp("bench")) as (chosen, _),
        chosen[0].running() as server,
    ):
        yield server.client, plant(server.client, TINY.largest_class)


class Forgetful(Client):
    """As if the server had lost a field of every object."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        return answer._replace(body=without(answer.body, {"player", "username", "result"}))


def without(value: JSONValue, names: set[str]) -> JSONValue:
    if isinstance(value, list):
        return [without(item, names) for item in value]
    if isinstance(value, dict):
        return {name: without(item, names) for name, item in value.items() if name not in names}
    return value


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_check_refuses_a_server_that_loses_a_field(planted: Planted, scenario: Scenario) -> None:
    client, seed = planted
    scenario.plant(client, seed)

    scenario.check(client, seed)
    with pytest.raises(WrongAnswerError, match=r"player|username|function"):
        scenario.check(Forgetful(client.port, client.mount_path), seed)


@pytest.mark.parametrize("name", ["get", "find-10", "find-100", "update"])
def test_check_refuses_other_objects_than_were_asked_for(planted: Planted, name: str) -> None:
    client, seed = planted
    reversed_ids = replace(seed, scores=seed.scores[::-1], counters=seed.counters[::-1])
    (scenario,) = chosen(SCENARIOS, [name])

    with pytest.raises(WrongAnswerError):
        scenario.check(client, reversed_ids)


def test_arguments_choose_what_is_run() -> None:
    command = BENCH.parse(
        "--quick --only login --only get --servers parsepy-sqlite --json f".split()
    )

    assert command.plan == QUICK
    assert [scenario.name for scenario in command.scenarios] == ["get", "login"]
    assert command.servers == ("parsepy-sqlite",)
    assert command.json_file == Path("f")


def test_unknown_server_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        BENCH.parse(["--servers", "parse-server,parse"])

    assert ended.value.code == 2
    assert "unknown servers: parse;" in capsys.readouterr().err
