"""The log in files: what is written where, and what is found of it."""

import json
import subprocess
import sys
import textwrap
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsepy.logs.base import DAY_MS, LogQuery
from parsepy.logs.files import LogFiles, reading
from parsepy.logs.files.keeping import Keeping
from parsepy.telemetry.entries import Entry, line_of
from parsepy.types import JSONObject

NOON = int(datetime(2026, 3, 5, 12, tzinfo=UTC).timestamp() * 1000)
ALWAYS = LogQuery(0, NOON * 2, size=1000, level="silly")


def _entry(message: str, moment: int = NOON, level: str = "info", **meta: object) -> Entry:
    return Entry(level, moment, message, meta)


def _messages(store: LogFiles, **wanted: object) -> list[object]:
    fields = {name: getattr(ALWAYS, name) for name in ALWAYS.__struct_fields__}
    return [entry["message"] for entry in store.query(LogQuery(**{**fields, **wanted}))]


@pytest.fixture
def store(tmp_path: Path) -> LogFiles:
    return LogFiles(tmp_path, Keeping())


def test_a_day_has_a_file_and_errors_have_one_too(store: LogFiles, tmp_path: Path) -> None:
    store.write([_entry("one"), _entry("bad", level="error"), _entry("two", NOON + DAY_MS)])
    store.write([_entry("worse", NOON + DAY_MS, "error")])
    store.close()

    found = {
        path.name: [json.loads(line)["message"] for line in path.read_text().splitlines()]
        for path in tmp_path.iterdir()
    }
    assert found == {
        "parse-server.info.2026-03-05": ["one", "bad"],
        "parse-server.info.2026-03-06": ["two", "worse"],
        "parse-server.err.2026-03-05": ["bad"],
        "parse-server.err.2026-03-06": ["worse"],
    }


def test_a_file_that_somebody_has_moved_away_is_begun_anew(store: LogFiles, tmp_path: Path) -> None:
    store.write([_entry("one")])
    path = tmp_path / "parse-server.info.2026-03-05"
    path.rename(tmp_path / "moved")

    store.write([_entry("two")])

    assert "two" in path.read_text()
    assert "two" not in (tmp_path / "moved").read_text()


def test_the_newest_come_first_across_days_or_last_where_that_is_asked_for(
    store: LogFiles,
) -> None:
    for number in range(6):
        store.write([_entry(str(number), NOON + number * DAY_MS // 2)])

    assert _messages(store) == ["5", "4", "3", "2", "1", "0"]
    assert _messages(store, ascending=True) == ["0", "1", "2", "3", "4", "5"]
    assert _messages(store, size=2) == ["5", "4"]
    assert _messages(store, size=2, ascending=True) == ["0", "1"]


def test_times_include_their_ends(store: LogFiles) -> None:
    store.write([_entry(str(number), NOON + number) for number in range(10)])

    assert _messages(store, since=NOON + 3, until=NOON + 5) == ["5", "4", "3"]
    assert _messages(store, since=NOON + 3, until=NOON + 3) == ["3"]
    assert _messages(store, since=NOON + 5, until=NOON + 3) == []


def test_entries_of_one_millisecond_keep_their_order(store: LogFiles) -> None:
    store.write([_entry(str(number)) for number in range(5)])

    assert _messages(store) == ["4", "3", "2", "1", "0"]
    assert _messages(store, ascending=True) == ["0", "1", "2", "3", "4"]


def test_entries_that_were_written_late_are_found_in_their_place(store: LogFiles) -> None:
    # Two processes append their batches when they come to it.
    for shift in (0, 30, 10, 20):
        store.write([_entry(f"{shift + n}", NOON + (shift + n) * 1000) for n in range(10)])

    assert _messages(store, since=NOON + 15_000, until=NOON + 25_000) == [
        str(number) for number in range(25, 14, -1)
    ]


@pytest.mark.parametrize(
    ("level", "found"),
    [
        ("error", ["error"]),
        ("warn", ["warn", "error"]),
        ("info", ["info", "warn", "error"]),
        ("verbose", ["verbose", "info", "warn", "error"]),
        ("debug", ["debug", "verbose", "info", "warn", "error"]),
        ("silly", ["silly", "debug", "verbose", "info", "warn", "error"]),
    ],
)
def test_a_level_stands_for_what_matters_as_much_or_more(
    store: LogFiles, level: str, found: list[str]
) -> None:
    levels = ("error", "warn", "info", "verbose", "debug", "silly")
    store.write([_entry(name, level=name) for name in levels])

    assert _messages(store, level=level) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("GREEN", ["green", "in meta"]),
        ("straße", ["STRASSE"]),
        ('say "hi"', ['he says: say "hi"\n\\']),
        ("\\", ['he says: say "hi"\n\\']),
        ('hi"\n', ['he says: say "hi"\n\\']),
        ("nothing like it", []),
        ("timestamp", []),
    ],
)
def test_texts_are_found_in_messages_and_members(
    store: LogFiles, text: str, found: list[str]
) -> None:
    store.write(
        [
            _entry("in meta", colour="Green"),
            _entry("green"),
            _entry("STRASSE"),
            _entry('he says: say "hi"\n\\'),
            _entry("other"),
        ]
    )

    assert _messages(store, text=text) == found


def test_what_is_no_entry_is_passed_by(store: LogFiles, tmp_path: Path) -> None:
    path = tmp_path / "parse-server.info.2026-03-05"
    path.write_bytes(
        line_of(_entry("one"))
        + b'{"level":"info","mess\n[]\nnull\n\xff\xfe\n\n{"message":"no time"}\n'
        + b'{"timestamp":"then","message":"no date"}\n{"timestamp":5}\n'
        + line_of(_entry("two"))
        + line_of(_entry("half"))[:-9]
    )

    assert _messages(store) == ["two", "one"]
    assert _messages(store, ascending=True) == ["one", "two"]


def test_files_of_parse_server_are_read_too(store: LogFiles, tmp_path: Path) -> None:
    (tmp_path / "parse-server.info.2026-03-05").write_text(
        '{"functionName":"f","level":"info","message":"Ran cloud function f",'
        '"timestamp":"2026-03-05T12:00:00.000Z"}\n'
    )

    assert _messages(store) == ["Ran cloud function f"]


def test_a_folder_that_is_not_there_has_no_entries(tmp_path: Path) -> None:
    assert LogFiles(tmp_path / "none", Keeping()).query(ALWAYS) == []


def test_old_files_go_when_the_server_writes(tmp_path: Path) -> None:
    old = tmp_path / "parse-server.info.2001-01-01"
    old.touch()

    LogFiles(tmp_path, Keeping(days=7)).write([_entry("one")])

    assert not old.exists()


def test_a_large_file_is_read_in_constant_memory_and_no_further_than_needed(
    store: LogFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = b"".join(line_of(_entry("x" * 400, NOON - 1_000_000 + n)) for n in range(1000))
    with (tmp_path / "parse-server.info.2026-03-05").open("wb") as out:
        for part in range(100):
            out.write(lines.replace(b"xxxx", b"%04d" % part, 1))
        out.write(line_of(_entry("last")))
    size = (tmp_path / "parse-server.info.2026-03-05").stat().st_size
    assert size > 40 << 20
    read = 0

    def counted(line: bytes) -> JSONObject | None:
        nonlocal read
        read += len(line)
        return decoded(line)

    decoded = reading._decoded
    monkeypatch.setattr(reading, "_decoded", counted)
    tracemalloc.start()
    try:
        assert _messages(store, size=1) == ["last"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 << 20
    assert read < 100_000


def test_one_question_reads_no_more_than_said(
    store: LogFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write([_entry(str(number)) for number in range(100)])
    monkeypatch.setattr(reading, "MOST_READ", 1000)

    found = _messages(store, text="99")
    nothing = _messages(store, text="no such text")

    assert (found, nothing) == (["99"], [])
    assert _messages(store, text="0") == ["90"], "older ones are out of its reach"


_PROCESS = """
    import sys
    from pathlib import Path
    from parsepy.logs.files import LogFiles
    from parsepy.logs.files.keeping import Keeping
    from parsepy.telemetry.entries import Entry

    name = sys.argv[2]
    store = LogFiles(Path(sys.argv[1]), Keeping())
    for number in range(int(sys.argv[3])):
        store.write([Entry("info", {noon} + number, f"{{name}} {{number}} " + "x" * 300)] * 3)
    print("written", flush=True)
    sys.stdin.read()
"""


def _process(folder: Path, name: str, times: int) -> "subprocess.Popen[str]":
    code = textwrap.dedent(_PROCESS.format(noon=NOON))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder), name, str(times)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_write_into_one_folder_and_a_killed_one_has_lost_nothing(
    store: LogFiles, tmp_path: Path
) -> None:
    processes = [_process(tmp_path, name, 200) for name in ("one", "two")]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.kill()
    for process in processes:
        process.communicate()

    content = (tmp_path / "parse-server.info.2026-03-05").read_text().splitlines()
    written = sorted(json.loads(line)["message"].rstrip("x") for line in content)
    assert written == sorted(
        f"{name} {number} " for name in ("one", "two") for number in range(200) for _ in range(3)
    )
