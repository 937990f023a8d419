"""From windows to tables."""

from scripts.benchmark.live.report import report
from scripts.benchmark.live.results import Measured, Results, Window


def window(cpu: float, p99: float = 9.0) -> Window:
    return Window(events=20, deliveries=2000, seconds=0.5, p50_ms=1.5, p99_ms=p99, cpu=cpu)


def measured(*cpu: float, subscriber_bytes: float = 12_345.0) -> Measured:
    return Measured(
        calm=[window(9.9, p99=each * 100) for each in cpu],
        busy=[window(each) for each in cpu],
        subscriber_bytes=subscriber_bytes,
    )


def results() -> Results:
    return Results(
        machine="2 × test",
        servers={"parse-server": "parse-server", "parsepy-sqlite": "parsepy on SQLite"},
        measured={
            "500 subscribers": {
                "parse-server": measured(0.4, 0.2, 0.9),
                "parsepy-sqlite": measured(0.02, subscriber_bytes=6172.5),
            },
            "beside 1,000": {"parse-server": measured(0.4), "parsepy-sqlite": measured(0.004)},
        },
        growth=["beside 1,000"],
    )


def cells_after(text: str, title: str) -> list[list[str]]:
    """Of the rows below the header."""
    _, found, rest = text.partition(f"**{title}**\n\n")
    assert found
    rows = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]


def test_figures_are_medians_of_busy_windows_with_their_ratio() -> None:
    text = report(results())

    assert cells_after(text, "Delivered events per second of server CPU") == [
        ["500 subscribers", "5,000", "100,000 (×20.00)"]
    ]
    assert cells_after(text, "Server CPU per delivered event (µs)") == [
        ["500 subscribers", "200", "10.0 (×0.05)"]
    ]
    assert cells_after(text, "Delivered events per second") == [
        ["500 subscribers", "4,000", "4,000"]
    ]


def test_latencies_are_those_of_one_event_at_a_time() -> None:
    rows = cells_after(report(results()), "From the write to the subscriber, p50 / p99 (ms)")

    assert rows == [["500 subscribers", "1.5 / 40.0", "1.5 / 2.0"]]


def test_memory_is_told_in_kilobytes() -> None:
    rows = cells_after(report(results()), "Memory per idle subscriber (kB)")

    assert rows == [["500 subscribers", "12.3", "6.2 (×0.50)"]]


def test_what_cannot_match_has_a_table_of_its_own() -> None:
    rows = cells_after(report(results()), "Server CPU per event (µs)")

    assert rows == [["beside 1,000", "20,000", "200 (×0.01)"]]


def test_tables_without_figures_are_left_out() -> None:
    full = results()
    only = {"beside 1,000": full.measured["beside 1,000"]}

    text = report(Results(full.machine, full.servers, only, full.growth))

    assert "delivered" not in text
    assert "Server CPU per event" in text


def test_server_alone_has_no_ratio() -> None:
    full = results()
    alone = {"500 subscribers": {"parsepy-sqlite": measured(0.02)}}

    text = report(Results("m", {"parsepy-sqlite": "parsepy on SQLite"}, alone, full.growth[:0]))

    assert cells_after(text, "Server CPU per delivered event (µs)") == [["500 subscribers", "10.0"]]
