"""From windows to tables."""

from scripts.benchmark.files.report import report
from scripts.benchmark.files.results import Results, Window


def window(cpu: float, peak: int | None, mongod: float | None = None) -> Window:
    return Window(4, 200, 2, cpu, mongod, peak)


def lines_after(text: str, title: str) -> list[str]:
    _, found, rest = text.partition(f"**{title}**\n\n")
    assert found
    return rest.partition("\n\n")[0].splitlines()


RESULTS = Results(
    machine="2 × test",
    servers={"parse-server": "parse-server", "parsepy-sqlite": "parsepy on SQLite"},
    windows={
        "upload": {
            "parse-server": [
                window(2, 700_000_000, 1),
                window(9, 900_000_000, 3),
                window(4, 800_000_000, 2),
            ],
            "parsepy-sqlite": [window(0.5, 60_000_000), window(0.5, 61_000_000)],
        }
    },
)


def test_cpu_is_the_median_of_the_rounds_for_a_megabyte_with_its_ratio() -> None:
    assert lines_after(report(RESULTS), "Server CPU per MB (ms)") == [
        "|        | parse-server | parsepy on SQLite |",
        "|--------|-------------:|------------------:|",
        "| upload |         20.0 |       2.5 (×0.12) |",
    ]


def test_memory_is_the_most_of_all_rounds() -> None:
    assert lines_after(report(RESULTS), "Most memory of the server (MB)")[-1] == (
        "| upload |          900 |      61.0 (×0.07) |"
    )


def test_what_nobody_knows_is_left_empty() -> None:
    assert lines_after(report(RESULTS), "CPU of mongod per MB (ms)")[-1] == (
        "| upload |         10.0 |                   |"
    )
