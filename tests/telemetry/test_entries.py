"""What a log record becomes."""

import json
import logging

from parsepy.telemetry.entries import (
    CUT,
    LONGEST_LINE,
    MOST,
    Entry,
    entry_of,
    line_of,
    masked_entry,
)
from parsepy.telemetry.levels import SILLY, VERBOSE, level_name
from parsepy.telemetry.masking import MASK, Masker


def _record(message: str, *arguments: object, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("parsepy.x", level, __file__, 1, message, arguments, None)


def test_an_entry_is_a_line_of_json_with_level_message_and_time() -> None:
    record = _record("one %s", "two\nthree")
    record.created = 1_700_000_000.5
    record.meta = {"functionName": "f", "level": "not this"}
    record.request_id = "abc"

    line = line_of(entry_of(record))

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "level": "info",
        "message": "one two\nthree",
        "timestamp": "2023-11-14T22:13:20.500Z",
        "functionName": "f",
        "requestId": "abc",
    }


def test_levels_have_parse_servers_names() -> None:
    numbers = (logging.CRITICAL, logging.ERROR, logging.WARNING, logging.INFO, VERBOSE)
    names = [level_name(number) for number in (*numbers, logging.DEBUG, SILLY, 1)]

    assert names == ["error", "error", "warn", "info", "verbose", "debug", "silly", "silly"]


def test_a_traceback_is_in_its_entry() -> None:
    try:
        raise ValueError("broken")
    except ValueError as error:
        record = _record("failed", level=logging.ERROR)
        record.exc_info = (ValueError, error, error.__traceback__)

    stack = entry_of(record).meta["stack"]

    assert isinstance(stack, str)
    assert stack.endswith("ValueError: broken\n")


def test_what_changes_later_is_not_changed_in_the_entry() -> None:
    given = ["a"]
    entry = entry_of(_record("got %s", given))

    given.append("b")

    assert entry.message == "got ['a']"


def test_long_messages_are_cut_and_no_line_is_longer_than_said() -> None:
    entry = entry_of(_record("x" * (MOST + 1)))
    assert entry.message == "x" * MOST + CUT

    line = line_of(Entry("info", 0, entry.message, {"body": "y" * LONGEST_LINE}))

    assert len(line) <= LONGEST_LINE
    assert set(json.loads(line)) == {"level", "message", "timestamp"}


def test_anything_can_be_written() -> None:
    for meta in ({"a": object()}, {"a": {1: "b"}}, {"a": "\ud800"}, {"a": 2**70}):
        line = line_of(Entry("warn", 0, "odd", meta))
        assert line.count(b"\n") == 1
        assert json.loads(line)["level"] in ("warn", "error")
    assert json.loads(line_of(Entry("info", 0, "\ud800")))["message"]


def test_secrets_are_masked_in_message_and_members() -> None:
    entry = Entry("info", 0, "password=abc", {"authData": {"a": 1}, "x": {"token": "t", "n": 1}})

    masked = masked_entry(entry, Masker())

    assert masked.message == f"password={MASK}"
    assert masked.meta == {"authData": MASK, "x": {"token": MASK, "n": 1}}
