"""The whole command on the embedded store, with a handful of subscribers."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.benchmark.__main__ import main
from scripts.benchmark.command_line import Command, chosen
from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.live.command import BENCH, OPTIONS, run
from scripts.benchmark.live.load import LiveLoad, load_of
from scripts.benchmark.live.plan import QUICK, Plan
from scripts.benchmark.live.scenarios import PER_CONNECTION, SCENARIOS, Scenario
from scripts.benchmark.live.seed import MEMBERS, ROLE, Seed
from scripts.benchmark.live.subscriber import Subscribing
from scripts.benchmark.servers import RunningServer, candidates

TINY = Plan(rounds=1, seconds=20, warm_up_seconds=20, idle_seconds=0, in_flight=3, max_events=6)
SMALL = (
    Scenario("shared", "few queries", 6, 2),
    Scenario("role", "all distinct, role", 4, 4, by_role=True),
    Scenario("others", "beside others", 2, 1, others=PER_CONNECTION + 1),
)


def test_every_kind_of_scenario_is_measured_on_a_real_server(tmp_path: Path) -> None:
    results = run(Command(TINY, SMALL, ("parsepy-sqlite",), None), tmp_path)

    deliveries = {
        title: [
            each.deliveries for each in (*of["parsepy-sqlite"].calm, *of["parsepy-sqlite"].busy)
        ]
        for title, of in results.measured.items()
    }
    assert deliveries == {
        "few queries": [18, 18],
        "all distinct, role": [6, 6],
        "beside others": [12, 12],
    }
    json.dumps(results.as_json())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("bench")
    with (
        candidates(["parsepy-sqlite"], folder, OPTIONS) as (chosen_ones, _),
        chosen_ones[0].running() as running,
    ):
        yield running


def subscribing(where: int, *, room: int | None) -> Subscribing:
    return {"queries": [{"room": where}], "room": room, "token": None}


def run_load(server: RunningServer, audience: list[Subscribing]) -> None:
    with LiveLoad() as generator:
        generator.open(server.port, audience)
        event = SMALL[0].event()
        load = load_of(server.port, event, in_flight=1, seconds=20, max_events=2)
        generator.run(load, lambda: None)
        generator.close()


def test_event_that_somebody_hears_who_must_not_ends_the_run(server: RunningServer) -> None:
    with pytest.raises(WrongAnswerError, match="a subscriber of no room was told"):
        run_load(server, [subscribing(0, room=None), subscribing(0, room=0)])


def test_refused_subscription_ends_the_run(server: RunningServer) -> None:
    refused: Subscribing = {
        "queries": [{"room": {"$unknown": 1}}],
        "room": 0,
        "token": None,
    }
    with pytest.raises(WrongAnswerError, match=r"a subscriber was told .*unknown"):
        run_load(server, [refused])


def test_refused_write_ends_the_run(server: RunningServer) -> None:
    with LiveLoad() as generator:
        generator.open(server.port, [subscribing(0, room=0)])
        load = load_of(
            server.port, {**SMALL[0].event(), "bad key": 1}, in_flight=1, seconds=20, max_events=2
        )
        with pytest.raises(WrongAnswerError, match=r"a write was answered with HTTP/1\.1 400"):
            generator.run(load, lambda: None)


def test_audience_of_a_role_has_one_who_must_not_hear() -> None:
    tokens = [f"r:{number}" for number in range(MEMBERS)]
    (scenario,) = chosen(SCENARIOS, ["shared-500-role"])

    audience = scenario.subscribing(Seed(tokens))

    assert {each["token"] for each in audience} == {*tokens, None}
    assert [each for each in audience if each["token"] is None] == [subscribing(0, room=None)]
    assert scenario.event()["ACL"] == {f"role:{ROLE}": {"read": True}}


def test_audiences_are_as_large_and_as_alike_as_they_are_called() -> None:
    counted = {
        scenario.name: (len(audience), len({str(each["queries"]) for each in audience}))
        for scenario in SCENARIOS
        if not scenario.by_role and not scenario.is_growth
        for audience in [scenario.subscribing(Seed([]))]
    }

    assert counted == {
        "shared-500": (500, 5),
        "distinct-500": (500, 500),
        "shared-5000": (5000, 5),
        "distinct-5000": (5000, 5000),
    }


@pytest.mark.parametrize(("name", "count"), [("others-1000", 1000), ("others-10000", 10_000)])
def test_others_have_subscriptions_of_their_own(name: str, count: int) -> None:
    (scenario,) = chosen(SCENARIOS, [name])

    audience = scenario.subscribing(Seed([]))

    others = [str(query) for each in audience if each["room"] is None for query in each["queries"]]
    assert len(set(others)) == count
    assert str({"room": 0}) not in others
    assert sum(each["room"] == 0 for each in audience) == 10


def test_arguments_choose_what_is_run() -> None:
    command = BENCH.parse(
        "--quick --only others-0 --only shared-500 --servers parsepy-sqlite".split()
    )

    assert command.plan == QUICK
    assert [scenario.name for scenario in command.scenarios] == ["shared-500", "others-0"]
    assert (command.servers, command.json_file) == (("parsepy-sqlite",), None)


def test_unknown_server_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        BENCH.parse(["--servers", "parse"])

    assert ended.value.code == 2
    assert "unknown servers: parse;" in capsys.readouterr().err


def test_live_is_a_part_of_the_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["live", "--help"])

    assert ended.value.code == 0
    assert "others-10000" in capsys.readouterr().out
