"""The log: one event is one line, whatever a client wrote into it."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest

from parsepy.telemetry import logs
from parsepy.telemetry.levels import SILLY, VERBOSE
from parsepy.telemetry.logs import OneLineFormatter

# What some terminal, editor or log reader takes for the end of a line, or for a command.
CONTROLS = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), "\u2028", "\u2029"]


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """The logger that `configure` changes, as it was, afterwards."""
    found = logging.getLogger("parsepy")
    before = (found.handlers, found.level, found.propagate)
    yield found
    found.handlers, found.level, found.propagate = before


def _formatted(message: str, *arguments: object, error: BaseException | None = None) -> str:
    info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord("parsepy.test", logging.ERROR, __file__, 1, message, arguments, info)
    return OneLineFormatter("%(levelname)s %(name)s: %(message)s").format(record)


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_no_character_ends_the_line_of_an_event(control: str) -> None:
    for text in (f"{control}a", f"a{control}b", f"a{control}", control * 3):
        line = _formatted("refused: %s", text)

        assert control not in line
        assert line.startswith("ERROR parsepy.test: refused: ")
        assert len(line.splitlines()) == 1


def test_what_was_written_can_still_be_read() -> None:
    assert _formatted("name %s", "a\r\nb\té\x1b[31m€") == (
        "ERROR parsepy.test: name a\\r\\nb\\té\\x1b[31m€"
    )


def test_a_text_cannot_pass_for_an_event_of_its_own() -> None:
    forged = "x\n2024-01-01 00:00:00,000 ERROR parsepy: all is lost"

    assert "\n" not in _formatted("user %s", forged)


def _raised(text: str) -> BaseException:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


@pytest.mark.parametrize("control", CONTROLS, ids=ascii)
def test_a_traceback_cannot_pass_for_an_event_either(control: str) -> None:
    error = _raised(f"a{control}2024-01-01 ERROR forged{control}")

    head, *trace = _formatted("unexpected", error=error).split("\n")

    assert head == "ERROR parsepy.test: unexpected"
    assert trace[0] == "  Traceback (most recent call last):"
    assert all(line.startswith("  ") for line in trace)
    assert control == "\n" or control not in "".join(trace)


@pytest.mark.parametrize(
    ("option", "level"),
    [
        (None, logging.WARNING),
        ("error", logging.ERROR),
        ("warn", logging.WARNING),
        ("info", logging.INFO),
        ("verbose", VERBOSE),
        ("debug", logging.DEBUG),
        ("silly", SILLY),
    ],
)
def test_levels_are_those_of_parse_server(
    logger: logging.Logger, option: str | None, level: int
) -> None:
    logs.configure(option)

    assert logger.level == level


def test_an_event_is_written_once_however_often_the_log_is_configured(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("info")
    logs.configure("info")

    logging.getLogger("parsepy.some.room").info("one\ntwo")
    logging.getLogger("parsepy.some.room").debug("nothing")

    assert len(written.getvalue().splitlines()) == 1
    assert written.getvalue().endswith("INFO parsepy.some.room: one\\ntwo\n")


def test_secrets_are_masked_in_events_and_tracebacks() -> None:
    error = _raised("no log-in with password=hunter2")

    line = _formatted("user %s", {"sessionToken": "r:abc"}, error=error)

    assert "hunter2" not in line
    assert "r:abc" not in line
    assert line.startswith("ERROR parsepy.test: user {'sessionToken': '********'}\n")


def test_an_event_names_its_request() -> None:
    record = logging.LogRecord("parsepy.test", logging.INFO, __file__, 1, "done", (), None)
    record.request_id = "abc"

    assert OneLineFormatter("%(message)s").format(record) == "done [abc]"


def test_events_may_be_json(logger: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("info", json=True)

    logging.getLogger("parsepy.some.room").info("password=x", extra={"meta": {"a": 1}})

    (line,) = written.getvalue().splitlines()
    assert json.loads(line)["message"] == "password=********"
    assert (json.loads(line)["level"], json.loads(line)["a"]) == ("info", 1)


@pytest.mark.parametrize(("level", "silent"), [("silly", True), ("silent", False)])
def test_the_console_can_be_silent(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch, level: str, silent: bool
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure(level, silent=silent)

    logging.getLogger("parsepy.some.room").critical("gone")

    assert written.getvalue() == ""


def test_what_is_attached_gets_its_own_level_beside_the_consoles(
    logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, beside = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("warn")
    handler = logging.StreamHandler(beside)
    handler.setLevel(logging.INFO)
    room = logging.getLogger("parsepy.some.room")

    logs.attach(handler)
    room.info("one")
    room.debug("no")
    logs.detach(handler)
    room.info("two")
    room.warning("three")

    assert beside.getvalue() == "one\n"
    assert "three" in written.getvalue()
    assert "one" not in written.getvalue()
    assert logger.level == logging.WARNING
