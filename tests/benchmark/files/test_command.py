"""The whole command on the embedded store, with a handful of small files."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.benchmark.__main__ import main
from scripts.benchmark.command_line import Command
from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.files.command import BENCH, OPTIONS, run
from scripts.benchmark.files.plan import QUICK, Plan
from scripts.benchmark.files.report import report
from scripts.benchmark.files.scenarios import (
    KILOBYTE,
    SCENARIOS,
    Scenario,
    base64_upload,
    raw_upload,
)
from scripts.benchmark.files.transfer import Connection, at_once
from scripts.benchmark.servers import RunningServer, candidates

TINY = Plan(rounds=1, megabytes=1, requests=6, connections=4)
SMALL = (
    Scenario("up", "up", "raw", 200 * KILOBYTE),
    Scenario("base64", "in a text", "base64", 200 * KILOBYTE),
    Scenario("down", "down", "download", 700 * KILOBYTE),
)


def test_every_kind_of_scenario_is_measured_on_a_real_server(tmp_path: Path) -> None:
    results = run(Command(TINY, SMALL, ("parsepy-sqlite",), None), tmp_path)

    measured = {title: of["parsepy-sqlite"][0] for title, of in results.windows.items()}
    assert {title: window.megabytes for title, window in measured.items()} == {
        "up": 1.0,
        "in a text": 1.0,
        "down": 2.8,
    }
    assert all(window.peak for window in measured.values())
    json.dumps(results.as_json())
    assert "| in a text |" in report(results)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("bench")
    with (
        candidates(["parsepy-sqlite"], folder, OPTIONS) as (chosen_ones, _),
        chosen_ones[0].running() as running,
    ):
        yield running


def test_what_is_refused_or_missing_ends_the_run(server: RunningServer) -> None:
    with Connection(server.port) as connection:
        with pytest.raises(WrongAnswerError, match=r"an upload was answered with .* 400 "):
            connection.upload("x$.bin", *raw_upload(b"x"))
        with pytest.raises(WrongAnswerError, match=r"a download was answered with .* 404 "):
            connection.download("missing.bin")


def test_a_connection_takes_one_file_after_the_other(server: RunningServer) -> None:
    with Connection(server.port) as connection:
        names = [
            connection.upload("x.bin", *form(b"x" * size))
            for form in (raw_upload, base64_upload)
            for size in (1, 300_000)
        ]
        assert [connection.download(name)[0] for name in names] == [1, 300_000] * 2


def test_calls_are_shared_among_the_connections(server: RunningServer) -> None:
    calls: list[Connection] = []

    assert at_once(server.port, 3, 7, calls.append) == 7
    assert len(calls) == 7
    assert len(set(map(id, calls))) == 3


def test_the_command_line() -> None:
    command = BENCH.parse(["--quick", "--only", "upload-50m", "--servers", "parsepy-sqlite"])

    assert command.plan == QUICK
    assert [scenario.name for scenario in command.scenarios] == ["upload-50m"]
    assert BENCH.parse([]).scenarios == SCENARIOS
    with pytest.raises(SystemExit):
        main(["files", "--servers", "nobody"])
