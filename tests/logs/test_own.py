"""A log adapter of the app's own."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from parsepy.errors import ParseError
from parsepy.logs.base import LogQuery
from parsepy.logs.opening import open_logs
from parsepy.logs.own import OwnLog
from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from parsepy.telemetry.entries import Entry

QUERY = LogQuery(0, 1_700_000_000_500, 5, ascending=True, level="error", text="x")


class Own:
    def __init__(self, options: object = None) -> None:
        self.options = options
        self.told: list[object] = []
        self.is_closed = False

    def log(self, level: str, message: str, meta: dict[str, object]) -> None:
        self.told.append((level, message, meta))

    def close(self) -> None:
        self.is_closed = True


class Queryable(Own):
    def query(self, options: dict[str, object]) -> list[dict[str, object]]:
        self.told.append(options)
        return [{"message": "found"}]


class Mute:
    def __init__(self, options: object = None) -> None: ...


class Asynchronous:
    async def log(self, level: str, message: str, meta: dict[str, object]) -> None: ...


def test_it_gets_what_is_logged() -> None:
    own = Own()
    store = OwnLog(own)

    store.write([Entry("info", 0, "one", {"a": 1}), Entry("error", 5, "two")])
    store.close()

    assert own.told == [
        ("info", "one", {"a": 1, "timestamp": "1970-01-01T00:00:00.000Z"}),
        ("error", "two", {"timestamp": "1970-01-01T00:00:00.005Z"}),
    ]
    assert own.is_closed


def test_it_is_asked_under_parse_servers_names() -> None:
    own = Queryable()

    assert OwnLog(own).query(QUERY) == [{"message": "found"}]
    assert own.told == [
        {
            "from": datetime(1970, 1, 1, tzinfo=UTC),
            "until": datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC),
            "size": 5,
            "order": "asc",
            "level": "error",
            "text": "x",
        }
    ]


def test_one_that_cannot_be_asked_says_so() -> None:
    with pytest.raises(ParseError) as raised:
        OwnLog(Own()).query(QUERY)

    assert raised.value.code == 115
    assert raised.value.message == "Querying logs is not supported with this adapter"


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (Mute(), "must have a method log"),
        (Asynchronous(), "log must be a plain function"),
        (f"{__name__}:Missing", "cannot be loaded"),
        (f"{__name__}:Mute", "must have a method log"),
    ],
    ids=["mute", "async", "missing", "named"],
)
def test_what_cannot_be_one_is_refused_at_the_start(given: object, complaint: str) -> None:
    options = load_options({"appId": "a", "masterKey": "b", "loggerAdapter": given})

    with pytest.raises(OptionsError, match=complaint):
        open_logs(options.options)


def test_a_class_is_named_and_made_with_the_options(tmp_path: Path) -> None:
    given = {"loggerAdapter": f"{__name__}:Own", "logLevel": "debug", "logsFolder": str(tmp_path)}
    options = load_options({"appId": "a", "masterKey": "b", **given}).options

    store = open_logs(options)._store

    assert isinstance(store, OwnLog)
    assert store._adapter.options["logLevel"] == "debug"
    assert store._adapter.options["logsFolder"] == str(tmp_path)


def test_how_many_files_are_kept_has_to_be_a_number(tmp_path: Path) -> None:
    given = {"logsFolder": str(tmp_path), "maxLogFiles": "many"}
    options = load_options({"appId": "a", "masterKey": "b", **given}).options

    with pytest.raises(OptionsError, match="maxLogFiles must be a number of files"):
        open_logs(options)
