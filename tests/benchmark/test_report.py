"""From windows to tables."""

from dataclasses import replace

from scripts.benchmark.measuring import Start, Window
from scripts.benchmark.report import report, table
from scripts.benchmark.results import Results, summarise
from scripts.benchmark.usage import Memory


def window(
    cpu: float, mongod: float | None = None, p99: float = 9.0, beside: float | None = None
) -> Window:
    return Window(
        requests=1000,
        per_second=500_000 / cpu,
        p50_ms=1.5,
        p99_ms=p99,
        server_cpu=cpu,
        mongod_cpu=mongod,
        beside_per_second=beside,
    )


def results() -> Results:
    return Results(
        machine="2 × test",
        servers={"parse-server": "parse-server", "parsepy-sqlite": "parsepy on SQLite"},
        starts={
            "parse-server": [Start(1.5, Memory(150_000_000, 110_000_000))],
            "parsepy-sqlite": [Start(0.25, Memory(46_000_000, None))],
        },
        windows={
            "get by id": {
                "parse-server": [window(1000, 300.0), window(3000, 500.0), window(2000, 400.0)],
                "parsepy-sqlite": [window(100), window(100), window(700)],
            }
        },
        after_load={"parse-server": Memory(230_000_000, None)},
    )


def lines_after(text: str, title: str) -> list[str]:
    _, found, rest = text.partition(f"**{title}**\n\n")
    assert found
    return rest.partition("\n\n")[0].splitlines()


def test_median_of_the_rounds_is_shown_with_its_ratio() -> None:
    rows = lines_after(report(results()), "Server CPU per 1,000 requests (ms)")

    assert rows == [
        "|           | parse-server | parsepy on SQLite |",
        "|-----------|-------------:|------------------:|",
        "| get by id |        2,000 |       100 (×0.05) |",
    ]


def test_server_without_mongod_has_no_column_in_its_table() -> None:
    rows = lines_after(report(results()), "CPU of mongod per 1,000 requests (ms)")

    assert rows[0] == "|           | parse-server |"
    assert rows[2] == "| get by id |          400 |"


def test_memory_that_the_system_does_not_tell_is_called_unknown() -> None:
    rows = lines_after(report(results()), "Start and memory")

    assert [cell.strip() for cell in rows[2].split("|")[1:-1]] == [
        *("parse-server", "1.50", "150", "110", "230"),
    ]
    assert [cell.strip() for cell in rows[3].split("|")[1:-1]] == [
        *("parsepy on SQLite", "0.25", "46", "unknown", ""),
    ]


def in_company(*, alone: bool) -> Results:
    """The results, and a scenario beside others with or without the one that it goes with."""
    company = {
        "parse-server": [window(1, p99=36.0, beside=20.0)],
        "parsepy-sqlite": [window(1, p99=13.5, beside=10.25)],
    }
    plain = results()
    windows = {**plain.windows, "get, crowded": company} if alone else {"get, crowded": company}
    return replace(plain, windows=windows, alone={"get, crowded": "get by id"})


COMPANY = "Latency p50 / p99 (ms) beside others, and how many of those were answered"


def test_latency_in_company_is_compared_with_the_same_requests_alone() -> None:
    rows = lines_after(report(in_company(alone=True)), COMPANY)

    assert [cell.strip() for cell in rows[2].split("|")[1:-1]] == [
        *("get, crowded", "1.50 / 36.00 (×4.0), 20.0/s", "1.50 / 13.50 (×1.5), 10.2/s"),
    ]


def test_latency_in_company_has_no_ratio_to_what_was_not_measured() -> None:
    text = report(in_company(alone=False))

    assert "1.50 / 36.00, 20.0/s" in lines_after(text, COMPANY)[2]
    assert "Requests per second" not in text


def test_cpu_that_was_spent_on_others_too_is_in_no_table() -> None:
    rows = lines_after(report(in_company(alone=True)), "Server CPU per 1,000 requests (ms)")

    assert [row.split("|")[1].strip() for row in rows[2:]] == ["get by id"]


def test_summary_takes_each_median_on_its_own() -> None:
    summary = summarise([window(1, p99=30.0), window(2, p99=10.0), window(9, p99=20.0)])

    assert (summary.server_cpu, summary.p99_ms, summary.mongod_cpu) == (2, 20.0, None)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table("T", ["", "x"], [["long", "1"], ["b", "1000"]]).splitlines()[2:] == [
        "|      |    x |",
        "|------|-----:|",
        "| long |    1 |",
        "| b    | 1000 |",
    ]
